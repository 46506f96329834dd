import { Failure, wrapFailure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import type { Jobs, ListedCluster } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';

import { type ClusterFilter, clusterPath, describeUnreadable, readClusters } from './clusters.ts';

/** @throws Failure in Flink's words when there is no such cluster. */
export const readJobs = async (clusterRef: ClusterRef, { api }: Context): Promise<Jobs> => {
  try {
    return await readList<Jobs>(api, `${clusterPath(clusterRef)}/jobs`, { items: 'jobs' });
  } catch (error) {
    throw error instanceof Failure && error.code === 'not-found'
      ? wrapFailure(`Could not get the rest endpoint of ${clusterRef.clusterId}`, error)
      : error;
  }
};

export interface ClusterWithJobs {
  readonly cluster: Cluster;
  readonly jobs: readonly Job[];
  readonly reachable: Jobs['reachable'];
}

/**
 * The clusters of the target with their jobs when Drey last observed them, by one request a page. The jobs that the pages
 * lack are read cluster by cluster. A cluster whose jobs cannot be read is in the list without them.
 */
export const readClustersWithJobs = async (
  target: string,
  context: Context,
  filter: ClusterFilter = {},
): Promise<{ readonly clusters: readonly ClusterWithJobs[]; readonly unreadable: readonly string[] | undefined }> => {
  const { clusters, unreadable } = await readClusters(target, context, { ...filter, jobs: true });
  const recorded = clusters.map(toRecordedJobs);
  const isIncomplete = (_one: unknown, index: number) => clusters[index]?.hasMoreJobs === true;
  if (!recorded.some(isIncomplete)) return { clusters: recorded, unreadable };
  const complete = await readJobsOfAll(recorded.filter(isIncomplete), context);
  const byId = new Map(complete.map((one) => [one.cluster.clusterId, one]));
  return { clusters: recorded.map((one) => byId.get(one.cluster.clusterId) ?? one), unreadable };
};

const toRecordedJobs = ({ jobs = [], hasMoreJobs: _hasMoreJobs, ...cluster }: ListedCluster): ClusterWithJobs => {
  const isReachable = cluster.conditions.some(({ type, status }) => type === 'Reachable' && status === 'True');
  return { cluster, jobs, reachable: isTerminalCluster(cluster) ? 'False' : isReachable ? 'True' : 'Unknown' };
};

const maxConcurrentReads = 8;

/** The jobs of these clusters, as Flink has them now. */
const readJobsOfAll = async (
  clusters: readonly Pick<ClusterWithJobs, 'cluster'>[],
  context: Context,
): Promise<readonly ClusterWithJobs[]> => {
  const { default: pMap } = await import('p-map');
  return pMap(clusters, ({ cluster }) => withJobs(cluster, context), { concurrency: maxConcurrentReads });
};

const withJobs = async (cluster: Cluster, context: Context): Promise<ClusterWithJobs> => {
  try {
    return { cluster, ...(await readJobs(cluster, context)) };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === undefined) throw error;
    context.printNotice(`The jobs of cluster ${cluster.clusterId} cannot be read. ${error.message}`);
    return { cluster, jobs: [], reachable: 'Unknown' };
  }
};

/**
 * The live cluster of the target that runs the job. Flink is asked only when Drey has not recorded the job.
 *
 * @throws Failure when there is none.
 */
export const findClusterOfJob = async (jobId: string, target: string, context: Context): Promise<ClusterRef> => {
  const { clusters, unreadable } = await readClustersWithJobs(target, context);
  const runsJob = ({ jobs }: ClusterWithJobs) => jobs.some((job) => job.jobId === jobId);
  const found = clusters.find(runsJob) ?? (await readJobsOfAll(clusters, context)).find(runsJob);
  if (found !== undefined) return { target, clusterId: found.cluster.clusterId };
  throw new Failure(`No live cluster of target ${target} has job ${jobId}.`, {
    code: 'not-found',
    lines: describeUnreadable('cluster', target, unreadable),
    hint: 'Run `drey list -a` to list the jobs.',
  });
};
