import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { cancel } from '#shared/clusters/commands/cancel.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { parseStepError } from '#shared/clusters/model/step-error.ts';
import { computeCreatesUntil, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import {
  findFailure,
  newUnknownFailure,
  type RolloutState,
  toFailure,
  toNext,
} from '#shared/clusters/workflows/rollout/rollout-state.ts';

import { findGiven, giveCommand, type JobApplyRecords, readJobApply, recordJobPhase } from './records.ts';

/** Step of the rollout machine for a job: ends the new job, unless it is to be kept. The old program then starts again. */
export const rollBackJob = async (given: RolloutState, ports: Ports): Promise<RolloutState> => {
  const state = { ...given, failure: findFailure(given) ?? newUnknownFailure('job') };
  const known = await readJobApply(state.operationId, ports);
  if (known === undefined) return toNext(state, 'over');
  const submit = await findGiven(known.operation.value, 'submit', ports);
  if (keeps(known, submit)) return toNext(state, 'kept');
  const isEntered = known.rollout.phase === 'RollingBack';
  const records = isEntered ? known : await recordJobPhase(state.operationId, 'RollingBack', ports);
  if (records === undefined) return toNext(state, 'over');
  if (submit === undefined) return toNext(state, 'start');
  return isTerminalOperation(submit) ? endNew(state, { records, submit }, ports) : endSubmit(state, submit, ports);
};

const keeps = ({ request: { options }, jobs }: JobApplyRecords, submit: StoredOperation | undefined): boolean =>
  options.onFailure === 'keep' &&
  jobs.some(({ value }) => value.jobId === submit?.operationId && !isTerminalJob(value));

/** A queued submit is removed. One that has started may still run main() of its program, so that its end is waited for. */
const endSubmit = async (state: RolloutState, submit: StoredOperation, ports: Ports): Promise<RolloutState> => {
  const fault = new Fault('superseded', 'The apply that submitted the job is rolled back.');
  if (submit.state === 'QUEUED')
    await endQueued(submit, { state: 'CANCELED', fault, principal: submit.principal }, ports);
  return toNext(state, 'waiting');
};

/** A submit that failed may have started its job. Only the answer of Flink says that it does not run. */
const endNew = async (
  state: RolloutState,
  { records, submit }: { readonly records: JobApplyRecords; readonly submit: StoredOperation },
  ports: Ports,
): Promise<RolloutState> => {
  const { jobs, reachable } = await updateJobs(records, ports);
  if (reachable !== 'True') return toNext(state, 'waiting');
  const jobId = submit.operationId;
  const job = jobs.find((one) => one.jobId === jobId);
  if (job === undefined) return toNext(state, mayStillStart(submit, ports.now()) ? 'waiting' : 'start');
  if (isTerminalJob(job)) return toNext(state, 'start');
  const { unwindId } = state;
  if (unwindId !== undefined && !(await hasFailed(unwindId, ports))) return toNext(state, 'waiting');
  // The key of a cancel that has failed stays its own, so that the next one has another key.
  const name = unwindId === undefined ? 'unwind' : `unwind/${unwindId}`;
  const given = await giveCommand(records, { kind: 'cancel', useCase: cancel, data: { jobId }, name }, ports);
  return given instanceof Fault ? toNext(state, 'waiting') : toNext(state, 'waiting', { unwindId: given });
};

const hasFailed = async (operationId: string, { store }: Ports): Promise<boolean> => {
  const { value: operation } = await getOperation(operationId, store);
  return isTerminalOperation(operation) && operation.state !== 'SUCCEEDED';
};

/** Whether a request to run the program may still be on its way. The exception of the program is an answer to it. */
const mayStillStart = ({ clusterOperationId, problem, updatedAt }: StoredOperation, now: Date): boolean => {
  const isAnswered = problem?.code === 'program-failed' && problem.reason !== 'DeadlineExceeded';
  if (clusterOperationId === undefined || isAnswered) return false;
  return now.toISOString() < computeCreatesUntil(new Date(updatedAt));
};

/** Step of the rollout machine for a job: the old program did not start again, and the savepoint is what is left of the job. */
export const abandonJob = async ({ error, ...state }: RolloutState): Promise<RolloutState> => {
  const failure = error === undefined ? newUnknownFailure('job') : toFailure(parseStepError(error));
  return toNext(state, 'kept', { rollbackFailure: state.rollbackFailure ?? failure });
};
