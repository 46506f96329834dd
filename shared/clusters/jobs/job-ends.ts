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

/** The savepoints that Drey has asked for, of jobs that have ended, and whose end is not recorded. */
export type FindRequested = (jobs: readonly Job[]) => Promise<readonly StoredSnapshot[]>;

interface EndSavepoints {
  /** The last savepoints, by job ID. */
  readonly savepoints: ReadonlyMap<string, LatestSavepoint | undefined>;
  /** The jobs whose last savepoint Flink has not completed. */
  readonly openSavepoints: ReadonlySet<string>;
}

/**
 * The latest savepoints of the jobs that have ended since the last observation. The operation that stopped a job with a
 * savepoint may not get the answer of Flink, so the savepoint is read here as well. Flink shows it from a cache that is some
 * seconds old (`web.refresh-interval`), and answers about a request of Drey from none. A JobManager that is to end waits until
 * the answer about each request was read, so that it is read in any case.
 *
 * @see Flink 2.3 `CompletedOperationCache.closeAsync`
 */
export const readSavepoints = async (
  overview: readonly JobOverview[],
  recorded: readonly Job[],
  { rest, findRequested }: { readonly rest: FlinkRest; readonly findRequested: FindRequested },
): Promise<EndSavepoints> => {
  const known = new Set(recorded.filter(isTerminalJob).map(({ jobId }) => jobId));
  const ended = overview.filter(({ jid, state }) => (state === 'FINISHED' || state === 'CANCELED') && !known.has(jid));
  const endedIds = new Set(ended.map(({ jid }) => jid));
  const [shown, requested] = await Promise.all([
    mapJobs(ended, async ({ jid }) => [jid, await rest.getLatestSavepoint(jid)] as const),
    findRequested(recorded.filter(({ jobId }) => endedIds.has(jobId))),
  ]);
  const latest = new Map(shown);
  const answers = await mapJobs(requested, async (snapshot) => ({
    snapshot,
    answer: await ignoreNotFound(rest.getSavepoint(snapshot.jobId, toTriggerId(snapshot))),
  }));
  const complete = answers.flatMap(({ snapshot: { jobId, trigger }, answer }) => {
    if (answer?.status !== 'completed') return [];
    const { location } = answer;
    const details = latest.get(jobId)?.location === location ? latest.get(jobId) : {};
    return [[jobId, { ...details, location, isFromStop: trigger === 'stop' || trigger === 'rollout' }] as const];
  });
  const open = answers.flatMap(({ snapshot, answer }) => (answer?.status === 'in-progress' ? [snapshot.jobId] : []));
  return { savepoints: new Map([...shown, ...complete]), openSavepoints: new Set(open) };
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

/**
 * The jobs as reported, but those whose end is not clear yet as they are recorded. A later observation records their end.
 * A new job has no record, and its failure must not be missing from the verdict of an application.
 */
export const withoutUnclearEnds = (
  overview: readonly JobOverview[],
  recorded: readonly Job[],
  unclear: ReadonlySet<string>,
): readonly JobOverview[] => {
  const states = new Map(recorded.map(({ jobId, state }) => [jobId, state]));
  return overview.map((job) => {
    const state = unclear.has(job.jid) ? states.get(job.jid) : undefined;
    return state === undefined ? job : { ...job, state, 'end-time': -1 };
  });
};
