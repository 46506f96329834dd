import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { maxPageBytes, measureItem, type Page } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** A cluster with the recorded jobs of its incarnation. */
export type ClusterWithJobs = Cluster & {
  readonly jobs: readonly Job[];
  /** The cluster has other jobs, which only their own list has. */
  readonly hasMoreJobs?: true;
};

/** So many jobs of a cluster are in a list of clusters. */
export const maxListedJobs = 100;

/** A cluster may have thousands of records of jobs, and all reads share the memory of the function. */
const maxReadsAtOnce = 8;

/**
 * The page with the recorded jobs of each cluster, one query a cluster. The page stays below the maximum size of a
 * response, so the last clusters of a large page may lack jobs.
 */
export const addJobs = async (
  { items, ...page }: Page<Cluster>,
  { store }: Pick<Ports, 'store'>,
): Promise<Page<ClusterWithJobs>> => {
  const selections = await pMap(items, (cluster) => readJobs(cluster, store), { concurrency: maxReadsAtOnce });
  let availableBytes = maxPageBytes - items.reduce((bytes, cluster) => bytes + measureItem(cluster), 0);
  const addFitting = (cluster: Cluster, { jobs, isComplete }: Selection): ClusterWithJobs => {
    const fitting = jobs.filter((job) => {
      availableBytes -= measureItem(job);
      return availableBytes >= 0;
    });
    const hasAll = isComplete && fitting.length === jobs.length;
    return { ...cluster, jobs: fitting, ...(hasAll ? {} : { hasMoreJobs: true }) };
  };
  return {
    ...page,
    items: items.map((cluster, index) => addFitting(cluster, selections[index] ?? { jobs: [], isComplete: false })),
  };
};

interface Selection {
  readonly jobs: readonly Job[];
  /** Whether the cluster has no other jobs. */
  readonly isComplete: boolean;
}

/** Jobs that are not terminal come first, because terminal ones may be thousands, and then the newest ones. */
const readJobs = async (cluster: Cluster, store: Ports['store']): Promise<Selection> => {
  try {
    const all = selectIncarnationJobs(cluster, await store.jobs(cluster));
    const jobs = all.toSorted(
      (one, other) =>
        Number(isTerminalJob(one)) - Number(isTerminalJob(other)) ||
        Date.parse(other.startTime) - Date.parse(one.startTime),
    );
    return { jobs: jobs.slice(0, maxListedJobs), isComplete: jobs.length <= maxListedJobs };
  } catch (error) {
    // One record of another version must not hide the other clusters. The list of the jobs of this cluster reports it.
    if (error instanceof Fault && error.code === 'version-mismatch') return { jobs: [], isComplete: false };
    throw error;
  }
};
