import { isTerminalJob } from '#events/records/job.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { RolloutOptions } from '#events/commands/index.ts';
import { Fault } from '#events/problems/problem.ts';
import { type ObservedJobs, observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { findApplicationVerdict } from '#shared/clusters/model/job.ts';
import { assessReadiness } from '#shared/clusters/model/readiness.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { type FlinkRest, flinkRest } from '#shared/flink/rest/flink-rest.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { readRollout } from './records.ts';
import { type RolloutFailure, type RolloutState, toNext } from './rollout-state.ts';

const [minWaitSeconds, maxWaitSeconds] = [5, 300];
/** How often an incarnation is looked at while it is watched, at least. */
const looks = 40;

/** Whether an incarnation is stable now. `failed` is final. `unknown`: the target or Flink does not answer. */
type Assessment =
  | { readonly status: 'stable' | 'ended' | 'canceled' }
  | { readonly status: 'unstable' | 'unknown' | 'failed'; readonly failure: RolloutFailure };

/**
 * Step of the rollout machine: looks at the new incarnation once. It is stable when it is so at the end of the time for which it
 * is watched. A failure of its program, or one restart too many, ends the time.
 */
export const verify = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readRollout(state.operationId, ports);
  const cluster = records?.cluster?.value;
  if (records === undefined || cluster === undefined || cluster.operationId !== state.deployId)
    return toNext(state, 'over');
  const { options } = records.request;
  const { value: deploy } = await getOperation(cluster.operationId, ports.store);
  const endMs = Date.parse(deploy.updatedAt) + parseDuration(options.stableWithin);
  const assessment = await assess(cluster, options, ports);
  const leftMs = endMs - ports.now().getTime();
  if (assessment.status === 'canceled') return toNext(state, 'canceled');
  if (assessment.status === 'ended') return toNext(state, 'stable');
  if (assessment.status !== 'failed' && leftMs > 0) return watch(state, leftMs, options);
  if (assessment.status === 'unknown' && leftMs > -graceMs) return watch(state, 0, options);
  return 'failure' in assessment ? toNext(state, 'failed', { failure: assessment.failure }) : toNext(state, 'stable');
};

/** A target that does not answer says nothing about the revision, so that its answer is waited for. */
const graceMs = 5 * 60_000;

const watch = (state: RolloutState, leftMs: number, { stableWithin }: RolloutOptions): RolloutState => {
  const step = Math.min(Math.max(parseDuration(stableWithin) / 1_000 / looks, minWaitSeconds), maxWaitSeconds);
  return { ...toNext(state, 'watching'), waitSeconds: Math.ceil(Math.min(step, Math.max(leftMs / 1_000, 1))) };
};

const failed = (reason: string, message: string): Assessment => ({
  status: 'failed',
  failure: { code: 'rollout-failed', reason, message },
});

const unstable = (reason: string, message: string): Assessment => ({
  status: 'unstable',
  failure: { code: 'rollout-failed', reason, message: `The revision was not stable in time. ${message}` },
});

const unanswered = (reason: string, message: string): Assessment => ({
  status: 'unknown',
  failure: { code: 'rollout-failed', reason, message: `It is not known whether the revision is stable. ${message}` },
});

const assess = async (cluster: Cluster, options: RolloutOptions, ports: Ports): Promise<Assessment> => {
  const kubernetes = ports.kubernetes(await ports.targets.get(cluster.target));
  try {
    const observed = await observeJobs(cluster, ports);
    const ended = assessEnd(cluster, observed);
    if (ended !== undefined) return ended;
    if (observed.reachable !== 'True') return await assessPods(cluster, ports);
    return await assessJobs(
      observed,
      { cluster, options, rest: flinkRest(kubernetes.flink(cluster.clusterId)) },
      ports,
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unanswered(error.reason ?? error.code, error.message);
  }
};

/** What the end of a program, or of a job of a session, says about the revision. Undefined while all of them run. */
const assessEnd = (
  { mode, program: recorded }: Cluster,
  { jobs, program = recorded }: ObservedJobs,
): Assessment | undefined => {
  if (mode === 'session') {
    const job = jobs.find(({ state }) => state === 'FAILED');
    return job === undefined
      ? undefined
      : failed('JobFailed', `Job ${job.jobId} (${job.name}) failed. ${job.message ?? ''}`.trim());
  }
  const verdict = findApplicationVerdict({ program }, jobs);
  if (verdict === undefined) return undefined;
  if (verdict.state === 'FINISHED') return { status: 'ended' };
  if (verdict.state === 'CANCELED') return { status: 'canceled' };
  return failed('ProgramFailed', `The program failed. ${verdict.message ?? ''}`.trim());
};

/** Why Flink does not answer. A JobManager that crashes again and again does not recover. */
const assessPods = async ({ clusterId, target, createdAt }: Cluster, ports: Ports): Promise<Assessment> => {
  const kubernetes = ports.kubernetes(await ports.targets.get(target));
  const readiness = assessReadiness(
    await kubernetes.observe(clusterId),
    (ports.now().getTime() - Date.parse(createdAt)) / 1_000,
  );
  if (readiness.answer === 'no' && readiness.final) return failed(readiness.reason, readiness.message);
  return unanswered('Unreachable', "Flink's REST API does not answer.");
};

interface JobOptions {
  readonly cluster: Cluster;
  readonly options: RolloutOptions;
  readonly rest: FlinkRest;
}

const assessJobs = async (
  { jobs, overview = [] }: ObservedJobs,
  { cluster, options, rest }: JobOptions,
  ports: Ports,
): Promise<Assessment> => {
  const missing = await findMissingJob(cluster, ports);
  if (missing !== undefined) return missing;
  const live = new Set(jobs.filter((job) => !isTerminalJob(job)).map(({ jobId }) => jobId));
  if (cluster.mode === 'application' && live.size === 0) return unstable('Starting', 'Its program has no job yet.');
  for (const job of overview.filter(({ jid }) => live.has(jid))) {
    const restarts = (await rest.countRestarts(job.jid)) ?? 0;
    if (restarts > options.maxRestarts)
      return failed(
        'Restarted',
        `Flink restarted job ${job.jid} ${restarts} times, and ${options.maxRestarts} are allowed. ${(await rest.getRootCause(job.jid)) ?? ''}`.trim(),
      );
    if (job.state !== 'RUNNING' || (await rest.isWaitingForTasks(job)))
      return unstable('TasksNotRunning', `Not all tasks of job ${job.jid} (${job.name}) run.`);
    if ((await rest.hasPeriodicCheckpoints(job.jid)) && (await rest.countCheckpoints(job.jid)) === 0)
      return unstable('NoCheckpoint', `Job ${job.jid} (${job.name}) has completed no checkpoint.`);
  }
  return { status: 'stable' };
};

/** A job of a session that was to be restored, and has not started. */
const findMissingJob = async ({ operationId }: Cluster, { store }: Ports): Promise<Assessment | undefined> => {
  const { restoredJobs = [] } = (await getOperation(operationId, store)).value;
  const submits = await store.operationsByIds(restoredJobs.map(({ jobId }) => jobId));
  const refused = submits.find(({ state }) => state === 'FAILED');
  if (refused !== undefined)
    return failed(
      'JobNotRestored',
      `Job ${refused.operationId} was not restored. ${refused.problem?.detail ?? ''}`.trim(),
    );
  const open = submits.find((submit) => !isTerminalOperation(submit));
  return open === undefined && submits.length === restoredJobs.length
    ? undefined
    : unstable('Restoring', 'Its jobs are being restored.');
};
