import { type Cluster, type ClusterState, holdsFailedObjects } from '#events/records/cluster.ts';
import { clusterStates, isIdleCluster, isTerminalCluster } from '#events/records/cluster-states.ts';
import { Fault } from '#events/problems/problem.ts';

type State = Pick<Cluster, 'state'>;

/** Whether a deploy is creating the cluster, so that it may have objects in Kubernetes. */
export const isStartingCluster = ({ state }: State): boolean => state === 'REQUESTED' || state === 'DEPLOYING';
/** Whether the cluster is terminal, STOPPING or SUSPENDED, so that it does not run unless a command starts it. */
export const isEndingCluster = (cluster: State): boolean =>
  cluster.state === 'STOPPING' || cluster.state === 'SUSPENDED' || isTerminalCluster(cluster);
/** Whether the cluster may have objects although it FAILED. A stop removes the objects of a cluster that it ended. */
export const hasFailedWithoutStop = ({ state, stopOperationId }: Pick<Cluster, 'state' | 'stopOperationId'>): boolean =>
  state === 'FAILED' && stopOperationId === undefined;
/** Whether the cluster has objects in Kubernetes that nothing removes. */
export const holdsResources = (cluster: Cluster): boolean =>
  isTerminalCluster(cluster)
    ? holdsFailedObjects(cluster)
    : cluster.state !== 'STOPPING' && cluster.state !== 'QUEUED' && !isIdleCluster(cluster);

/** Whether the deploy of the cluster holds capacity of its target. */
export const holdsCapacity = (cluster: State): boolean => !isTerminalCluster(cluster) && cluster.state !== 'SUSPENDED';

export const liveStates: readonly ClusterState[] = clusterStates.filter((state) => !isTerminalCluster({ state }));
/** The states of clusters that hold capacity of their target. */
export const reconciledStates: readonly ClusterState[] = liveStates.filter(
  (state) => state !== 'QUEUED' && state !== 'SUSPENDED',
);
/** The states of clusters that a stop by a schedule ends. A SUSPENDED cluster does not run, and keeps its state. */
export const stoppableStates: readonly ClusterState[] = liveStates.filter(
  (state) => state !== 'STOPPING' && state !== 'SUSPENDED',
);

/** The fault of a command that has to wait until a cluster is STOPPED. */
export const newStoppingFault = ({ clusterId, target, stopOperationId }: Cluster) =>
  new Fault('not-ready', `Cluster ${clusterId} in target ${target} is STOPPING. Retry when it is STOPPED.`, {
    operationId: stopOperationId,
    retryAfterSeconds: 5,
  });
