import { isTerminalJob } from '#events/records/job.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { type ObservedJobs, observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { findApplicationVerdict } from '#shared/clusters/model/job.ts';
import { assessReadiness } from '#shared/clusters/model/readiness.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { type FlinkRest, flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

import { type Assessment, decideNext, failed, findTrouble, unanswered, unstable } from './assessment.ts';
import { readRollout } from './records.ts';
import { findRequestedRollback } from './requested-rollback.ts';
import { type RolloutState, toNext } from './rollout-state.ts';

/**
 * Step of the rollout machine: looks at the new incarnation once. It is stable when it is so at the end of the time for which it
 * is watched. A failure of its program, or one restart too many, ends the time.
 */
export const verify = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readRollout(state.operationId, ports);
  const cluster = records?.cluster?.value;
  if (records === undefined || cluster === undefined || cluster.operationId !== state.deployId)
    return toNext(state, 'over');
  const requested = await findRequestedRollback(records, ports);
  if (requested !== undefined) return toNext(state, 'failed', { failure: requested });
  const { options } = records.request;
  const { value: started } = await getOperation(cluster.operationId, ports.store);
  const assessment = await assess(cluster, (job, rest) => findTrouble(job, options, rest), ports);
  return decideNext(state, { assessment, started, options, now: ports.now() });
};

/** Why a live job is not stable. Undefined when it is. */
type FindTrouble = (job: JobOverview, rest: FlinkRest) => Promise<Assessment | undefined>;

/** Whether an incarnation is stable now. */
export const assess = async (cluster: Cluster, findTroubleOf: FindTrouble, ports: Ports): Promise<Assessment> => {
  const kubernetes = ports.kubernetes(await ports.targets.get(cluster.target));
  try {
    const observed = await observeJobs(cluster, ports);
    const ended = assessEnd(cluster, observed);
    if (ended !== undefined) return ended;
    if (observed.reachable !== 'True') return await assessPods(cluster, ports);
    return await assessJobs(
      observed,
      { cluster, findTroubleOf, rest: flinkRest(kubernetes.flink(cluster.clusterId)) },
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
  readonly findTroubleOf: FindTrouble;
  readonly rest: FlinkRest;
}

const assessJobs = async (
  { jobs, overview = [] }: ObservedJobs,
  { cluster, findTroubleOf, rest }: JobOptions,
  ports: Ports,
): Promise<Assessment> => {
  const missing = await findMissingJob(cluster, ports);
  if (missing !== undefined) return missing;
  const live = new Set(jobs.filter((job) => !isTerminalJob(job)).map(({ jobId }) => jobId));
  if (cluster.mode === 'application' && live.size === 0) return unstable('Starting', 'Its program has no job yet.');
  for (const job of overview.filter(({ jid }) => live.has(jid))) {
    const trouble = await findTroubleOf(job, rest);
    if (trouble !== undefined) return trouble;
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
