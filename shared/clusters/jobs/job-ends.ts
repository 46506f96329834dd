import pMap from 'p-map';

import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { toTriggerId } from '#shared/clusters/model/snapshot.ts';
import type { FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import type { LatestSavepoint } from '#shared/flink/rest/snapshots.ts';
import { ignoreNotFound } from '#shared/flink/rest/transport/faults.ts';

/** A program chooses how many jobs it has and how large their answers are, and all requests share the memory of the function. */
const maxJobsAtOnce = 4;

export const mapJobs = <T, R>(jobs: readonly T[], read: (job: T) => Promise<R>): Promise<R[]> =>
  pMap(jobs, read, { concurrency: maxJobsAtOnce });

/** The root causes of the jobs that are not recorded as FAILED yet, by job ID. */
export const readRootCauses = async (overview: readonly JobOverview[], recorded: readonly Job[], rest: FlinkRest) => {
  const known = new Set(recorded.filter(({ state }) => state === 'FAILED').map(({ jobId }) => jobId));
  const failed = overview.filter(({ jid, state }) => state === 'FAILED' && !known.has(jid));
  return new Map(await mapJobs(failed, async ({ jid }) => [jid, await rest.getRootCause(jid)] as const));
};

/** The last savepoints of jobs, by job ID. */
export type Savepoints = ReadonlyMap<string, LatestSavepoint | undefined>;

/**
 * The latest savepoints of the jobs that have ended since the last observation, by job ID. The operation that stopped a
 * job with a savepoint may not get the answer of Flink, so the savepoint is read here as well.
 */
export const readSavepoints = async (
  overview: readonly JobOverview[],
  recorded: readonly Job[],
  rest: FlinkRest,
): Promise<Savepoints> => {
  const known = new Set(recorded.filter(isTerminalJob).map(({ jobId }) => jobId));
  const ended = overview.filter(({ jid, state }) => (state === 'FINISHED' || state === 'CANCELED') && !known.has(jid));
  return new Map(await mapJobs(ended, async ({ jid }) => [jid, await rest.getLatestSavepoint(jid)] as const));
};

/** The recorded jobs that have ended and of which Flink shows no savepoint that ended them. */
export const selectUnsaved = (recorded: readonly Job[], savepoints: Savepoints): readonly Job[] =>
  recorded.filter(({ jobId }) => savepoints.has(jobId) && savepoints.get(jobId)?.isFromStop !== true);

interface RequestedSavepoints {
  /** The complete ones, by job ID. */
  readonly complete: Savepoints;
  /** The jobs whose savepoints Flink has not completed. */
  readonly open: ReadonlySet<string>;
}

/** The savepoints that Drey has asked for. Flink answers about a request from no cache. Those that it does not have, or that failed, are left out. */
export const readRequested = async (
  requested: readonly StoredSnapshot[],
  shown: Savepoints,
  rest: FlinkRest,
): Promise<RequestedSavepoints> => {
  const answers = await mapJobs(requested, async (snapshot) => ({
    snapshot,
    answer: await ignoreNotFound(rest.getSavepoint(snapshot.jobId, toTriggerId(snapshot))),
  }));
  const complete = answers.flatMap(({ snapshot: { jobId, trigger }, answer }) => {
    if (answer?.status !== 'completed') return [];
    const { location } = answer;
    const latest = shown.get(jobId);
    const details = latest?.location === location ? latest : {};
    return [[jobId, { ...details, location, isFromStop: trigger === 'stop' || trigger === 'rollout' }] as const];
  });
  const open = answers.flatMap(({ snapshot, answer }) => (answer?.status === 'in-progress' ? [snapshot.jobId] : []));
  return { complete: new Map(complete), open: new Set(open) };
};

/** How long a failed job without a cause is observed again. Flink shows the cause up to `web.refresh-interval` (3 s) late. */
const maxCauseDelayMs = 10_000;

/** The failed jobs whose cause Flink does not show yet. */
export const findUnexplained = (
  overview: readonly JobOverview[],
  causes: ReadonlyMap<string, string | undefined>,
  now: Date,
): readonly string[] =>
  overview
    .filter(({ jid }) => causes.has(jid) && causes.get(jid) === undefined)
    .filter((job) => now.getTime() - job['end-time'] < maxCauseDelayMs)
    .map(({ jid }) => jid);

/** The jobs as reported, but those whose end is not clear yet as they are recorded. A later observation records their end. */
export const withoutUnclearEnds = (
  overview: readonly JobOverview[],
  recorded: readonly Job[],
  unclear: ReadonlySet<string>,
): readonly JobOverview[] => {
  const states = new Map(recorded.map(({ jobId, state }) => [jobId, state]));
  return overview.flatMap((job) => {
    if (!unclear.has(job.jid)) return [job];
    const state = states.get(job.jid);
    return state === undefined ? [] : [{ ...job, state, 'end-time': -1 }];
  });
};
