import { hasIncarnation } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation, type Operation } from '#events/records/operation.ts';
import { codeOf, Fault, toProblem } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { isPastDeadline, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import {
  completeRecord,
  isRestorable,
  type SnapshotResult,
  toSnapshotResult,
} from '#shared/clusters/model/snapshot.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findUse, readRestored } from '#shared/clusters/restore/snapshot-use.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation, readAllPages } from '#shared/clusters/store/read.ts';
import { type FlinkRest, flinkRest } from '#shared/flink/rest/flink-rest.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import { ignoreNotFound } from '#shared/flink/rest/transport/faults.ts';

import { hasLostState, hasStartedSince, toStartTime } from './lost-state.ts';
import { requestSnapshot } from './request-snapshot.ts';
import { endsJob, findDisposedPath, type SnapshotState, toDone, toFailed, toWaiting } from './snapshot-state.ts';

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
  const use = await findUseSince(state, value, ports);
  if (use !== undefined) return toFailed(state, { reason: 'wrong-state', message: use });
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(value.target)).flink(value.clusterId));
  const isEnding = async () => (await getCluster(value, ports.store)).value.state !== 'RUNNING';
  const hasLost = async (job: JobOverview) => {
    const startTime = await recordJobStart(job, { operation: value, cluster }, ports);
    return hasStartedSince(job, startTime) && hasLostState(job, rest, ports);
  };
  const requested = requestSnapshot(state, value, { rest, hasLostState: hasLost });
  const next = await waitingIfUnanswered(requested, { state, isEnding });
  if (next.outcome === 'failed') return (await findRecordedSavepoint(state, value, ports)) ?? next;
  if (next.outcome === 'done') return next;
  if (isPastDeadline(value, ports.now()))
    return toFailed(state, { reason: 'deadline-exceeded', message: explainDelay(next, value) });
  const phase = next.waitsFor === 'tasks' ? 'Waiting for the tasks of the job to run.' : (phases[value.kind] ?? '');
  await recordPhase(operation, phase, ports);
  return next;
};

/**
 * Records when Flink has started the job of an application, before it is asked to end the job with a savepoint.
 *
 * @returns What was recorded first. Undefined when the job goes on, or cannot start again.
 */
const recordJobStart = async (
  job: JobOverview,
  { operation, cluster }: { readonly operation: StoredOperation; readonly cluster: Cluster },
  ports: Ports,
): Promise<string | undefined> => {
  if (!endsJob(operation) || cluster.mode !== 'application') return undefined;
  return transact(ports, async () => {
    const snapshot = await ports.store.snapshot(operation, operation.operationId);
    const known = snapshot?.value.jobStartTime;
    if (snapshot === undefined || known !== undefined) return { result: known };
    const jobStartTime = toStartTime(job);
    const value = { ...snapshot.value, jobStartTime };
    return { change: { snapshots: [{ value, previous: snapshot.version }] }, result: jobStartTime };
  });
};

/** A command may have started from the snapshot since its disposal was recorded, for example while functions did not run. */
const findUseSince = async (
  { triggerId }: SnapshotState,
  operation: StoredOperation,
  { store }: Ports,
): Promise<string | undefined> => {
  const request = findRequest(operation, 'dispose-snapshot');
  if (request === undefined || triggerId !== undefined) return undefined;
  const { snapshotId } = request.data;
  const { restoreOperationId } = (await store.snapshot(operation, snapshotId))?.value ?? {};
  const restored = await readRestored(operation, [{ restoreOperationId }], store);
  return findUse({ snapshotId, path: request.path }, restored);
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
  'dispose-snapshot': 'Flink deletes the savepoint.',
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
  const disposedPath = findDisposedPath(value);
  const details = disposedPath === undefined ? await readDetails(value, state, ports) : {};
  const fields = omitUndefined({ savepoint, checkpoint });
  const decide = async (operation: StoredOperation) => {
    const changes =
      disposedPath === undefined
        ? await changeTaken({ ...operation, ...fields }, details, ports)
        : await changeDisposed(operation, disposedPath, ports);
    return { end: { state: 'SUCCEEDED', fields }, changes } as const;
  };
  await finishOperation(operationId, decide, ports);
  if (endsJob(value)) await requestReconcile(value, ports);
  return state;
};

/** Flink answers about snapshots from a cache of three seconds (`web.refresh-interval`), which may not have the new one. */
const maxDetailReads = 5;
const detailPauseMs = 1_000;

/** Size, duration and path of the snapshot. They are for information, so that an operation does not fail without them. */
const readDetails = async (operation: StoredOperation, state: SnapshotState, ports: Ports): Promise<SnapshotResult> => {
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(operation.target)).flink(operation.clusterId));
  try {
    for (let read = 1; read <= maxDetailReads; read += 1) {
      const found = await findDetails(operation.jobId ?? '', state, rest);
      if (found !== undefined) return found;
      if (read < maxDetailReads) await ports.sleep(detailPauseMs);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return {};
};

const findDetails = async (
  jobId: string,
  { savepoint, checkpoint }: SnapshotState,
  rest: FlinkRest,
): Promise<SnapshotResult | undefined> => {
  if (checkpoint !== undefined) return ignoreNotFound(rest.getCheckpointDetails(jobId, checkpoint));
  const latest = await rest.getLatestSavepoint(jobId);
  return latest !== undefined && latest.location === savepoint ? toSnapshotResult(latest) : undefined;
};

/** The records of a snapshot that was taken: its own, and that of the job with its savepoint. */
const changeTaken = async (
  operation: StoredOperation,
  details: SnapshotResult,
  { store, now }: Ports,
): Promise<Pick<Change, 'jobs' | 'snapshots'>> => {
  const { operationId, savepoint, checkpoint, jobId = '' } = operation;
  const [job, snapshot] = await Promise.all([store.job(operation, jobId), store.snapshot(operation, operationId)]);
  const result = { ...details, ...omitUndefined({ path: savepoint, checkpoint }) };
  return {
    jobs: job === undefined || savepoint === undefined ? [] : [withSavepoint(job, { operation, savepoint })],
    snapshots: snapshot === undefined ? [] : [completeRecord(snapshot, result, now())],
  };
};

interface TakenSavepoint {
  readonly operation: StoredOperation;
  readonly savepoint: string;
}

const stopMark = { stoppedWithCluster: true } as const;

const withSavepoint = ({ value: job, version }: Versioned<Job>, { operation, savepoint }: TakenSavepoint) => {
  if (!endsJob(operation)) return { value: { ...job, savepoint }, previous: version };
  // A stop of the cluster that failed before may have marked the job. This command ended the job, so the mark goes.
  const { stoppedWithCluster: _stoppedWithCluster, ...unmarked } = job;
  // Unless an apply ended the job: if the session ends before the new job starts, the next session starts the old one.
  const value =
    findRequest(operation, 'stop-job')?.applyOperationId === undefined ? unmarked : { ...unmarked, ...stopMark };
  return { value: { ...value, savepoint, finalSavepoint: savepoint }, previous: version };
};

/** The records that name a deleted savepoint. */
const changeDisposed = async (
  operation: StoredOperation,
  path: string,
  { store, now }: Ports,
): Promise<Pick<Change, 'jobs' | 'snapshots'>> => {
  const [jobs, snapshots] = await Promise.all([
    store.jobs(operation),
    readAllPages((page) => store.snapshots(operation, page)),
  ]);
  const disposedAt = now().toISOString();
  return {
    jobs: jobs
      .filter(({ value }) => value.savepoint === path || value.finalSavepoint === path)
      .map((job) => removeSavepoint(job, path)),
    snapshots: snapshots
      .filter(({ value }) => value.path === path && isRestorable(value))
      .map(({ value, version }) => ({ value: { ...value, disposedAt }, previous: version })),
  };
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
