import { type Cluster, clusterStates, isDone, isOver, type NamedTarget } from '#events/model.ts';
import { Fault, toProblem } from '#events/problem.ts';

import { accept } from './accept.ts';
import { endApplication, failCrashed } from './application.ts';
import { failDeploy } from './deploy.ts';
import { observeJobs } from './observe-jobs.ts';
import type { LogFields, ObservedDeployment, Ports } from './ports.ts';
import { operationOf, progressed, update } from './records.ts';

const pageSize = 100;
const clustersAtOnce = 8;
const liveStates = clusterStates.filter((state) => !isOver({ state }));

/**
 * The minute's look at every target: jobs that changed, clusters that somebody deleted by hand, operations that
 * nobody carries on. A target that does not answer changes nothing.
 */
export const observe = async (ports: Ports, signal: AbortSignal): Promise<void> => {
  await Promise.all((await ports.targets.list()).map((target) => observeTarget(target, ports, signal)));
};

const observeTarget = async (target: NamedTarget, ports: Ports, signal: AbortSignal): Promise<void> => {
  await tolerating('target not observed', { target: target.name }, ports, async () => {
    for (const operationId of await ports.store.openOperations(target.name)) await endOverdue(operationId, ports);
    const clusters = (await liveClusters(target.name, ports)).filter(({ state }) => state === 'RUNNING');
    if (clusters.length === 0) return;
    const listed = await ports.kubernetes(target).deployments(signal);
    const deployments = new Map(listed.map((deployment) => [deployment.clusterId, deployment]));
    for (let at = 0; at < clusters.length; at += clustersAtOnce) {
      const some = clusters.slice(at, at + clustersAtOnce);
      await Promise.all(
        some.map((cluster) =>
          tolerating('cluster not observed', { target: target.name, clusterId: cluster.clusterId }, ports, () =>
            observeCluster(cluster, deployments.get(cluster.clusterId), target, ports, signal),
          ),
        ),
      );
    }
  });
};

/** What cannot be seen of one does not keep the others from being looked at. */
const tolerating = async (
  what: string,
  fields: LogFields,
  { log }: Ports,
  look: () => Promise<void>,
): Promise<void> => {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn(what, { ...fields, code: error.code, detail: error.message });
  }
};

const liveClusters = async (target: string, { store }: Ports): Promise<readonly Cluster[]> => {
  const found: Cluster[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.clusters(target, {
      states: liveStates,
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
};

const observeCluster = async (
  cluster: Cluster,
  listed: ObservedDeployment | undefined,
  target: NamedTarget,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> => {
  const deleted = isGone(cluster, listed) && (await isStillGone(cluster, target, ports, signal));
  if (deleted) return stopDeleted(cluster, ports, signal);
  const { reachable } = await observeJobs(cluster, ports, signal);
  if (cluster.mode !== 'application') return;
  if (reachable === 'Unknown') await failCrashed(cluster, target, ports, signal);
  await endApplication(cluster, ports, signal);
};

const isGone = ({ uid }: Cluster, deployment: ObservedDeployment | undefined) =>
  deployment === undefined || deployment.uid !== uid || deployment.deleting;

/** The list may be older than the record: what it lacks is asked for by name before anything ends. */
const isStillGone = async (cluster: Cluster, target: NamedTarget, ports: Ports, signal: AbortSignal) =>
  isGone(cluster, (await ports.kubernetes(target).observe(cluster.clusterId, signal)).deployment);

const stopDeleted = async ({ target, clusterId, uid }: Cluster, ports: Ports, signal: AbortSignal) => {
  const data = { savepoint: 'none', ha: 'keep', reason: 'DeploymentDeleted' } as const;
  await accept(
    { kind: 'stop', target, clusterId, data, key: `deployment-deleted/${clusterId}/${uid ?? ''}`, door: 'observer' },
    ports,
    signal,
  );
  ports.log.info('cluster was deleted by hand', { target, clusterId });
};

/** Every wait ends: an operation that nobody carried to its end by its deadline has failed. */
const endOverdue = async (operationId: string, ports: Ports) => {
  const operation = await operationOf(operationId, ports.store);
  const { kind, deadline, state, target, clusterId } = operation.value;
  if (isDone(operation.value) || ports.now().toISOString() <= deadline) return;
  const fault = new Fault('deadline-exceeded', `the ${kind} was not over by ${deadline}`, {
    reason: 'DeadlineExceeded',
  });
  if (kind === 'deploy') {
    await failDeploy(operationId, fault, ports);
    await ports.machines.start('cleanup', operationId);
  } else {
    await update(ports.store, async () => {
      const current = await operationOf(operationId, ports.store);
      return isDone(current.value)
        ? { result: undefined }
        : {
            change: { operations: [progressed(current, { state: 'FAILED', problem: toProblem(fault) }, ports.now())] },
            result: undefined,
          };
    });
  }
  ports.log.warn('operation ended at its deadline', {
    operationId,
    command: kind,
    target,
    clusterId,
    outcome: 'failed',
    code: fault.code,
    state,
  });
};
