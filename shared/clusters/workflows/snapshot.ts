import { isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation, type Operation } from '#events/operation.ts';
import type { ProblemCode } from '#events/problem-table.ts';
import { codeOf, Fault, toProblem } from '#events/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { ignoreNotFound } from '#shared/flink/rest/faults.ts';
import { flinkRest, type FlinkRest } from '#shared/flink/rest/flink-rest.ts';

/** What the snapshot machine carries from step to step. Its operation takes or deletes a savepoint, or takes a checkpoint. */
export interface SnapshotState {
  readonly operationId: string;
  readonly attempt?: number;
  /** Of a disposal, which Flink names itself. */
  readonly triggerId?: string;
  readonly outcome?: 'done' | 'waiting' | 'failed';
  readonly waitSeconds?: number;
  /** It was not asked for yet. */
  readonly waitsFor?: 'tasks';
  readonly savepoint?: string;
  readonly checkpoint?: number;
  readonly reason?: string;
  readonly message?: string;
}

const longestWaitSeconds = 15;

/**
 * Asks Flink for what the operation is about, and how far it is. Savepoints and checkpoints are named after the
 * operation: Flink says by that name whether it was asked before, and asking again would start nothing new. The first
 * time waits until the tasks of the job run.
 */
export const take = async (state: SnapshotState, ports: Ports): Promise<SnapshotState> => {
  const operation = await getOperation(state.operationId, ports.store);
  const { value } = operation;
  if (isTerminalOperation(value)) return { ...state, outcome: 'done' };
  if (isTerminalCluster((await getCluster(value, ports.store)).value))
    return (await fromRecord(state, value, ports)) ?? failed(state, 'wrong-state', 'its cluster ended before');
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(value.target)).flink(value.clusterId));
  const next = await answered(ask(state, value, rest), state);
  if (next.outcome === 'failed') return (await fromRecord(state, value, ports)) ?? next;
  if (next.outcome === 'done') return next;
  if (ports.now().toISOString() > value.deadline)
    return failed(
      state,
      'deadline-exceeded',
      next.waitsFor === 'tasks'
        ? `it was not begun by ${value.deadline}: not all tasks of job ${value.jobId ?? ''} ran`
        : `it was not complete by ${value.deadline}`,
    );
  const phase = next.waitsFor === 'tasks' ? 'waiting for the tasks of the job to run' : (phases[value.kind] ?? '');
  await recordPhase(operation, phase, ports);
  return next;
};

/** Whoever does not answer now may do so until the deadline. */
const answered = async (asked: Promise<SnapshotState>, state: SnapshotState): Promise<SnapshotState> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Fault && toProblem(error).retryable) return waiting(state);
    throw error;
  }
};

const phases: Readonly<Partial<Record<Operation['kind'], string>>> = {
  savepoint: 'Flink takes the savepoint',
  checkpoint: 'Flink takes the checkpoint',
  'stop-job': 'Flink takes the savepoint and ends the job',
  'dispose-savepoint': 'Flink deletes the savepoint',
};

const ask = async (state: SnapshotState, operation: StoredOperation, rest: FlinkRest): Promise<SnapshotState> => {
  const { operationId: triggerId, jobId = '' } = operation;
  const request = snapshotRequestOf(operation);
  if (request.kind === 'dispose-savepoint') {
    if (state.triggerId === undefined)
      return waiting({ ...state, triggerId: await rest.disposeSavepoint(request.data.path) });
    return after(await rest.getDisposal(state.triggerId), state);
  }
  const status = (): Promise<Status> =>
    request.kind === 'checkpoint' ? rest.getCheckpoint(jobId, triggerId) : rest.getSavepoint(jobId, triggerId);
  const known = await ignoreNotFound(status());
  if (known !== undefined) return after(known, state);
  // Flink would refuse it now, and under this trigger id for ever.
  const job = (await rest.listJobs()).find(({ jid }) => jid === jobId);
  if (job !== undefined && isTerminalJob(job))
    return failed(state, 'wrong-state', `job ${jobId} is ${job.state} already`);
  if (job !== undefined && (await rest.isWaitingForTasks(job))) return { ...waiting(state), waitsFor: 'tasks' };
  if (request.kind === 'checkpoint') await rest.takeCheckpoint(jobId, { ...request.data, triggerId });
  else if (request.kind === 'stop-job') await rest.stopWithSavepoint(jobId, { ...request.data, triggerId });
  else await rest.takeSavepoint(jobId, { ...request.data, triggerId });
  return after(await status(), state);
};

type Status =
  | { readonly status: 'in-progress' }
  | { readonly status: 'failed'; readonly cause: string }
  | { readonly status: 'completed'; readonly location?: string; readonly checkpointId?: number };

const after = (result: Status, state: SnapshotState): SnapshotState => {
  if (result.status === 'in-progress') return waiting(state);
  if (result.status === 'failed') return failed(state, 'savepoint-failed', result.cause);
  const { location, checkpointId } = result;
  return {
    operationId: state.operationId,
    outcome: 'done',
    ...(location === undefined ? {} : { savepoint: location }),
    ...(checkpointId === undefined ? {} : { checkpoint: checkpointId }),
  };
};

/**
 * A stop that was under way when nobody could be asked any more: where its savepoint is was seen with the end of the
 * job.
 */
const fromRecord = async (state: SnapshotState, operation: StoredOperation, { store }: Ports) => {
  if (!endsItsJob(operation) || (state.attempt ?? 0) === 0) return undefined;
  const job = (await store.job(operation, operation.jobId ?? ''))?.value;
  if (job === undefined || !isTerminalJob(job)) return undefined;
  const location = operation.kind === 'stop-job' ? job.finalSavepoint : job.savepoint;
  // One that the job had before is not the one that was asked for.
  return location === undefined || location === savepointBefore(operation)
    ? undefined
    : after({ status: 'completed', location }, state);
};

/** Records the snapshot that Flink completed, and the end of a job that it ended. */
export const recordTaken = async (state: SnapshotState, ports: Ports): Promise<SnapshotState> => {
  const { operationId, savepoint, checkpoint } = state;
  const { value } = await getOperation(operationId, ports.store);
  if (value.kind === 'stop-job') await observeJobs(value, ports);
  const fields = {
    ...(savepoint === undefined ? {} : { savepoint }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
  await finishOperation(operationId, { state: 'SUCCEEDED', fields }, ports, {
    alsoWrite: async (operation) => ({ jobs: await changedJobs(operation, ports) }),
  });
  if (endsItsJob(value)) await requestReconcile(value, ports);
  return state;
};

const savepointBefore = (operation: StoredOperation) => requestOf(operation, 'savepoint', 'stop-job')?.savepointBefore;

const endsItsJob = (operation: StoredOperation) =>
  operation.kind === 'stop-job' || requestOf(operation, 'savepoint')?.data.cancelJob === true;

/** A job knows its latest savepoint, and the one that it was ended with, as long as they are there. */
const changedJobs = async (operation: StoredOperation, { store }: Ports): Promise<NonNullable<Change['jobs']>> => {
  const { savepoint, jobId } = operation;
  const request = snapshotRequestOf(operation);
  if (request.kind === 'dispose-savepoint') {
    const { path } = request.data;
    const jobs = await store.jobs(operation);
    return jobs
      .filter(({ value }) => value.savepoint === path || value.finalSavepoint === path)
      .map(({ value: { savepoint: latest, finalSavepoint: final, ...value }, version }) => ({
        value: {
          ...value,
          ...(latest === undefined || latest === path ? {} : { savepoint: latest }),
          ...(final === undefined || final === path ? {} : { finalSavepoint: final }),
        },
        previous: version,
      }));
  }
  const job = savepoint === undefined || jobId === undefined ? undefined : await store.job(operation, jobId);
  if (job === undefined) return [];
  if (!endsItsJob(operation)) return [{ value: { ...job.value, savepoint }, previous: job.version }];
  // A stop of the cluster may have asked before, in vain.
  const { stoppedWithCluster: _stoppedWithCluster, ...value } = job.value;
  return [{ value: { ...value, savepoint, finalSavepoint: savepoint }, previous: job.version }];
};

/** Records why the snapshot failed. */
export const recordRefused = async (
  state: SnapshotState & { readonly error?: StepError },
  ports: Ports,
): Promise<SnapshotState> => {
  const code = codeOf(state.reason ?? '');
  const fault = code === undefined ? toFault(state.error) : new Fault(code, state.message ?? '');
  await finishOperation(state.operationId, { state: 'FAILED', fault }, ports);
  return state;
};

const waiting = ({ operationId, triggerId, attempt = 0 }: SnapshotState): SnapshotState => ({
  operationId,
  outcome: 'waiting',
  attempt: attempt + 1,
  waitSeconds: Math.min(1 + Math.floor(attempt / 4), longestWaitSeconds),
  ...(triggerId === undefined ? {} : { triggerId }),
});

const failed = ({ operationId }: SnapshotState, reason: ProblemCode, message: string): SnapshotState => ({
  operationId,
  outcome: 'failed',
  reason,
  message,
});

const snapshotRequestOf = (operation: StoredOperation) => {
  const request = requestOf(operation, 'savepoint', 'checkpoint', 'stop-job', 'dispose-savepoint');
  if (request === undefined) throw new Error(`operation ${operation.operationId} takes no snapshot`);
  return request;
};
