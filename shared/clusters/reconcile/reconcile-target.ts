import pMap from 'p-map';

import type { Cluster } from '#events/cluster.ts';
import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { enforceLifetime, resetAllIdleness } from '#shared/clusters/lifetime/enforce-lifetime.ts';
import { reconciledStates } from '#shared/clusters/model/cluster-states.ts';
import type { ListedPod, ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import type { QueuedCommand } from '#shared/clusters/model/queue.ts';
import type { ListedCluster, ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { LogFields } from '#shared/clusters/ports/runtime.ts';
import { holdsResources, listClusters } from '#shared/clusters/store/read.ts';

import { reconcileCluster } from './reconcile-cluster.ts';
import { releaseIfLost, removeAbandonedDeployment } from './release-lost.ts';
import { resumeStalled } from './resume-stalled.ts';

const atOnce = 16;
/** Fits into a message, and into the function's time even if none of them answers. */
const mostSightings = 50;
const longestMessage = 500;

/** The minute's look at every target, and at its line: each its own, so that a slow one keeps no other waiting. */
export const dispatchReconcile = async ({ targets, reconcileQueue, admissionQueue }: Ports): Promise<void> =>
  each(await targets.list(), async ({ name }) => {
    await reconcileQueue.send({ target: name });
    await admissionQueue.send(name);
  });

/**
 * One look at a target: jobs that changed, clusters that somebody deleted by hand or whose pods are in trouble,
 * operations that nobody carries on, Deployments that belong to no cluster any more. Many clusters are handed on, to
 * be looked at side by side. What does not answer changes nothing.
 */
export const reconcileTarget = async (
  { target: name, listedClusters: handed }: ReconcileRequest,
  ports: Ports,
): Promise<void> => {
  const target = await ports.targets.get(name);
  if (handed !== undefined) return lookAt(handed, target, ports);
  const clusters = await listClusters(name, reconciledStates, ports.store);
  const { admitted } = await ports.store.queueSummary(name);
  const alive = new Set(clusters.map(({ operationId }) => operationId));
  const doubtful = admitted.filter(({ operationId }) => !alive.has(operationId));
  const parts = [
    async () =>
      each(await standing(name, ports), (operationId) =>
        tolerating('operation not carried on', { target: name, operationId }, ports, () =>
          resumeStalled(operationId, ports),
        ),
      ),
    async () =>
      each([...clusters, ...(await keptClusters(doubtful, ports))], (cluster) =>
        tolerating('lifetime not kept', { target: name, clusterId: cluster.clusterId }, ports, () =>
          enforceLifetime(cluster, ports),
        ),
      ),
    () =>
      tolerating('target not observed', { target: name }, ports, () =>
        observeTarget({ clusters, doubtful }, target, ports),
      ),
  ];
  // Not even a bug in one of them keeps the next from being done: it is told when all of them are.
  await pMap(parts, (part) => part(), { concurrency: 1, stopOnError: false });
};

/** Operations that somebody may have to carry on. Those that wait, and may still, are the line's: there may be thousands. */
const standing = async (target: string, { store, now }: Ports): Promise<readonly string[]> => {
  const at = now().toISOString();
  const open = await store.openOperations(target);
  return open
    .filter(({ state, deadline }) => state !== 'QUEUED' || deadline < at)
    .map(({ operationId }) => operationId);
};

const observeTarget = async (
  { clusters, doubtful }: { readonly clusters: readonly Cluster[]; readonly doubtful: readonly QueuedCommand[] },
  target: NamedTarget,
  ports: Ports,
): Promise<void> => {
  const { name } = target;
  const kubernetes = ports.kubernetes(target);
  const [deployments, pods] = await listed(kubernetes, clusters, ports);
  const listedClusters = sightingsOf(clusters, deployments, pods);
  if (listedClusters.length <= mostSightings) await lookAt(listedClusters, target, ports);
  else await each(inParts(listedClusters), (part) => ports.reconcileQueue.send({ target: name, listedClusters: part }));
  await freeLost(doubtful, deployments, ports);
  await removeLeftovers(clusters, deployments, { target: name, kubernetes }, ports);
};

/** What the target's API server lists. Where it does not answer, no session of it is idle. */
const listed = async (kubernetes: Kubernetes, clusters: readonly Cluster[], ports: Ports) => {
  try {
    return await Promise.all([kubernetes.deployments(), kubernetes.pods()]);
  } catch (error) {
    await resetAllIdleness(clusters, ports);
    throw error;
  }
};

const lookAt = (listedClusters: readonly ListedCluster[], target: NamedTarget, ports: Ports) =>
  each(listedClusters, (listedCluster) =>
    tolerating('cluster not observed', { target: target.name, clusterId: listedCluster.clusterId }, ports, () =>
      reconcileCluster(listedCluster, target, ports),
    ),
  );

const removeLeftovers = (
  clusters: readonly Cluster[],
  deployments: readonly ObservedDeployment[],
  { target, kubernetes }: { readonly target: string; readonly kubernetes: Kubernetes },
  ports: Ports,
) => {
  const claimed = new Set(clusters.map(({ operationId }) => operationId));
  const unclaimed = deployments.filter(({ operationId }) => operationId !== undefined && !claimed.has(operationId));
  return each(unclaimed, (deployment) =>
    tolerating('leftover not removed', { target, clusterId: deployment.clusterId }, ports, () =>
      removeAbandonedDeployment(target, deployment, { kubernetes, ports }),
    ),
  );
};

/** Frees what operations hold that are over, and of which nothing is there: a cluster that was kept may be deleted by hand. */
const freeLost = (doubtful: readonly QueuedCommand[], deployments: readonly ObservedDeployment[], ports: Ports) => {
  const deployed = new Set(deployments.flatMap(({ operationId }) => operationId ?? []));
  return each(doubtful, (claim) =>
    tolerating('claim not looked at', { target: claim.target, operationId: claim.operationId }, ports, () =>
      releaseIfLost(claim, deployed, ports),
    ),
  );
};

const sightingsOf = (
  clusters: readonly Cluster[],
  deployments: readonly ObservedDeployment[],
  pods: readonly ListedPod[],
): readonly ListedCluster[] => {
  const uids = new Map(deployments.filter(({ deleting }) => !deleting).map(({ clusterId, uid }) => [clusterId, uid]));
  const podsOf = Map.groupBy(pods, ({ clusterId }) => clusterId);
  return clusters.map(({ clusterId }) => {
    const uid = uids.get(clusterId);
    const trouble = troubleAmong(podsOf.get(clusterId) ?? []);
    return {
      clusterId,
      ...(uid === undefined ? {} : { uid }),
      ...(trouble === undefined ? {} : { trouble }),
    };
  });
};

/** The JobManager's, if it has any: without it there is nothing. */
const troubleAmong = (pods: readonly ListedPod[]): ListedCluster['trouble'] => {
  const troubled = pods.filter(({ trouble }) => trouble !== undefined);
  const pod = troubled.find(({ component }) => component === 'jobmanager') ?? troubled[0];
  if (pod?.trouble === undefined) return undefined;
  const { reason, message } = pod.trouble;
  return { reason, message: `${pod.component} ${pod.name}: ${message}`.slice(0, longestMessage) };
};

const inParts = (listedClusters: readonly ListedCluster[]): readonly (readonly ListedCluster[])[] =>
  Array.from({ length: Math.ceil(listedClusters.length / mostSightings) }, (_, part) =>
    listedClusters.slice(part * mostSightings, (part + 1) * mostSightings),
  );

const each = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  await pMap(items, work, { concurrency: atOnce, stopOnError: false });
};

/** What cannot be seen of one does not keep the others from being looked at. */
const tolerating = async (
  what: string,
  fields: LogFields,
  { log }: Ports,
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof Fault) log.warn(what, { ...fields, code: error.code, detail: error.message });
    else
      log.error(what, {
        ...fields,
        detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      });
  }
};

/** Those that failed and are kept to be looked at: like all that is there, they hold their place until they are removed. */
const keptClusters = async (admitted: readonly QueuedCommand[], { store }: Ports): Promise<readonly Cluster[]> => {
  const found = await pMap(
    admitted.filter(({ kind }) => kind === 'deploy'),
    async (claim) => {
      const cluster = (await store.cluster(claim))?.value;
      const keepsFailedObjects = cluster?.state === 'FAILED' && cluster.operationId === claim.operationId;
      return keepsFailedObjects && (await holdsResources(cluster, store)) ? [cluster] : [];
    },
    { concurrency: atOnce },
  );
  return found.flat();
};
