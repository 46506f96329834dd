import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';

import type { Clusters, Jobs } from './answers.ts';
import { path } from './api.ts';
import type { Context } from './context.ts';
import { Failure, during } from './failure.ts';

/** The path of a cluster. */
export const clusterPath = ({ target, clusterId }: ClusterRef) => path`/v1/targets/${target}/clusters/${clusterId}`;

export const readCluster = (clusterRef: ClusterRef, { api }: Context) => api.get<Cluster>(clusterPath(clusterRef));

/** The cluster as it stands in a sentence. */
export const clusterTitle = ({ mode, clusterId }: Cluster) => `${mode} cluster ${clusterId}`;

/** The cluster; undefined when there is none. */
export const findCluster = async (clusterRef: ClusterRef, context: Context): Promise<Cluster | undefined> => {
  try {
    return await readCluster(clusterRef, context);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return undefined;
    throw error;
  }
};

/** The cluster, unless there is none or it is over, in another state than these. */
export const findLive = async (
  clusterRef: ClusterRef,
  context: Context,
  alsoOver: readonly ClusterState[] = [],
): Promise<Cluster | undefined> => {
  const cluster = await findCluster(clusterRef, context);
  const { isTerminalCluster } = await import('#events/cluster.ts');
  return cluster !== undefined && isTerminalCluster(cluster) && !alsoOver.includes(cluster.state) ? undefined : cluster;
};

interface ClusterFilter {
  readonly state?: string | undefined;
  readonly label?: string | undefined;
}

/** Every cluster of the target; those that live, unless states are named. */
export const readClusters = async (
  target: string,
  { api }: Context,
  filter: ClusterFilter = {},
): Promise<readonly Cluster[]> => {
  const clusters: Cluster[] = [];
  let cursor: string | undefined;
  do {
    const page: Clusters = await api.get(path`/v1/targets/${target}/clusters`, {
      state: filter.state,
      label: filter.label,
      cursor,
    });
    clusters.push(...page.clusters);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return clusters;
};

/** @throws Failure in Flink's words when there is no such cluster. */
export const readJobs = async (clusterRef: ClusterRef, { api }: Context): Promise<Jobs> => {
  try {
    return await api.get<Jobs>(`${clusterPath(clusterRef)}/jobs`);
  } catch (error) {
    throw error instanceof Failure && error.code === 'not-found'
      ? during(`Could not get the rest endpoint of ${clusterRef.clusterId}`, error)
      : error;
  }
};

export interface ClusterWithJobs {
  readonly cluster: Cluster;
  readonly jobs: readonly Job[];
  readonly reachable: Jobs['reachable'];
}

const atOnce = 8;

/** The clusters of the target with their jobs; those that live, unless states are named. One that cannot tell now is there without. */
export const readClustersWithJobs = async (
  target: string,
  context: Context,
  filter: ClusterFilter = {},
): Promise<readonly ClusterWithJobs[]> => {
  const clusters = await readClusters(target, context, filter);
  const { default: pMap } = await import('p-map');
  return pMap(clusters, (cluster) => withJobs(cluster, context), { concurrency: atOnce });
};

const withJobs = async (cluster: Cluster, context: Context): Promise<ClusterWithJobs> => {
  try {
    return { cluster, ...(await readJobs(cluster, context)) };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === undefined) throw error;
    context.note(`The jobs of ${cluster.clusterId} are not known: ${error.message}`);
    return { cluster, jobs: [], reachable: 'Unknown' };
  }
};

/** Before a large jar travels. @throws Failure when the cluster is there and takes no jobs. */
export const assertSession = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  if ((await findLive(clusterRef, context))?.mode !== 'application') return;
  throw new Failure(`Cluster ${clusterRef.clusterId} is an application: it runs its own program only.`, {
    code: 'wrong-state',
    hint: '`drey list` shows the sessions there are; `drey run --target kubernetes-application` starts another application.',
  });
};

/** Where a job runs, among the live clusters of the target. @throws Failure when none has it. */
export const placeOfJob = async (jobId: string, target: string, context: Context): Promise<ClusterRef> => {
  const clusters = await readClustersWithJobs(target, context);
  const found = clusters.find(({ jobs }) => jobs.some((job) => job.jobId === jobId));
  if (found !== undefined) return { target, clusterId: found.cluster.clusterId };
  throw new Failure(`No live cluster of target ${target} has that job.`, {
    code: 'not-found',
    hint: '`drey list -a` shows the jobs there are.',
  });
};
