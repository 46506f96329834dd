import pMap from 'p-map';

import { type Cluster, holdsFailedObjects } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { enforceExpiry } from '#shared/clusters/lifetime/enforce-expiry.ts';
import { repairUsage } from '#shared/clusters/admission/usage.ts';
import type { QueuedCommand, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import { reconciledStates } from '#shared/clusters/model/cluster-states.ts';
import type { ListedCluster, ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { keepCrashLogs } from '#shared/clusters/logs/keep-crash.ts';
import { explainTaskManagers } from '#shared/clusters/jobs/next-task-managers.ts';
import { repeatRequest } from '#shared/clusters/jobs/request-reconcile.ts';
import { listClusters } from '#shared/clusters/store/read.ts';
import { metrics as table } from '#shared/metrics.ts';

import { listAbandoned } from './stalled/remove-abandoned.ts';
import { listOpenOperations, selectStalled } from './stalled/resume-stalled.ts';
import { listFailedStops } from './stalled/retry-stop.ts';
import { type Pass, startPass, processStalledWork } from './stalled/stalled-work.ts';
import { forEachConcurrently, isolate } from '#shared/clusters/ports/isolation.ts';
import { observeTarget, type TargetObservation } from './observe-target.ts';
import { type ClusterObservation, observeListedCluster } from './observe-cluster.ts';
import { hasProgramEnded, reconcileCluster } from './reconcile-cluster.ts';
import { reconcileQueue } from './queued.ts';
import { releaseIfLost } from './release-lost.ts';

/** A message holds so many clusters, and a function has time for them even if none of them answers. */
const maxClustersPerRequest = 50;

/**
 * One pass over a target, or over the clusters that the request lists. It resumes stalled operations, enforces
 * lifetimes, records the jobs and the health of each cluster, stops clusters whose Deployment was deleted, releases the
 * quota of lost commands, and removes abandoned Deployments. A failure of one part does not affect the others.
 *
 * @throws Fault `not-found` for the target.
 */
export const reconcileTarget = async (request: ReconcileRequest, ports: Ports): Promise<void> => {
  const startMs = ports.now().getTime();
  try {
    await runPass(request, ports);
  } finally {
    const { target, clusters, runningSince } = request;
    const value = ports.now().getTime() - startMs;
    if (runningSince === undefined)
      ports.metrics.record('ReconcileMilliseconds', { value, fields: { target, clusters: clusters?.length } });
  }
};

const runPass = async (request: ReconcileRequest, ports: Ports): Promise<void> => {
  const { target: name, clusters, runningSince } = request;
  const target = await ports.targets.get(name);
  if (clusters !== undefined) {
    const observations = await reconcileClusters(clusters, target, ports);
    if (runningSince !== undefined && observations.every((one) => isStillFollowed(one, clusters)))
      await repeatRequest({ ...request, clusters, runningSince }, ports);
    return;
  }
  const records = await readTargetRecords(name, ports);
  countClusters(name, records, ports);
  const pass = startPass(target, ports);
  const parts = [
    () =>
      isolate({ message: 'repair of usage failed', fields: { target: name }, ports }, () =>
        repairUsage(name, records, ports),
      ),
    () => enforceExpiries(records, ports),
    () =>
      isolate(
        { message: 'reconcile of target failed', fields: { target: name }, metric: 'UnobservedTargets', ports },
        () => reconcileObjects(records, pass),
      ),
  ];
  // Every part runs, also after a bug in one of them. The error of the bug is thrown at the end.
  const runParts = async () => void (await pMap(parts, (part) => part(), { concurrency: 1, stopOnError: false }));
  // Stalled work takes its time, for which the clusters do not wait.
  await pMap([() => continueStalled(records, pass), runParts], (part) => part(), { stopOnError: false });
};

interface TargetRecords {
  readonly clusters: readonly Cluster[];
  readonly head: QueueHead;
  readonly admitted: readonly QueuedCommand[];
  /** Admitted commands of no live cluster: submits, and deploys whose clusters have ended. */
  readonly admittedOthers: readonly QueuedCommand[];
}

const readTargetRecords = async (target: string, ports: Ports): Promise<TargetRecords> => {
  const clusters = await listClusters(target, reconciledStates, ports);
  // The usage is read first: it is repaired only if no pass has changed it since.
  const head = await ports.store.queueHead(target);
  const admitted = await ports.store.admittedCommands(target);
  const others = new Set([...clusters.map(({ operationId }) => operationId), ...head.released]);
  return { clusters, head, admitted, admittedOthers: admitted.filter(({ operationId }) => !others.has(operationId)) };
};

const countClusters = (target: string, { clusters }: TargetRecords, { metrics }: Ports): void => {
  for (const state of table.Clusters.dimension.values) {
    const value = clusters.filter((cluster) => cluster.state === state).length;
    if (value > 0) metrics.record('Clusters', { state, value, fields: { target } });
  }
};

const continueStalled = async ({ clusters, head }: TargetRecords, pass: Pass): Promise<void> => {
  const { target, ports } = pass;
  const operations = await listOpenOperations(target.name, ports);
  const fields = { target: target.name };
  await isolate({ message: 'reconcile of queue failed', fields, ports }, () =>
    reconcileQueue(operations, { target: target.name, head, clusters }, ports),
  );
  const stops = await listFailedStops(clusters, ports);
  await processStalledWork([...selectStalled(operations, ports), ...stops], pass);
};

const enforceExpiries = async ({ clusters, admittedOthers }: TargetRecords, ports: Ports): Promise<void> =>
  forEachConcurrently([...clusters, ...(await findKeptClusters(admittedOthers, ports))], (cluster) => {
    const { target, clusterId } = cluster;
    return isolate({ message: 'enforcement of lifetime failed', fields: { target, clusterId }, ports }, () =>
      enforceExpiry(cluster, ports),
    );
  });

/** Clusters that failed and whose objects are kept. They hold their quota, and have a lifetime, until they are stopped. */
const findKeptClusters = async (admitted: readonly QueuedCommand[], ports: Ports): Promise<readonly Cluster[]> => {
  const { store } = ports;
  const found: Cluster[] = [];
  await forEachConcurrently(
    admitted.filter(({ kind }) => kind === 'deploy'),
    (command) => {
      const fields = { target: command.target, clusterId: command.clusterId };
      return isolate({ message: 'enforcement of lifetime failed', fields, ports }, async () => {
        const cluster = (await store.cluster(command))?.value;
        if (cluster !== undefined && cluster.operationId === command.operationId && holdsFailedObjects(cluster))
          found.push(cluster);
      });
    },
  );
  return found;
};

/** Compares the records of a target with the objects in Kubernetes, and acts on the differences. */
const reconcileObjects = async (records: TargetRecords, pass: Pass): Promise<void> => {
  const { target, ports } = pass;
  const observation = await observeTarget(records.clusters, target, ports);
  await dispatchClusters(observation, target, ports);
  await releaseLostCommands(records.admittedOthers, observation, ports);
  await removeAbandonedDeployments(records.clusters, observation, pass);
};

/** Reconciles a few clusters at once. Many are sent in several requests, so that several functions reconcile them. */
const dispatchClusters = ({ clusters }: TargetObservation, target: NamedTarget, ports: Ports): Promise<void> =>
  clusters.length <= maxClustersPerRequest
    ? reconcileClusters(clusters, target, ports).then(() => undefined)
    : forEachConcurrently(split(clusters), (part) =>
        ports.reconcileQueue.send({ target: target.name, clusters: part }),
      );

const split = (clusters: readonly ListedCluster[]): readonly (readonly ListedCluster[])[] =>
  Array.from({ length: Math.ceil(clusters.length / maxClustersPerRequest) }, (_, index) =>
    clusters.slice(index * maxClustersPerRequest, (index + 1) * maxClustersPerRequest),
  );

/** Whether a young application still runs, and is the incarnation that the request names. */
const isStillFollowed = (observation: ClusterObservation, [listed]: readonly ListedCluster[]): boolean =>
  observation.status === 'running' && observation.cluster.uid === listed?.uid && !hasProgramEnded(observation);

/**
 * Clusters whose TaskManagers end wait for the log of the next ones together, and after all clusters were reconciled. The logs
 * of crashed containers are kept then, too.
 *
 * @returns What was observed of the clusters whose reconcile did not fail.
 */
const reconcileClusters = async (
  clusters: readonly ListedCluster[],
  target: NamedTarget,
  ports: Ports,
): Promise<readonly ClusterObservation[]> => {
  const observations: ClusterObservation[] = [];
  const crashed: Cluster[] = [];
  await forEachConcurrently(clusters, (listed) => {
    const fields = { target: target.name, clusterId: listed.clusterId };
    return isolate({ message: 'reconcile of cluster failed', fields, ports }, async () => {
      const observation = await observeListedCluster(listed, target, ports);
      if (listed.hasRestarted === true && observation.status === 'running') crashed.push(observation.cluster);
      await reconcileCluster(observation, target, ports);
      observations.push(observation);
    });
  });
  await keepCrashLogs(crashed, target, ports);
  const unexplained = observations.flatMap((one) => (one.status === 'running' && one.lacksLog ? [one.cluster] : []));
  if (unexplained.length > 0)
    await isolate({ message: 'explanation of TaskManagers failed', fields: { target: target.name }, ports }, () =>
      explainTaskManagers(unexplained, target, ports),
    );
  return observations;
};

const releaseLostCommands = (
  commands: readonly QueuedCommand[],
  { deployments }: TargetObservation,
  ports: Ports,
): Promise<void> => {
  const deployed = new Set(deployments.flatMap(({ operationId }) => operationId ?? []));
  return forEachConcurrently(commands, (command) => {
    const fields = { target: command.target, operationId: command.operationId };
    return isolate({ message: 'release of command failed', fields, ports }, () =>
      releaseIfLost(command, deployed, ports),
    );
  });
};

const removeAbandonedDeployments = async (
  clusters: readonly Cluster[],
  { deployments }: TargetObservation,
  pass: Pass,
): Promise<void> => {
  const live = new Set(clusters.map(({ operationId }) => operationId));
  const others = deployments.filter(({ operationId }) => operationId !== undefined && !live.has(operationId));
  const abandoned = await listAbandoned(others, pass.target, pass.ports);
  if (abandoned.length > 0) await processStalledWork(abandoned, pass);
};
