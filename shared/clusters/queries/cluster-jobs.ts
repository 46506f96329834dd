import { pMapIterable } from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { maxPageBytes, measureItem, type Page } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** A cluster with the recorded jobs of its incarnation. */
export type ClusterWithJobs = Cluster & {
  readonly jobs: readonly Job[];
  /** The cluster may have other jobs, which only their own list has. */
  readonly hasMoreJobs?: true;
};

/**
 * So many records of jobs of a cluster are read for a list of clusters. A cluster may have ten thousand, those of its earlier
 * incarnations included.
 */
export const maxListedJobs = 100;

/** All reads share the memory of the function. */
const maxReadsAtOnce = 8;

/**
 * The page with the recorded jobs of each cluster, one query a cluster. The page stays below the maximum size of a
 * response, so the last clusters of a large page may lack jobs. They are not read.
 */
export const addJobs = async (
  { items, ...page }: Page<Cluster>,
  { store }: Pick<Ports, 'store'>,
): Promise<Page<ClusterWithJobs>> => {
  let availableBytes = maxPageBytes - items.reduce((bytes, cluster) => bytes + measureItem(cluster), 0);
  const addFitting = (cluster: Cluster, { jobs, isComplete }: Selection): ClusterWithJobs => {
    const fitting = jobs.filter((job) => {
      availableBytes -= measureItem(job);
      return availableBytes >= 0;
    });
    const hasAll = isComplete && fitting.length === jobs.length;
    return { ...cluster, jobs: fitting, ...(hasAll ? {} : { hasMoreJobs: true }) };
  };
  const read = async (cluster: Cluster) => ({
    cluster,
    selection: availableBytes < 0 ? nothing : await readJobs(cluster, store),
  });
  const withJobs: ClusterWithJobs[] = [];
  for await (const { cluster, selection } of pMapIterable(items, read, { concurrency: maxReadsAtOnce }))
    withJobs.push(addFitting(cluster, selection));
  return { ...page, items: withJobs };
};

interface Selection {
  readonly jobs: readonly Job[];
  /** Whether the cluster has no other jobs. */
  readonly isComplete: boolean;
}

const nothing: Selection = { jobs: [], isComplete: false };

/** Jobs that are not terminal come first, and then the newest ones. */
const readJobs = async (cluster: Cluster, store: Ports['store']): Promise<Selection> => {
  try {
    const { jobs, hasMore } = await store.lastJobs(cluster, maxListedJobs);
    const sorted = selectIncarnationJobs(cluster, jobs).toSorted(
      (one, other) =>
        Number(isTerminalJob(one)) - Number(isTerminalJob(other)) ||
        Date.parse(other.startTime) - Date.parse(one.startTime),
    );
    return { jobs: sorted, isComplete: !hasMore };
  } catch (error) {
    // One record of another version must not hide the other clusters. The list of the jobs of this cluster reports it.
    if (error instanceof Fault && error.code === 'version-mismatch') return nothing;
    throw error;
  }
};
