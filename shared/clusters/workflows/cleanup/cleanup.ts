import type { Cluster } from '#events/records/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import type { StopData } from '#events/commands/index.ts';
import { connectTarget } from '#shared/clusters/jobs/connect-target.ts';
import { type Incarnation, isDeploymentOf } from '#shared/clusters/model/kubernetes.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { isPastDeadline, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';

/** The state that the cleanup machine passes from step to step. Its operation is a stop, or a deploy that failed. */
export interface CleanupState {
  readonly operationId: string;
  /** The cluster, so that a step reads its records together with the operation. Absent before the first step. */
  readonly cluster?: ClusterRef;
  /** What the step `RemoveObjects` has begun to remove, if it knew the Deployment. It does not change. */
  readonly incarnation?: Required<Incarnation>;
  readonly attempt?: number;
  /** Since when the stop has waited for Flink to delete high-availability data, in ISO 8601. */
  readonly purgingSince?: string;
  /** Whether the stop has canceled the jobs, whose last checkpoints it has recorded before. */
  readonly isCanceled?: boolean;
  readonly outcome?: 'done' | 'waiting' | 'failed';
  readonly waitSeconds?: number;
  /** The code of the problem with which the stop fails, and its reason. */
  readonly reason?: string;
  readonly problemReason?: string;
  readonly message?: string;
  /** Ids of the jobs whose savepoints were in progress at the deadline. Each job ends when its savepoint is complete. */
  readonly jobsInProgress?: readonly string[];
}

/** How long the removal of a failed deploy may take. Pods end gracefully, and finalizers take their time. */
const maxRemovalMs = 30 * 60_000;

/** What every step passes to the next one. */
export const toIdentity = ({ operationId, cluster, incarnation }: CleanupState): CleanupState => ({
  operationId,
  ...omitUndefined({ cluster, incarnation }),
});

export const toDone = (state: CleanupState): CleanupState => ({ ...toIdentity(state), outcome: 'done' });

/** The state that makes the step hold, or the machine repeat it. */
export const toWaiting = (state: CleanupState): CleanupState => ({ ...toIdentity(state), outcome: 'waiting' });

export interface CleanupRecords {
  readonly operation: Versioned<StoredOperation>;
  readonly cluster: Versioned<Cluster>;
}

/** The operation and its cluster: at once, and while the target is connected, when a step has named the cluster. @throws Fault `not-found` */
export const readRecords = async ({ operationId, cluster }: CleanupState, ports: Ports): Promise<CleanupRecords> => {
  const [operation, known] = await Promise.all([
    getOperation(operationId, ports.store),
    cluster === undefined ? undefined : getCluster(cluster, ports.store),
    cluster === undefined ? undefined : connectTarget(cluster.target, ports),
  ]);
  return { operation, cluster: known ?? (await getCluster(operation.value, ports.store)) };
};

/** The data of the stop; undefined when the operation is a failed deploy. */
export const findStopData = (operation: StoredOperation): StopData | undefined => findRequest(operation, 'stop')?.data;

/** Whether the stop ends the jobs with their last checkpoints, from which a rollout starts the next incarnation. */
export const endsWithCheckpoints = (operation: StoredOperation): boolean =>
  findRequest(operation, 'stop')?.rollout?.lastState === true;

/** Whether the stop is that of a rollout, which starts nothing without the state of the jobs. */
export const requiresSnapshot = (operation: StoredOperation): boolean =>
  findRequest(operation, 'stop')?.rollout?.requiresSnapshot === true;

/** Whether the operation is a deploy that succeeded in the end, so that there is nothing to remove. */
export const isSuccessfulDeploy = (operation: StoredOperation): boolean =>
  findStopData(operation) === undefined && operation.state === 'SUCCEEDED';

/** Whether the time for the cleanup is over. For a failed deploy it starts with the failure. */
export const isCleanupOverdue = (operation: StoredOperation, { now }: Ports): boolean =>
  findStopData(operation) === undefined
    ? now().getTime() > Date.parse(operation.updatedAt) + maxRemovalMs
    : isPastDeadline(operation, now());

export const getKubernetes = async ({ target }: StoredOperation, ports: Ports): Promise<Kubernetes> =>
  ports.kubernetes(await ports.targets.get(target));

/** Whether the cluster was RUNNING before the stop, and its Deployment is still the same one. */
export const isStillDeployed = async (cluster: Cluster, ports: Ports): Promise<boolean> => {
  const { value: deploy } = await getOperation(cluster.operationId, ports.store);
  const { deployment } = await (await getKubernetes(deploy, ports)).observe(cluster.clusterId);
  return deploy.state === 'SUCCEEDED' && isDeploymentOf(cluster, deployment);
};
