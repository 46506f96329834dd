import { toOwnKey } from '#events/idempotency-key.ts';
import type { RolloutStep } from '#events/commands/index.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation, type Operation } from '#events/records/operation.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { stop } from '#shared/clusters/commands/stop.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { isDeploymentOf } from '#shared/clusters/model/kubernetes.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { isRolloutKind } from '#shared/clusters/model/rollout.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { forEachConcurrently, isolate } from '#shared/clusters/ports/isolation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import type { StartedWork, StalledWork } from './stalled-work.ts';

/**
 * How long a failed stop stays as it is: nothing repeats it, and a cluster that runs shows its reason. A caller who polls
 * sees the reason in the meantime, and an API server that failed has time to recover. The transition keeps the reason.
 */
const keepFailureMs = 5 * 60_000;

const isRecent = ({ updatedAt }: Operation, ports: Ports): boolean =>
  ports.now().getTime() - Date.parse(updatedAt) < keepFailureMs;

/** The stops of clusters that have failed, so that nothing removes what is left of the clusters. */
export const listFailedStops = async (clusters: readonly Cluster[], ports: Ports): Promise<readonly StalledWork[]> => {
  const found: StalledWork[] = [];
  await forEachConcurrently(clusters, async ({ target, clusterId, state, stopOperationId, updatedAt }) => {
    if (state !== 'STOPPING' || stopOperationId === undefined) return;
    const fields = { target, clusterId };
    await isolate({ message: 'retry of stop failed', fields, ports }, async () => {
      const { value: stop } = await getOperation(stopOperationId, ports.store);
      if (!isTerminalOperation(stop) || isRecent(stop, ports)) return;
      const run = () => retryStop({ target, clusterId }, ports);
      found.push({ since: updatedAt, clusterId, isOverdue: false, message: 'retry of stop failed', fields, run });
    });
  });
  return found;
};

/**
 * Stops a cluster again when its stop has failed. A required savepoint is still taken when a job may run; otherwise there
 * is nothing left to save. The stop is still that of its caller.
 *
 * @returns Undefined when the cluster is not being stopped, or its stop has not failed.
 */
const retryStop = async (clusterRef: ClusterRef, ports: Ports): Promise<StartedWork | undefined> => {
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  const { target, clusterId, stopOperationId } = cluster;
  if (cluster.state !== 'STOPPING' || stopOperationId === undefined) return undefined;
  const failedStop = (await getOperation(stopOperationId, ports.store)).value;
  if (!isTerminalOperation(failedStop) || isRecent(failedStop, ports)) return undefined;
  const request = findRequest(failedStop, 'stop')?.data;
  const hasLiveJob = selectIncarnationJobs(cluster, await ports.store.jobs(cluster)).some((job) => !isTerminalJob(job));
  const needsSavepoint = request?.savepoint === 'required' && hasLiveJob && (await isDeployed(cluster, ports));
  const rollout = await findRolloutStep(cluster, failedStop, ports);
  // Only a rollout records the last state in place of a savepoint before it purges.
  const losesState = request?.savepoint === 'required' && hasLiveJob && !needsSavepoint && rollout === undefined;
  const data = {
    ...request,
    ha: losesState ? 'keep' : (request?.ha ?? 'keep'),
    savepoint: needsSavepoint ? 'required' : 'none',
  } as const;
  const key = toOwnKey('stop-again', clusterId, stopOperationId);
  const { principal } = failedStop;
  const command = { kind: 'stop', target, clusterId, data, key, origin: 'reconciler', principal, rollout } as const;
  return (await accept(stop, command, ports)).operation;
};

/** The rollout that gave the failed stop. It may have failed as well: then the repeated stop leaves the cluster SUSPENDED. */
const findRolloutStep = async (
  { rollout }: Cluster,
  failedStop: StoredOperation,
  { store }: Ports,
): Promise<RolloutStep | undefined> => {
  const step = findRequest(failedStop, 'stop')?.rollout;
  if (step === undefined || (rollout !== undefined && rollout.operationId !== step.operationId)) return undefined;
  const { kind } = (await getOperation(step.operationId, store)).value;
  return isRolloutKind(kind) ? { ...step, kind, isRepeated: true } : undefined;
};

/**
 * Removes the reason of a failed stop from a cluster that runs. Flink has answered, so the cluster continues as before:
 * the reason goes when it is old, or when no job is left that it is about.
 */
export const clearFailedStop = async (observed: Cluster, jobs: readonly Job[], ports: Ports): Promise<void> => {
  const { state, reason, stopOperationId } = observed;
  if (state !== 'RUNNING' || reason === undefined || stopOperationId === undefined) return;
  const failedStop = (await getOperation(stopOperationId, ports.store)).value;
  const hasLiveJob = jobs.some((job) => !isTerminalJob(job));
  if (!isTerminalOperation(failedStop) || (isRecent(failedStop, ports) && hasLiveJob)) return;
  await transact<void>(ports, async () => {
    const { value: cluster, version } = await getCluster(observed, ports.store);
    if (cluster.state !== 'RUNNING' || cluster.stopOperationId !== stopOperationId) return { result: undefined };
    const { reason: _reason, message: _message, ...value } = cluster;
    const updated = { ...value, updatedAt: ports.now().toISOString() };
    return { change: { cluster: { value: updated, previous: version } }, result: undefined };
  });
};

/** @throws Fault when the API server does not answer: jobs with state may still run. */
const isDeployed = async (cluster: Cluster, ports: Ports): Promise<boolean> => {
  const target = await ports.targets.get(cluster.target);
  return isDeploymentOf(cluster, await ports.kubernetes(target).findDeployment(cluster.clusterId));
};
