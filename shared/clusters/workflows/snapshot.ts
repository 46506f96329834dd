import { isTerminalOperation, type Operation } from '#events/operation.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalCluster } from '#events/cluster.ts';
import { codeOf, Fault, type ProblemCode, toProblem } from '#events/problem.ts';
import { type FlinkRest, flinkRest, unlessUnknown } from '#shared/flink/rest.ts';

import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import type { Plan, StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { transitionOperation } from '#shared/clusters/model/operation.ts';
import { transact } from '#shared/clusters/store/transact.ts';

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

const ask = async (
  state: SnapshotState,
  { operationId: triggerId, jobId = '', plan }: StoredOperation,
  rest: FlinkRest,
): Promise<SnapshotState> => {
  const what = planned(plan);
  if ('dispose-savepoint' in what) {
    if (state.triggerId === undefined)
      return waiting({ ...state, triggerId: await rest.disposeSavepoint(what['dispose-savepoint'].path) });
    return after(await rest.disposal(state.triggerId), state);
  }
  const status = (): Promise<Status> =>
    'checkpoint' in what ? rest.checkpoint(jobId, triggerId) : rest.savepoint(jobId, triggerId);
  const known = await unlessUnknown(status());
  if (known !== undefined) return after(known, state);
  // Flink would refuse it now, and under this trigger id for ever.
  const job = (await rest.jobs()).find(({ jid }) => jid === jobId);
  if (job !== undefined && isTerminalJob(job))
    return failed(state, 'wrong-state', `job ${jobId} is ${job.state} already`);
  if (job !== undefined && (await rest.isYetToRun(job))) return { ...waiting(state), waitsFor: 'tasks' };
  if ('checkpoint' in what) await rest.takeCheckpoint(jobId, { ...what.checkpoint, triggerId });
  else if ('stop-job' in what) await rest.stopWithSavepoint(jobId, { ...what['stop-job'], triggerId });
  else await rest.takeSavepoint(jobId, { ...what.savepoint, triggerId });
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

/** Records that it is complete, with where it is, and the end of a job that it ended. */
export const recordTaken = async (state: SnapshotState, ports: Ports): Promise<SnapshotState> => {
  const { value } = await getOperation(state.operationId, ports.store);
  if (value.kind === 'stop-job') await observeJobs(value, ports);
  await transact(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    if (isTerminalOperation(operation.value)) return { result: undefined };
    const { value: next, previous } = transitionOperation(operation, { state: 'SUCCEEDED' }, ports.now());
    const { savepoint, checkpoint } = state;
    const taken = {
      ...next,
      ...(savepoint === undefined ? {} : { savepoint }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
    const jobs = await changedJobs(taken, ports);
    return { change: { operations: [{ value: taken, previous }], jobs }, result: undefined };
  });
  if (endsItsJob(value)) await requestReconcile(value, ports);
  return state;
};

const savepointBefore = ({ plan }: StoredOperation) =>
  plan !== undefined && 'savepointBefore' in plan ? plan.savepointBefore : undefined;

const endsItsJob = ({ kind, plan }: StoredOperation) =>
  kind === 'stop-job' || (plan !== undefined && 'savepoint' in plan && plan.savepoint.cancelJob);

/** A job knows its latest savepoint, and the one that it was ended with, as long as they are there. */
const changedJobs = async (operation: StoredOperation, { store }: Ports): Promise<NonNullable<Change['jobs']>> => {
  const { savepoint, jobId } = operation;
  const what = planned(operation.plan);
  if ('dispose-savepoint' in what) {
    const { path } = what['dispose-savepoint'];
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

/** Records why it was not taken. */
export const recordRefused = (
  state: SnapshotState & { readonly error?: StepError },
  ports: Ports,
): Promise<SnapshotState> =>
  transact<SnapshotState>(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    if (isTerminalOperation(operation.value)) return { result: state };
    const code = codeOf(state.reason ?? '');
    const fault = code === undefined ? toFault(state.error) : new Fault(code, state.message ?? '');
    const problem = toProblem(fault, `/v1/operations/${state.operationId}`);
    return {
      change: { operations: [transitionOperation(operation, { state: 'FAILED', problem }, ports.now())] },
      result: state,
    };
  });

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

type SnapshotPlan = Extract<
  Plan,
  { savepoint: unknown } | { checkpoint: unknown } | { 'stop-job': unknown } | { 'dispose-savepoint': unknown }
>;

const planned = (plan: Plan | undefined): SnapshotPlan => {
  if (
    plan !== undefined &&
    ('savepoint' in plan || 'checkpoint' in plan || 'stop-job' in plan || 'dispose-savepoint' in plan)
  )
    return plan;
  throw new Error('the operation has nothing to do with savepoints');
};
