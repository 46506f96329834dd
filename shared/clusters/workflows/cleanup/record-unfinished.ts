import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { codeOf, Fault } from '#events/problems/problem.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { selectIncarnationJobs, selectIncarnationRecords } from '#shared/clusters/model/job.ts';
import { withLogsResult } from '#shared/clusters/model/kept-logs.ts';
import { keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { type CleanupState, findStopData, isStillDeployed, isSuccessfulDeploy } from './cleanup.ts';
import { describeJob, joinNames } from './messages.ts';

/** A transaction has at most 100 items: these jobs, the operation, the cluster, its transition and the derived writes. */
const maxJobs = 80;

/**
 * Step of the cleanup machine: records why a stop failed. The cluster is RUNNING again when a savepoint failed and
 * nothing was removed.
 *
 * @throws Fault The error of the machine, when the operation is a failed deploy.
 */
export const recordStopFailure = async (
  state: CleanupState & { readonly error?: StepError },
  ports: Ports,
): Promise<CleanupState> => {
  const { operationId } = state;
  const { value: operation } = await getOperation(operationId, ports.store);
  if (findStopData(operation) === undefined) {
    await recordLogsResult(operation, ports);
    // No caller waits for the cleanup of a failed deploy. The failed execution and its alarm report what is left.
    throw parseStepError(state.error);
  }
  const decide = async () => {
    const fault = await explainFailure(state, operation, ports);
    const current = await getCluster(operation, ports.store);
    const survives = fault.code === 'savepoint-failed' && current.value.state === 'STOPPING';
    const changes =
      survives && (await isStillDeployed(current.value, ports))
        ? await returnToRunning(current, { operation, state, fault }, ports)
        : {};
    return { end: { state: 'FAILED', fault }, changes } as const;
  };
  await finishOperation(operationId, decide, ports);
  return state;
};

/** Of a failed deploy whose objects could not be removed, and whose step that keeps logs has failed, too. */
const recordLogsResult = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (keepsFailedObjects(operation) || isSuccessfulDeploy(operation)) return;
  await transact(ports, async () => {
    const { value, version } = await getCluster(operation, ports.store);
    const isLast = value.state === 'FAILED' && value.operationId === operation.operationId;
    const cluster = isLast ? withLogsResult(value, ports.now()) : value;
    return {
      ...(cluster !== value && { change: { cluster: { value: cluster, previous: version } } }),
      result: undefined,
    };
  });
};

const explainFailure = async (
  {
    reason = '',
    problemReason,
    message = 'Stop the cluster again.',
    error,
  }: CleanupState & { readonly error?: StepError },
  operation: StoredOperation,
  ports: Ports,
): Promise<Fault> => {
  const code = codeOf(reason);
  if (code === undefined) return parseStepError(error);
  const ended = code === 'savepoint-failed' ? await describeEndedJobs(operation, ports) : '';
  return new Fault(code, `${message}${ended}`, omitUndefined({ reason: problemReason }));
};

interface StopFailure {
  readonly operation: StoredOperation;
  readonly state: CleanupState;
  readonly fault: Fault;
}

const returnToRunning = async (
  { value, version }: Versioned<Cluster>,
  { operation: { operationId, principal }, state, fault }: StopFailure,
  ports: Ports,
): Promise<Omit<Change, 'operations'>> => {
  const { cluster, events } = transitionCluster(value, 'RUNNING', {
    at: ports.now(),
    operationId,
    principal,
    reason: 'SavepointFailed',
    message: fault.message,
  });
  const jobs = await clearStoppedWithCluster(cluster, state, ports);
  return { cluster: { value: cluster, previous: version }, events, jobs };
};

/** Jobs that continue to run are no longer being stopped with their cluster. */
const clearStoppedWithCluster = async (cluster: Cluster, { jobsInProgress = [] }: CleanupState, { store }: Ports) =>
  selectIncarnationRecords(cluster, await store.jobs(cluster))
    .filter(({ value }) => !isTerminalJob(value))
    .filter(({ value }) => value.stoppedWithCluster === true && value.finalSavepoint === undefined)
    .filter(({ value }) => !jobsInProgress.includes(value.jobId))
    .slice(0, maxJobs)
    .map(({ value: { stoppedWithCluster: _mark, lastCheckpoint: _last, ...value }, version }) => ({
      value,
      previous: version,
    }));

/** The jobs that a stop ended before it failed for others, and how to start them again. */
const describeEndedJobs = async (operation: StoredOperation, { store }: Ports): Promise<string> => {
  const { value: cluster } = await getCluster(operation, store);
  const ended = selectIncarnationJobs(cluster, await store.jobs(operation)).filter((job) => isEndedBy(operation, job));
  if (ended.length === 0) return '';
  const names = joinNames(ended.map((job) => `${describeJob(job)} at ${job.finalSavepoint ?? ''}`));
  return (
    ` These jobs ended, each with its savepoint: ${names}. ` +
    `Submit them again with restore: {fromCluster: ${cluster.clusterId}, job}, or with -s and the path.`
  );
};

/** Compares times of Drey's clock only: `updatedAt` of a terminal job is when Drey observed its end. */
const isEndedBy = ({ createdAt }: StoredOperation, job: Job): boolean =>
  job.finalSavepoint !== undefined && (!isTerminalJob(job) || job.updatedAt >= createdAt);
