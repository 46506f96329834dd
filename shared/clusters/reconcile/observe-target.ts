import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { explainTaskManagerPod } from '#shared/clusters/jobs/missing-task-managers.ts';
import { resetAllIdleness } from '#shared/clusters/lifetime/idle-sessions.ts';
import type { ListedDeployment, ListedPod } from '#shared/clusters/model/kubernetes.ts';
import type { ListedCluster } from '#shared/clusters/model/reconcile-request.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** The maximum length of a trouble message. It keeps a request with many clusters below the size limit of a message. */
const maxMessageLength = 500;

/** What Kubernetes reports about the clusters of a target. */
export interface TargetObservation {
  readonly deployments: readonly ListedDeployment[];
  readonly clusters: readonly ListedCluster[];
}

/**
 * Lists the Deployments and pods of a target, and describes each cluster by them. Resets the idle time of all sessions
 * when the API server does not answer.
 *
 * @throws Fault of the API server.
 */
export const observeTarget = async (
  clusters: readonly Cluster[],
  target: NamedTarget,
  ports: Ports,
): Promise<TargetObservation> => {
  const kubernetes = ports.kubernetes(target);
  try {
    const [deployments, pods] = await Promise.all([kubernetes.listDeployments(), kubernetes.listUnreadyPods()]);
    return { deployments, clusters: await toListedClusters(clusters, { deployments, pods, kubernetes }) };
  } catch (error) {
    await resetAllIdleness(clusters, ports);
    throw error;
  }
};

/** How many logs are read at once. */
const maxConcurrentLogs = 8;

interface Listed {
  readonly deployments: readonly ListedDeployment[];
  readonly pods: readonly ListedPod[];
  readonly kubernetes: Kubernetes;
}

const toListedClusters = async (
  clusters: readonly Cluster[],
  { deployments, pods, kubernetes }: Listed,
): Promise<readonly ListedCluster[]> => {
  const existing = new Map(deployments.filter(({ deleting }) => !deleting).map((one) => [one.clusterId, one]));
  // The operation created the pods of the JobManager, and the Deployment owns those of the TaskManagers.
  const podsByOwner = Map.groupBy(pods, ({ operationId, ownerUids: [uid] }) => operationId ?? uid);
  const toListed = async ({ clusterId }: Cluster) => {
    const deployment = existing.get(clusterId);
    if (deployment === undefined) return { clusterId };
    const { uid, operationId } = deployment;
    const own = [operationId, uid].flatMap((owner) => (owner === undefined ? [] : (podsByOwner.get(owner) ?? [])));
    const trouble = await findTrouble(clusterId, own, kubernetes);
    const hasRestarted = own.some(({ restarts }) => restarts > 0);
    return { clusterId, uid, ...(trouble && { trouble }), ...(hasRestarted && { hasRestarted }) };
  };
  return pMap(clusters, toListed, { concurrency: maxConcurrentLogs });
};

/**
 * The trouble of the JobManager before that of a TaskManager, because a cluster does nothing without its JobManager. The log
 * of a TaskManager that ended is read at once, because Flink removes its pod.
 */
const findTrouble = async (
  clusterId: string,
  pods: readonly ListedPod[],
  kubernetes: Kubernetes,
): Promise<ListedCluster['trouble']> => {
  const troubled = pods.filter(({ trouble }) => trouble !== undefined);
  const pod = troubled.find(({ component }) => component === 'jobmanager') ?? troubled[0];
  if (pod?.trouble === undefined) return undefined;
  const end = await explainTaskManagerPod(clusterId, pod, kubernetes);
  if (end !== undefined) return end;
  const { reason, message } = pod.trouble;
  return { reason, message: `${pod.component} ${pod.name}: ${message}`.slice(0, maxMessageLength) };
};
