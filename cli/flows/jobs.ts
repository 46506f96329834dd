import { Failure, wrapFailure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import type { Jobs } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
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

const maxConcurrentReads = 8;

/** The clusters of the target with their jobs. A cluster whose jobs cannot be read is in the list without jobs. */
export const readClustersWithJobs = async (
  target: string,
  context: Context,
  filter: ClusterFilter = {},
): Promise<{ readonly clusters: readonly ClusterWithJobs[]; readonly unreadable: readonly string[] | undefined }> => {
  const { clusters, unreadable } = await readClusters(target, context, filter);
  const { default: pMap } = await import('p-map');
  const withTheirJobs = await pMap(clusters, (cluster) => withJobs(cluster, context), {
    concurrency: maxConcurrentReads,
  });
  return { clusters: withTheirJobs, unreadable };
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

/** The live cluster of the target that runs the job. @throws Failure when there is none. */
export const findClusterOfJob = async (jobId: string, target: string, context: Context): Promise<ClusterRef> => {
  const list = await readClustersWithJobs(target, context);
  const found = list.clusters.find(({ jobs }) => jobs.some((job) => job.jobId === jobId));
  if (found !== undefined) return { target, clusterId: found.cluster.clusterId };
  throw new Failure(`No live cluster of target ${target} has job ${jobId}.`, {
    code: 'not-found',
    lines: describeUnreadable('cluster', target, list.unreadable),
    hint: 'Run `drey list -a` to list the jobs.',
  });
};
