import type { Cluster, Job } from '#events/model.ts';
import type { Place } from '#events/names.ts';

import type { Clusters, Jobs } from './answers.ts';
import { path } from './api.ts';
import type { Context } from './context.ts';
import { Failure, during } from './failure.ts';

/** The path of a cluster. */
export const clusterPath = ({ target, clusterId }: Place) => path`/v1/targets/${target}/clusters/${clusterId}`;

export const readCluster = (place: Place, { api }: Context) => api.get<Cluster>(clusterPath(place));

/** The cluster, unless there is none or it is over. */
export const findLive = (place: Place, context: Context): Promise<Cluster | undefined> =>
  find(place, context, (cluster, { isOver }) => !isOver(cluster));

/** The cluster, if it lives, or failed and may have left something. */
export const findStoppable = (place: Place, context: Context): Promise<Cluster | undefined> =>
  find(place, context, (cluster, { isOver }) => !isOver(cluster) || cluster.state === 'FAILED');

const find = async (
  place: Place,
  context: Context,
  isWanted: (cluster: Cluster, model: { readonly isOver: (cluster: Cluster) => boolean }) => boolean,
): Promise<Cluster | undefined> => {
  try {
    const cluster = await readCluster(place, context);
    return isWanted(cluster, await import('#events/model.ts')) ? cluster : undefined;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return undefined;
    throw error;
  }
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
export const readJobs = async (place: Place, { api }: Context): Promise<Jobs> => {
  try {
    return await api.get<Jobs>(`${clusterPath(place)}/jobs`);
  } catch (error) {
    throw error instanceof Failure && error.code === 'not-found'
      ? during(`Could not get the rest endpoint of ${place.clusterId}`, error)
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
  const result: ClusterWithJobs[] = [];
  for (let from = 0; from < clusters.length; from += atOnce) {
    result.push(
      ...(await Promise.all(clusters.slice(from, from + atOnce).map((cluster) => withJobs(cluster, context)))),
    );
  }
  return result;
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
