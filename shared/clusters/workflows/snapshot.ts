import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation, type Operation } from '#events/records/operation.ts';
import { codeOf, Fault, toProblem } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import { isPastDeadline, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { requestSnapshot } from './request-snapshot.ts';
import { endsJob, getSnapshotRequest, type SnapshotState, toDone, toFailed, toWaiting } from './snapshot-state.ts';

/** Step of the snapshot machine: requests the snapshot when the tasks of the job are RUNNING, and waits for its end. */
export const takeSnapshot = async (state: SnapshotState, ports: Ports): Promise<SnapshotState> => {
  const operation = await getOperation(state.operationId, ports.store);
  const { value } = operation;
  if (isTerminalOperation(value)) return { ...state, outcome: 'done' };
  const { value: cluster } = await getCluster(value, ports.store);
  if (!hasIncarnation(cluster)) {
    const message = `Cluster ${value.clusterId} in target ${value.target} ended before the snapshot was complete.`;
    return (await findRecordedSavepoint(state, value, ports)) ?? toFailed(state, { reason: 'wrong-state', message });
  }
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(value.target)).flink(value.clusterId));
  const isEnding = async () => (await getCluster(value, ports.store)).value.state !== 'RUNNING';
  const next = await waitingIfUnanswered(requestSnapshot(state, value, rest), { state, isEnding });
  if (next.outcome === 'failed') return (await findRecordedSavepoint(state, value, ports)) ?? next;
  if (next.outcome === 'done') return next;
  if (isPastDeadline(value, ports.now()))
    return toFailed(state, { reason: 'deadline-exceeded', message: explainDelay(next, value) });
  const phase = next.waitsFor === 'tasks' ? 'Waiting for the tasks of the job to run.' : (phases[value.kind] ?? '');
  await recordPhase(operation, phase, ports);
  return next;
};

interface Unanswered {
  readonly state: SnapshotState;
  /** Whether the cluster is removed, so that Flink is not found before the end of the cluster is recorded. */
  readonly isEnding: () => Promise<boolean>;
}

/** A failure that may pass by itself is waited for until the deadline. */
const waitingIfUnanswered = async (
  answer: Promise<SnapshotState>,
  { state, isEnding }: Unanswered,
): Promise<SnapshotState> => {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const isGone = error.code === 'not-found' && (await isEnding());
    if (isGone || toProblem(error).retryable) return toWaiting(state);
    throw error;
  }
};

const phases: Readonly<Partial<Record<Operation['kind'], string>>> = {
  savepoint: 'Flink takes the savepoint.',
  checkpoint: 'Flink takes the checkpoint.',
  'stop-job': 'Flink takes the savepoint and ends the job.',
  'dispose-savepoint': 'Flink deletes the savepoint.',
};

const explainDelay = ({ waitsFor }: SnapshotState, { deadline, jobId = '' }: StoredOperation): string =>
  waitsFor === 'tasks'
    ? `The snapshot did not start by ${deadline}, because not all tasks of job ${jobId} were RUNNING.`
    : `Flink did not complete the request by ${deadline}.`;

/**
 * The savepoint that the record of the ended job has. Flink may end before it reports a savepoint that it completed, and
 * the observation of the job's end then records the location.
 */
const findRecordedSavepoint = async (
  state: SnapshotState,
  operation: StoredOperation,
  { store }: Ports,
): Promise<SnapshotState | undefined> => {
  if (!endsJob(operation) || (state.attempt ?? 0) === 0) return undefined;
  const job = (await store.job(operation, operation.jobId ?? ''))?.value;
  if (job === undefined || !isTerminalJob(job)) return undefined;
  const location = operation.kind === 'stop-job' ? job.finalSavepoint : job.savepoint;
  const earlier = findRequest(operation, 'savepoint', 'stop-job')?.savepointBefore;
  return location === undefined || location === earlier ? undefined : toDone(state, { savepoint: location });
};

/** Step of the snapshot machine: records the snapshot, and the end of a job that ended with it. */
export const recordSnapshot = async (state: SnapshotState, ports: Ports): Promise<SnapshotState> => {
  const { operationId, savepoint, checkpoint } = state;
  const { value } = await getOperation(operationId, ports.store);
  if (value.kind === 'stop-job') await observeJobs(value, ports, { changedBy: value });
  const fields = {
    ...(savepoint === undefined ? {} : { savepoint }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
  const decide = async (operation: StoredOperation) => {
    const jobs = await changeJobs({ ...operation, ...fields }, ports);
    return { end: { state: 'SUCCEEDED', fields }, changes: { jobs } } as const;
  };
  await finishOperation(operationId, decide, ports);
  if (endsJob(value)) await requestReconcile(value, ports);
  return state;
};

/** The jobs whose records name the savepoint: the job that it is of, or every job that had a deleted one. */
const changeJobs = async (operation: StoredOperation, { store }: Ports): Promise<NonNullable<Change['jobs']>> => {
  const { savepoint, jobId } = operation;
  const request = getSnapshotRequest(operation);
  if (request.kind === 'dispose-savepoint') {
    const { path } = request.data;
    const jobs = await store.jobs(operation);
    return jobs
      .filter(({ value }) => value.savepoint === path || value.finalSavepoint === path)
      .map((job) => removeSavepoint(job, path));
  }
  const job = savepoint === undefined || jobId === undefined ? undefined : await store.job(operation, jobId);
  if (job === undefined) return [];
  if (!endsJob(operation)) return [{ value: { ...job.value, savepoint }, previous: job.version }];
  // A stop of the cluster that failed before may have marked the job. This command ended the job, so the mark goes.
  const { stoppedWithCluster: _stoppedWithCluster, ...value } = job.value;
  return [{ value: { ...value, savepoint, finalSavepoint: savepoint }, previous: job.version }];
};

const removeSavepoint = (
  { value: { savepoint, finalSavepoint, ...value }, version }: Versioned<Job>,
  path: string,
) => ({
  value: {
    ...value,
    ...(savepoint === undefined || savepoint === path ? {} : { savepoint }),
    ...(finalSavepoint === undefined || finalSavepoint === path ? {} : { finalSavepoint }),
  },
  previous: version,
});

/** Step of the snapshot machine: records why the snapshot failed. */
export const recordSnapshotFailure = async (
  state: SnapshotState & { readonly error?: StepError },
  ports: Ports,
): Promise<SnapshotState> => {
  const code = codeOf(state.reason ?? '');
  const fault = code === undefined ? parseStepError(state.error) : new Fault(code, state.message ?? '');
  await finishOperation(state.operationId, { state: 'FAILED', fault }, ports);
  return state;
};
