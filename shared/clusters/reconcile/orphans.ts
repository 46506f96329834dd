import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalOperation } from '#events/operation.ts';
import type { Orphan } from '#events/orphan.ts';
import { Fault } from '#events/problem.ts';
import type { FlinkObject } from '#shared/clusters/model/kubernetes.ts';
import { keepsFailedObjects } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** What an event holds. */
const mostTold = 100;

/**
 * The objects of Flink clusters in a target's namespace that no record accounts for.
 *
 * @throws Fault `not-found` for the target, and what the target's Kubernetes throws.
 */
export const findOrphans = async (name: string, ports: Ports): Promise<readonly Orphan[]> => {
  const target = await ports.targets.get(name);
  const objects = await ports.kubernetes(target).flinkObjects();
  const deployments = new Set(objects.filter(({ kind }) => kind === 'Deployment').map(({ clusterId }) => clusterId));
  const found = await Promise.all(
    objects.map(async (object): Promise<readonly Orphan[]> => {
      // What belongs to a Deployment that is there goes with it.
      if (object.kind !== 'Deployment' && deployments.has(object.clusterId)) return [];
      const cluster = (await ports.store.cluster({ target: name, clusterId: object.clusterId }))?.value;
      const reason = await reasonOf(object, cluster, ports);
      const { kind, uid, clusterId } = object;
      return reason === undefined ? [] : [{ kind, name: object.name, uid, clusterId, reason }];
    }),
  );
  return found.flat();
};

const reasonOf = async (
  { kind, uid, operationId, owned }: FlinkObject,
  cluster: Cluster | undefined,
  { store }: Ports,
): Promise<Orphan['reason'] | undefined> => {
  const lives = cluster !== undefined && !isTerminalCluster(cluster);
  if (kind !== 'Deployment') {
    // A cluster that lives is looked after by its operations and the observer.
    if (lives) return undefined;
    return kind === 'ConfigMap' && !owned ? 'HighAvailabilityData' : 'NoDeployment';
  }
  if (lives && cluster.operationId === operationId && (cluster.uid ?? uid) === uid) return undefined;
  const operation = operationId === undefined ? undefined : (await store.operation(operationId))?.value;
  if (operation === undefined) return 'NotRecorded';
  const isKeptHere = cluster?.operationId === operationId && keepsFailedObjects(operation);
  return !isTerminalOperation(operation) || isKeptHere ? undefined : 'NotRecorded';
};

/**
 * Removes orphans, each only if it is one still.
 *
 * @throws Fault `wrong-state` for those that are none (any more); nothing is removed then.
 */
export const removeOrphans = async (
  name: string,
  asked: readonly Pick<Orphan, 'kind' | 'name' | 'uid'>[],
  ports: Ports,
): Promise<readonly Orphan[]> => {
  const orphans = await findOrphans(name, ports);
  const found = asked.map((one) => orphans.find(({ uid, kind }) => uid === one.uid && kind === one.kind));
  const errors = asked.flatMap((one, index) =>
    found[index] === undefined
      ? [{ pointer: `/orphans/${index}`, detail: `${one.kind} ${one.name} of this uid is no orphan in target ${name}` }]
      : [],
  );
  if (errors.length > 0) throw new Fault('wrong-state', errors.map(({ detail }) => detail).join('; '), { errors });
  const kubernetes = ports.kubernetes(await ports.targets.get(name));
  const removed = found.filter((orphan) => orphan !== undefined);
  await Promise.all(removed.map((orphan) => kubernetes.removeObject(orphan)));
  for (const { kind, name: object, clusterId, reason } of removed)
    ports.log.info('orphan removed', { target: name, clusterId, kind, object, reason });
  return removed;
};

/** Tells of the orphans of every target, where there are some. A target that does not answer is passed over. */
export const reportOrphans = async (ports: Ports): Promise<void> => {
  for (const { name } of await ports.targets.list()) {
    try {
      const orphans = await findOrphans(name, ports);
      if (orphans.length === 0) continue;
      const at = ports.now().toISOString();
      const detail = { target: name, count: orphans.length, orphans: orphans.slice(0, mostTold), at };
      const subject = `targets/${name}`;
      const taken = await ports.bus.publish([{ type: 'Flink Orphans Found', subject, detail }]);
      if (taken === 0) throw new Error('the bus refused to tell of orphans');
      ports.log.warn('orphans found', { target: name, count: orphans.length });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      ports.log.warn('target not searched for orphans', { target: name, code: error.code, detail: error.message });
    }
  }
};
