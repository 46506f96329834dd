import { type Cluster, holdsFailedObjects } from '#events/records/cluster.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { Orphan } from '#events/records/orphan.ts';
import { Fault } from '#events/problems/problem.ts';
import type { FlinkObject } from '#shared/clusters/model/kubernetes.ts';
import { isDeployOf } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** The event lists so many orphans. */
const maxPublished = 100;

/**
 * Finds the objects of Flink clusters in the namespace of a target that belong to no recorded cluster.
 *
 * @throws Fault `not-found` for the target, and what Kubernetes throws.
 */
export const findOrphans = async (name: string, ports: Ports): Promise<readonly Orphan[]> => {
  const target = await ports.targets.get(name);
  const objects = await ports.kubernetes(target).listFlinkObjects();
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  const [ids, uids] = [
    new Set(deployments.map(({ clusterId }) => clusterId)),
    new Set(deployments.map(({ uid }) => uid)),
  ];
  const isDeployed = ({ clusterId, ownerUid }: FlinkObject) =>
    ownerUid === undefined ? ids.has(clusterId) : uids.has(ownerUid);
  const found = await Promise.all(
    objects.map(async (object): Promise<readonly Orphan[]> => {
      // Kubernetes deletes the object with the Deployment that owns it. Another Drey cleans up after itself.
      if (object.foreign || (object.kind !== 'Deployment' && isDeployed(object))) return [];
      const cluster = (await ports.store.cluster({ target: name, clusterId: object.clusterId }))?.value;
      const reason = await findOrphanReason(object, { target: name, cluster }, ports);
      const { kind, uid, clusterId } = object;
      return reason === undefined ? [] : [{ kind, name: object.name, uid, clusterId, reason }];
    }),
  );
  return found.flat();
};

/** Why an object is an orphan; undefined when it is none. */
const findOrphanReason = async (
  { kind, uid, clusterId, operationId, ownerUid }: FlinkObject,
  { target, cluster }: { readonly target: string; readonly cluster: Cluster | undefined },
  { store }: Ports,
): Promise<Orphan['reason'] | undefined> => {
  const isLive = cluster !== undefined && !isTerminalCluster(cluster);
  if (kind !== 'Deployment') {
    // The operations of a live cluster, and the reconciler, manage its objects.
    if (isLive) return undefined;
    return ownerUid === undefined ? 'HighAvailabilityData' : 'NoDeployment';
  }
  if (isLive && cluster.operationId === operationId && (cluster.uid ?? uid) === uid) return undefined;
  const operation = operationId === undefined ? undefined : (await store.operation(operationId))?.value;
  if (operation === undefined || !isDeployOf(operation, { target, clusterId })) return 'NotRecorded';
  const isKept = cluster !== undefined && cluster.operationId === operationId && holdsFailedObjects(cluster);
  return !isTerminalOperation(operation) || isKept ? undefined : 'NotRecorded';
};

/**
 * Removes orphans. Removes nothing when one of the objects is no orphan.
 *
 * @throws Fault `not-found` for the target; `wrong-state` with each object that is no orphan.
 */
export const removeOrphans = async (
  name: string,
  requested: readonly Pick<Orphan, 'kind' | 'name' | 'uid'>[],
  ports: Ports,
): Promise<readonly Orphan[]> => {
  const orphans = await findOrphans(name, ports);
  const found = requested.map(({ kind, uid }) => orphans.find((orphan) => orphan.uid === uid && orphan.kind === kind));
  const errors = requested.flatMap((object, index) =>
    found[index] === undefined ? [{ pointer: `/orphans/${index}`, detail: describeMistake(object, name) }] : [],
  );
  const [first] = errors;
  if (first !== undefined) {
    const summary = `${errors.length} of the objects are not orphans in target ${name}. List the orphans again.`;
    throw new Fault('wrong-state', errors.length === 1 ? first.detail : summary, { errors });
  }
  const kubernetes = ports.kubernetes(await ports.targets.get(name));
  const removed = found.filter((orphan) => orphan !== undefined);
  await Promise.all(removed.map((orphan) => kubernetes.removeObject(orphan)));
  for (const { kind, name: object, clusterId, reason } of removed)
    ports.log.info('orphan removed', { target: name, clusterId, kind, object, reason });
  return removed;
};

const describeMistake = ({ kind, name, uid }: Pick<Orphan, 'kind' | 'name' | 'uid'>, target: string): string =>
  `${kind} ${name} with uid ${uid} is not an orphan in target ${target}. List the orphans again.`;

/** Publishes the orphans of every target that has some. A target that does not answer is logged and skipped. */
export const reportOrphans = async (ports: Ports): Promise<void> => {
  for (const name of await ports.targets.listNames()) {
    try {
      const orphans = await findOrphans(name, ports);
      if (orphans.length === 0) continue;
      const { principal } = ports;
      const at = ports.now().toISOString();
      const detail = { target: name, principal, count: orphans.length, orphans: orphans.slice(0, maxPublished), at };
      const subject = `targets/${name}`;
      const published = await ports.bus.publish([{ type: 'Flink Orphans Found', subject, detail }]);
      if (published === 0) throw new Error('the event bus did not accept the event about orphans');
      ports.log.warn('orphans found', { target: name, count: orphans.length });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const fields = { target: name, code: error.code };
      ports.log.warn('search for orphans failed', { ...fields, detail: error.message });
      ports.metrics.record('FailedMaintenance', { fields: { part: 'orphans', ...fields } });
    }
  }
};
