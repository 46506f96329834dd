import type { RolloutOptions } from '#events/commands/index.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { type RolloutFailure, type RolloutState, toNext } from './rollout-state.ts';

type Options = Pick<RolloutOptions, 'stableWithin' | 'maxRestarts'>;

/** Whether an incarnation or a job is stable now. `failed` is final. `unknown`: the target or Flink does not answer. */
export type Assessment =
  | { readonly status: 'stable' | 'ended' | 'canceled' }
  | { readonly status: 'unstable' | 'unknown' | 'failed'; readonly failure: RolloutFailure };

export const failed = (reason: string, message: string): Assessment => ({
  status: 'failed',
  failure: { code: 'rollout-failed', reason, message },
});

export const unstable = (reason: string, message: string): Assessment => ({
  status: 'unstable',
  failure: { code: 'rollout-failed', reason, message },
});

export const unanswered = (reason: string, message: string): Assessment => ({
  status: 'unknown',
  failure: { code: 'rollout-failed', reason, message },
});

const [minWaitSeconds, maxWaitSeconds] = [5, 300];
/** How often an incarnation or a job is looked at while it is watched, at least. */
const looks = 40;

/** A target that does not answer says nothing about the revision, so that its answer is waited for. */
const graceMs = 5 * 60_000;

interface Look {
  readonly assessment: Assessment;
  /** The deploy or submit after whose success the time begins. */
  readonly started: StoredOperation;
  readonly options: Options;
  readonly now: Date;
}

/** Whether to look again, and the result otherwise. It counts at the end of the time, unless it is final. */
export const decideNext = (state: RolloutState, { assessment, started, options, now }: Look): RolloutState => {
  const endMs = Date.parse(started.updatedAt) + parseDuration(options.stableWithin);
  const leftMs = endMs - now.getTime();
  if (assessment.status === 'canceled') return toNext(state, 'canceled');
  if (assessment.status === 'ended') return toNext(state, 'stable');
  if (assessment.status !== 'failed' && leftMs > 0) return watch(state, leftMs, options);
  if (assessment.status === 'unknown' && leftMs > -graceMs) return watch(state, 0, options);
  return 'failure' in assessment ? toNext(state, 'failed', { failure: assessment.failure }) : toNext(state, 'stable');
};

const watch = (state: RolloutState, leftMs: number, { stableWithin }: Options): RolloutState => {
  const step = Math.min(Math.max(parseDuration(stableWithin) / 1_000 / looks, minWaitSeconds), maxWaitSeconds);
  return { ...toNext(state, 'watching'), waitSeconds: Math.ceil(Math.min(step, Math.max(leftMs / 1_000, 1))) };
};

/** Why a live job is not stable. Undefined when it is. */
export const findTrouble = async (
  job: JobOverview,
  { maxRestarts }: Options,
  rest: FlinkRest,
): Promise<Assessment | undefined> => {
  const restarts = (await rest.countRestarts(job.jid)) ?? 0;
  if (restarts > maxRestarts)
    return failed(
      'Restarted',
      `Flink restarted job ${job.jid} ${restarts} times, and ${maxRestarts} are allowed. ${(await rest.getRootCause(job.jid)) ?? ''}`.trim(),
    );
  const tasks = await findTaskTrouble(job, rest);
  if (tasks !== undefined) return tasks;
  if ((await rest.hasPeriodicCheckpoints(job.jid)) && (await rest.countCheckpoints(job.jid)) === 0)
    return unstable('NoCheckpoint', `Job ${job.jid} (${job.name}) has completed no checkpoint.`);
  return undefined;
};

/** Undefined when all tasks of a live job run. */
export const findTaskTrouble = async (job: JobOverview, rest: FlinkRest): Promise<Assessment | undefined> =>
  job.state !== 'RUNNING' || (await rest.isWaitingForTasks(job))
    ? unstable('TasksNotRunning', `Not all tasks of job ${job.jid} (${job.name}) run.`)
    : undefined;
