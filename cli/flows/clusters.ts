import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Clusters } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { ClusterRef } from '#events/names.ts';

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

export interface ClusterFilter {
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

/** Before a large jar travels. @throws Failure when the cluster is there and takes no jobs. */
export const assertSession = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  if ((await findLive(clusterRef, context))?.mode !== 'application') return;
  throw new Failure(`Cluster ${clusterRef.clusterId} is an application: it runs its own program only.`, {
    code: 'wrong-state',
    hint: '`drey list` shows the sessions there are; `drey run --target kubernetes-application` starts another application.',
  });
};
