import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { assertApplicable } from '#shared/clusters/commands/apply-job.ts';
import { cancel } from '#shared/clusters/commands/cancel.ts';
import { stopJob } from '#shared/clusters/commands/savepoints.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { findPause } from '#shared/clusters/workflows/rollout/check.ts';
import {
  problemToFailure,
  type RolloutState,
  toFailure,
  toNext,
} from '#shared/clusters/workflows/rollout/rollout-state.ts';

import { giveCommand, type JobApplyRecords, readJobApply, recordJobPhase, withStopMark } from './records.ts';
import { readApplied } from './start-job.ts';

/** Step of the rollout machine for a job: checks what is to run once more, before the old job ends. */
export const checkJob = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readJobApply(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  await updateJobs(records, ports);
  const ended = assessOld(state, await readJobApply(state.operationId, ports));
  if (ended !== undefined) return ended;
  const fault = await findRefusal(records, ports);
  return fault === undefined ? toNext(state, 'end') : toNext(state, 'failed', { failure: toFailure(fault) });
};

/** Why the apply is over when the old job has ended by itself, or by another command. Undefined while it runs. */
const assessOld = (state: RolloutState, records: JobApplyRecords | undefined): RolloutState | undefined => {
  if (records === undefined) return toNext(state, 'over');
  const { value: job } = records.old;
  if (!isTerminalJob(job)) return undefined;
  if (job.state === 'CANCELED' || job.finalSavepoint !== undefined) return toNext(state, 'canceled');
  const message = `Job ${job.jobId} ended (${job.state}) before it was stopped, so that no new job started. ${job.message ?? ''}`;
  return toNext(state, 'failed', {
    failure: { code: 'rollout-failed', reason: 'ProgramEnded', message: message.trim() },
  });
};

const findRefusal = async (records: JobApplyRecords, ports: Ports): Promise<Fault | undefined> => {
  const { value: cluster } = records.cluster;
  const paused = await findPause(cluster.target, ports);
  if (paused !== undefined) return paused;
  try {
    await assertApplicable(
      await readApplied(records, ports),
      { cluster, target: await ports.targets.get(cluster.target) },
      ports,
    );
    return undefined;
  } catch (error) {
    return toFinalFault(error);
  }
};

/** Step of the rollout machine for a job: ends the old job with the state that the apply asks for, and waits for its end. */
export const endJob = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records =
    state.stopId === undefined
      ? await recordJobPhase(state.operationId, 'Snapshotting', ports)
      : await readJobApply(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  return state.stopId === undefined
    ? giveEnd(state, records, ports)
    : assessEnd(state, { records, stopId: state.stopId }, ports);
};

const giveEnd = async (state: RolloutState, records: JobApplyRecords, ports: Ports): Promise<RolloutState> => {
  const { options } = records.request;
  const { jobId } = records.old.value;
  const given =
    options.state === 'none'
      ? await giveCommand(records, { kind: 'cancel', useCase: cancel, data: { jobId }, name: 'end' }, ports)
      : await giveCommand(
          records,
          { kind: 'stop-job', useCase: stopJob, data: toStopData(records), name: 'end' },
          ports,
        );
  if (!(given instanceof Fault)) return toNext(state, 'waiting', { stopId: given });
  const ended = assessOld(state, await readJobApply(state.operationId, ports));
  return ended ?? toNext(state, 'failed', { failure: toFailure(given) });
};

const toStopData = ({ old, request: { options } }: JobApplyRecords) => ({
  jobId: old.value.jobId,
  format: 'CANONICAL' as const,
  drain: false,
  ...omitUndefined({ directory: options.savepointDirectory }),
});

interface EndingJob {
  readonly records: JobApplyRecords;
  readonly stopId: string;
}

const assessEnd = async (state: RolloutState, { records, stopId }: EndingJob, ports: Ports): Promise<RolloutState> => {
  const { value: stop } = await getOperation(stopId, ports.store);
  if (!isTerminalOperation(stop)) return toNext(state, 'waiting');
  if (stop.state !== 'SUCCEEDED') return assessFailedEnd(state, { records, stopId }, ports);
  if (isTerminalJob(records.old.value)) return recordEnd(state, { records, stopId, path: stop.savepoint }, ports);
  await updateJobs(records, ports);
  return toNext(state, 'waiting');
};

/**
 * What a failed stop has left: a job that runs, one that another command has stopped, or one that has ended with the savepoint
 * all the same.
 */
const assessFailedEnd = async (
  state: RolloutState,
  { records, stopId }: EndingJob,
  ports: Ports,
): Promise<RolloutState> => {
  await updateJobs(records, ports);
  const now = await readJobApply(state.operationId, ports);
  const { state: jobState, finalSavepoint } = now?.old.value ?? {};
  if (now !== undefined && jobState === 'FINISHED' && finalSavepoint !== undefined) {
    const own = await ports.store.snapshot(now.cluster.value, stopId);
    if (own?.value.path === finalSavepoint)
      return recordEnd(state, { records: now, stopId, path: finalSavepoint }, ports);
  }
  const { value: stop } = await getOperation(stopId, ports.store);
  const failure = problemToFailure(stop.problem, 'The old job did not end.');
  return assessOld(state, now) ?? toNext(state, 'failed', { failure });
};

interface EndedJob extends EndingJob {
  /** The savepoint that the job has ended with. */
  readonly path: string | undefined;
}

const recordEnd = async (
  state: RolloutState,
  { records, stopId, path }: EndedJob,
  ports: Ports,
): Promise<RolloutState> => {
  const at = ports.now().toISOString();
  const taken = path === undefined ? undefined : await ports.store.snapshot(records.cluster.value, stopId);
  const fields =
    path === undefined
      ? {}
      : {
          snapshot: { kind: 'savepoint' as const, path, at },
          ...omitUndefined({ stateBytes: taken?.value.sizeBytes }),
        };
  // A stop that has failed has not marked the job, although its savepoint was completed.
  const lacksMark = path !== undefined && records.old.value.stoppedWithCluster === undefined;
  const mark = lacksMark ? { changeOld: withStopMark } : {};
  const recorded = await recordJobPhase(state.operationId, 'Snapshotting', ports, { fields, ...mark });
  return toNext(state, recorded === undefined ? 'over' : 'done');
};
