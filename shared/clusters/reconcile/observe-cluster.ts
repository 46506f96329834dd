import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { readIfAvailable } from '#shared/clusters/jobs/container-log.ts';
import {
  findPodRefusal,
  lacksLog,
  lacksTaskManagers,
  withRecordedLog,
} from '#shared/clusters/jobs/missing-task-managers.ts';
import { type ObservedJobs, updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { isDeploymentOf } from '#shared/clusters/model/kubernetes.ts';
import { assessReadiness } from '#shared/clusters/model/readiness.ts';
import type { ListedCluster } from '#shared/clusters/model/reconcile-request.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordCondition } from '#shared/clusters/store/progress.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';

/** A live cluster as the store, Kubernetes and Flink have it. `deleted`: its Deployment is gone or being deleted. */
export type ClusterObservation =
  | { readonly status: 'not-running' | 'deleted'; readonly cluster: Cluster }
  | {
      readonly status: 'running';
      readonly cluster: Cluster;
      readonly jobs: ObservedJobs;
      /** Whether one of its pods is in trouble. */
      readonly isTroubled: boolean;
      /** Whether its TaskManagers end, and the end of their log is not known. */
      readonly lacksLog: boolean;
    };

/**
 * Observes one live cluster, and records its health and its jobs.
 *
 * @throws Fault `not-found`, and what Kubernetes throws.
 */
export const observeListedCluster = async (
  listed: ListedCluster,
  target: NamedTarget,
  ports: Ports,
): Promise<ClusterObservation> => {
  const records = await getClusterWithJobs({ target: target.name, clusterId: listed.clusterId }, ports.store);
  const cluster = records.cluster.value;
  if (cluster.state !== 'RUNNING') return { status: 'not-running', cluster };
  // The list may be older than the record, so a missing Deployment is looked up by its name.
  if (listed.uid !== cluster.uid && (await isDeploymentGone(cluster, target, ports)))
    return { status: 'deleted', cluster };
  const jobs = await updateJobs(records, ports);
  if (listed.isUnlisted === true) return { status: 'running', cluster, jobs, isTroubled: false, lacksLog: false };
  const found = listed.trouble ?? (await findRefusal(cluster, jobs, { target, ports }));
  const trouble = withRecordedLog(found, cluster);
  await recordHealth(cluster, trouble, ports);
  return {
    status: 'running',
    cluster,
    jobs,
    isTroubled: listed.trouble !== undefined,
    lacksLog: trouble !== undefined && lacksLog(trouble),
  };
};

const isDeploymentGone = async (cluster: Cluster, target: NamedTarget, ports: Ports): Promise<boolean> =>
  !isDeploymentOf(cluster, (await ports.kubernetes(target).observe(cluster.clusterId)).deployment);

/** Why Flink does not answer, or why a job has no TaskManagers, when no pod of the cluster tells. */
const findRefusal = async (
  { clusterId }: Cluster,
  { overview = [], reachable }: ObservedJobs,
  { target, ports }: { readonly target: NamedTarget; readonly ports: Ports },
): Promise<ListedCluster['trouble']> => {
  const kubernetes = ports.kubernetes(target);
  if (reachable === 'Unknown') return findJobManagerTrouble(clusterId, kubernetes);
  return lacksTaskManagers(overview, ports.now()) ? findPodRefusal(clusterId, kubernetes) : undefined;
};

/** Why the JobManager is not ready: its pod may be refused by a quota, or a sidecar may hold it up. */
const findJobManagerTrouble = async (clusterId: string, kubernetes: Kubernetes): Promise<ListedCluster['trouble']> => {
  const observed = await readIfAvailable(async () => kubernetes.observe(clusterId));
  const readiness = observed && assessReadiness(observed, 0);
  if (readiness?.answer !== 'no' || readiness.final || readiness.reason === 'Starting') return undefined;
  return { reason: readiness.reason, message: readiness.message };
};

/** Records the condition `Healthy`: False while the cluster is in trouble, True again afterwards. */
const recordHealth = async (observed: Cluster, trouble: ListedCluster['trouble'], ports: Ports): Promise<void> => {
  const wasTroubled = observed.conditions.some(({ type, status }) => type === 'Healthy' && status === 'False');
  if (trouble === undefined && !wasTroubled) return;
  const health =
    trouble === undefined
      ? ({
          type: 'Healthy',
          status: 'True',
          reason: 'NoTrouble',
          message: 'No pod of the cluster is in trouble.',
        } as const)
      : ({ type: 'Healthy', status: 'False', ...trouble } as const);
  const isSame = (current: Cluster) => current.operationId === observed.operationId && current.state === 'RUNNING';
  await recordCondition(observed, { condition: health, onlyIf: isSame }, ports);
};
