import { type Cluster, type ClusterState, clusterStates, isTerminalCluster } from '#events/cluster.ts';

interface Traits {
  /** The cluster is not up yet, and may still come up. */
  readonly pending?: true;
  /** A deploy is creating the cluster, so it may have objects in Kubernetes. */
  readonly starting?: true;
  /** The JobManager may answer requests. */
  readonly answering?: true;
}

/** What is true of a cluster in each state that is not terminal. Every predicate reads this table. */
const traits: Readonly<Partial<Record<ClusterState, Traits>>> = {
  QUEUED: { pending: true },
  REQUESTED: { pending: true, starting: true },
  DEPLOYING: { pending: true, starting: true },
  RUNNING: { answering: true },
  STOPPING: { answering: true },
};

type State = Pick<Cluster, 'state'>;

export const isPendingCluster = ({ state }: State): boolean => traits[state]?.pending === true;
export const isStartingCluster = ({ state }: State): boolean => traits[state]?.starting === true;
export const mayAnswer = ({ state }: State): boolean => traits[state]?.answering === true;
/** The cluster has ended, or a stop is ending it. */
export const isEndingCluster = (cluster: State): boolean => cluster.state === 'STOPPING' || isTerminalCluster(cluster);

export const liveStates: readonly ClusterState[] = clusterStates.filter((state) => !isTerminalCluster({ state }));
/** The states of clusters that may have objects in Kubernetes. */
export const reconciledStates: readonly ClusterState[] = liveStates.filter((state) => state !== 'QUEUED');
/** The states in which a stop has something to do. */
export const stoppableStates: readonly ClusterState[] = liveStates.filter((state) => state !== 'STOPPING');
