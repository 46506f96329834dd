import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { type JobChange, transitionJobs, withCondition } from '#shared/clusters/model/cluster.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { maxJobsPerTransaction, transact } from '#shared/clusters/store/transact.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import type { LatestSavepoint } from '#shared/flink/rest/snapshots.ts';

/** A cluster's record and those of its jobs. */
export interface Reading {
  readonly cluster: Versioned<Cluster>;
  readonly jobs: readonly Versioned<Job>[];
}

/** @throws Fault `not-found` */
export const read = async (clusterRef: ClusterRef, { store }: Ports): Promise<Reading> => {
  const [cluster, jobs] = await Promise.all([getCluster(clusterRef, store), store.jobs(clusterRef)]);
  return { cluster, jobs };
};

const isOf = (cluster: Cluster, job: Job) => job.clusterOperationId === cluster.operationId;

interface Seen {
  readonly overview: readonly JobOverview[];
  /** What was known before Flink was asked: a job recorded since then is not one that Flink forgot. */
  readonly before: readonly Job[];
  readonly causes: ReadonlyMap<string, string | undefined>;
  readonly savepoints: ReadonlyMap<string, LatestSavepoint | undefined>;
  readonly submits: ReadonlySet<string>;
}

/** Mostly nothing has changed: then the reading from before Flink was asked is enough, and nothing is written. */
export const record = async (reading: Reading, seen: Seen, ports: Ports): Promise<readonly Job[]> => {
  const observed = reading.cluster.value;
  let unused: Reading | undefined = reading;
  const { jobs, more } = await transact<{ readonly jobs: readonly Job[]; readonly more: boolean }>(ports, async () => {
    const { cluster, jobs: known } = unused ?? (await read(observed, ports));
    unused = undefined;
    // The id has begun another life meanwhile: what was seen is not of it.
    if (!isSameLife(cluster.value, observed)) return { result: { jobs: seen.before, more: false } };
    const now = ports.now();
    const overview = seen.overview.map((job) => asJob(job, observed, seen, now));
    const all = [...changed(overview, known), ...forgotten(overview, known, seen.before, now)];
    const changes = all.slice(0, maxJobsPerTransaction);
    const others = known
      .map(({ value }) => value)
      .filter(({ jobId }) => !changes.some(({ job }) => job.jobId === jobId));
    const jobs = [...others.filter((job) => isOf(observed, job)), ...changes.map(({ job }) => job)];
    const answered = { status: 'True', reason: 'Answered', message: 'Flink answered' } as const;
    const reachable = withCondition(cluster.value, 'Reachable', answered, now);
    if (changes.length === 0 && reachable === cluster.value) return { result: { jobs, more: false } };
    const next = transitionJobs(reachable, changes, now);
    return {
      change: {
        cluster: { value: next.cluster, previous: cluster.version },
        jobs: changes.map(({ job, previous }) => ({ value: job, previous })),
        events: next.events,
      },
      result: { jobs, more: changes.length < all.length },
    };
  });
  return more ? record(await read(observed, ports), seen, ports) : jobs;
};

const isSameLife = (one: Cluster, other: Cluster) => one.operationId === other.operationId && !isTerminalCluster(one);

type Change = JobChange & { readonly previous: number | undefined };

const changed = (seen: readonly Job[], known: readonly Versioned<Job>[]): readonly Change[] =>
  seen.flatMap((job) => {
    const before = known.find(({ value }) => value.jobId === job.jobId);
    if (before !== undefined && (before.value.state === job.state || isTerminalJob(before.value))) return [];
    const kept = before === undefined ? undefined : withoutMark(before.value, job);
    return [{ job: { ...kept, ...job }, from: before?.value.state ?? null, previous: before?.version }];
  });

/** What went on behind a stop of its cluster that failed, and ended otherwise, was not stopped with it. */
const withoutMark = ({ stoppedWithCluster, ...before }: Job, { state }: Job): Job =>
  stoppedWithCluster === undefined || state === 'CANCELED' || state === 'FAILED'
    ? before
    : { ...before, stoppedWithCluster };

/** A session without high availability forgets its jobs when its JobManager starts anew: they run no longer. */
const forgotten = (
  seen: readonly Job[],
  known: readonly Versioned<Job>[],
  before: readonly Job[],
  now: Date,
): readonly Change[] =>
  known
    .filter(({ value }) => !isTerminalJob(value) && before.some(({ jobId }) => jobId === value.jobId))
    .filter(({ value }) => !seen.some(({ jobId }) => jobId === value.jobId))
    .map(({ value, version }) => ({
      job: {
        ...value,
        state: 'FAILED',
        message: 'the session no longer knows the job: its JobManager was started anew',
        endTime: now.toISOString(),
        updatedAt: now.toISOString(),
      },
      from: value.state,
      previous: version,
    }));

const asJob = (
  overview: JobOverview,
  { target, clusterId, operationId }: Cluster,
  { causes, savepoints, submits }: Seen,
  now: Date,
): Job => {
  const message = causes.get(overview.jid);
  const savepoint = savepoints.get(overview.jid);
  return {
    target,
    clusterId,
    clusterOperationId: operationId,
    jobId: overview.jid,
    name: overview.name,
    state: overview.state,
    startTime: new Date(overview['start-time']).toISOString(),
    ...(overview['end-time'] > 0 ? { endTime: new Date(overview['end-time']).toISOString() } : {}),
    ...(message === undefined ? {} : { message }),
    ...(savepoint === undefined ? {} : { savepoint: savepoint.location }),
    // One that was taken on the way does not have all that the job did.
    ...(savepoint?.isFromStop === true ? { finalSavepoint: savepoint.location } : {}),
    ...(submits.has(overview.jid) ? { operationId: overview.jid } : {}),
    updatedAt: now.toISOString(),
  };
};
