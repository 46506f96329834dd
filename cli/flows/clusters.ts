import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Clusters, ListedCluster } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import type { ClusterRef } from '#events/names.ts';

/** The path of a cluster in the API. */
export const clusterPath = ({ target, clusterId }: ClusterRef) => path`/v1/targets/${target}/clusters/${clusterId}`;

export const readCluster = (clusterRef: ClusterRef, { api }: Context) => api.get<Cluster>(clusterPath(clusterRef));

/** The name of a cluster in a sentence: `session cluster etl`. */
export const clusterTitle = ({ mode, clusterId }: Cluster) => `${mode} cluster ${clusterId}`;

/** The cluster; undefined when it does not exist. */
export const findCluster = async (clusterRef: ClusterRef, context: Context): Promise<Cluster | undefined> => {
  try {
    return await readCluster(clusterRef, context);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return undefined;
    throw error;
  }
};

/** The cluster if it is live, or in one of these terminal states. */
export const findLiveCluster = async (
  clusterRef: ClusterRef,
  context: Context,
  terminalStates: readonly ClusterState[] = [],
): Promise<Cluster | undefined> => {
  const cluster = await findCluster(clusterRef, context);
  return cluster !== undefined && isTerminalCluster(cluster) && !terminalStates.includes(cluster.state)
    ? undefined
    : cluster;
};

export interface ClusterFilter {
  readonly state?: string | undefined;
  readonly label?: string | undefined;
}

interface ClusterQuery extends ClusterFilter {
  /** Whether each cluster has its recorded jobs. */
  readonly jobs?: boolean;
}

export interface ClusterList {
  readonly clusters: readonly ListedCluster[];
  /** Ids of the clusters that the list lacks, because the API cannot read their records. Undefined when there are none. */
  readonly unreadable: readonly string[] | undefined;
}

/** All pages of the clusters of the target: the live ones, unless the filter has states. */
export const readClusters = async (
  target: string,
  { api }: Context,
  { state, label, jobs = false }: ClusterQuery = {},
): Promise<ClusterList> => {
  const { clusters, unreadable } = await readList<Clusters>(api, path`/v1/targets/${target}/clusters`, {
    items: 'clusters',
    query: { state, label, jobs: jobs ? 'true' : undefined },
  });
  return { clusters, unreadable };
};

/** The records that a list lacks, each with the reason. */
export const describeUnreadable = (kind: 'cluster' | 'schedule', target: string, names: readonly string[] = []) =>
  names.map(
    (name) => `${kind} ${name} in target ${target}: another version of Drey wrote its record, so its state is unknown`,
  );

/** Names the clusters that a list lacks on stderr. */
export const noticeUnreadable = (
  target: string,
  { unreadable }: Pick<ClusterList, 'unreadable'>,
  { printNotice }: Context,
): void =>
  describeUnreadable('cluster', target, unreadable).forEach((line) => printNotice(`WARN Not in the list: ${line}.`));

/** Checks the mode before a large jar is uploaded. @throws Failure when the cluster is an application. */
export const assertSession = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  if ((await findLiveCluster(clusterRef, context))?.mode !== 'application') return;
  throw new Failure(
    `Cluster ${clusterRef.clusterId} in target ${clusterRef.target} is an application, and accepts no other jobs.`,
    {
      code: 'wrong-state',
      hint: 'Choose a session from `drey list`, or start an application with `drey run --target kubernetes-application`.',
    },
  );
};
