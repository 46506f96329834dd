import { isEnded, type Job } from '#events/model.ts';
import type { Place } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import { flinkRest, type JobOverview } from '#shared/flink/rest.ts';

import type { Ports, Versioned } from './ports.ts';
import { clusterAt, mostJobsAtOnce, update } from './records.ts';
import { type JobChange, withJobs, withReachable } from './state.ts';

export interface ObservedJobs {
  readonly jobs: readonly Job[];
  readonly reachable: 'True' | 'Unknown';
}

/**
 * Asks a session for its jobs and records what changed. No answer changes nothing but the condition
 * `Reachable`: the jobs are then those that were seen last.
 */
export const observeJobs = async (place: Place, ports: Ports, signal: AbortSignal): Promise<ObservedJobs> => {
  const { value: cluster } = await clusterAt(place, ports.store);
  if (cluster.state !== 'RUNNING' && cluster.state !== 'STOPPING')
    return { jobs: (await ports.store.jobs(place)).map(({ value }) => value), reachable: 'Unknown' };
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(place.target)).flink(place.clusterId));
  try {
    const overview = await rest.jobs(signal);
    const causes = await causesOf(overview, place, rest, ports, signal);
    return { jobs: await record(place, overview, causes, ports), reachable: 'True' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await noteUnreachable(place, error, ports);
    return { jobs: (await ports.store.jobs(place)).map(({ value }) => value), reachable: 'Unknown' };
  }
};

/** Why jobs failed that are not known to have failed yet. */
const causesOf = async (
  overview: readonly JobOverview[],
  place: Place,
  rest: ReturnType<typeof flinkRest>,
  { store }: Ports,
  signal: AbortSignal,
) => {
  const known = new Map((await store.jobs(place)).map(({ value }) => [value.jobId, value.state]));
  const failed = overview.filter(({ jid, state }) => state === 'FAILED' && known.get(jid) !== 'FAILED');
  const causes = await Promise.all(failed.map(async ({ jid }) => [jid, await rest.rootCause(jid, signal)] as const));
  return new Map(causes);
};

const record = async (
  place: Place,
  overview: readonly JobOverview[],
  causes: ReadonlyMap<string, string | undefined>,
  ports: Ports,
): Promise<readonly Job[]> => {
  const { jobs, more } = await update<{ readonly jobs: readonly Job[]; readonly more: boolean }>(
    ports.store,
    async () => {
      const [cluster, known] = await Promise.all([clusterAt(place, ports.store), ports.store.jobs(place)]);
      const now = ports.now();
      const seen = overview.map((job) => asJob(job, place, causes.get(job.jid), now));
      const all = [...changed(seen, known), ...forgotten(seen, known, now)];
      const changes = all.slice(0, mostJobsAtOnce);
      const jobs = [
        ...known.map(({ value }) => value).filter(({ jobId }) => !changes.some(({ job }) => job.jobId === jobId)),
        ...changes.map(({ job }) => job),
      ];
      const reachable = withReachable(
        cluster.value,
        { status: 'True', reason: 'Answered', message: 'Flink answered' },
        now,
      );
      if (changes.length === 0 && reachable === cluster.value) return { result: { jobs, more: false } };
      const next = withJobs(reachable, changes, now);
      return {
        change: {
          cluster: { value: next.cluster, previous: cluster.version },
          jobs: changes.map(({ job, previous }) => ({ value: job, previous })),
          transitions: next.transitions,
        },
        result: { jobs, more: changes.length < all.length },
      };
    },
  );
  return more ? record(place, overview, causes, ports) : jobs;
};

type Change = JobChange & { readonly previous: number | undefined };

const changed = (seen: readonly Job[], known: readonly Versioned<Job>[]): readonly Change[] =>
  seen.flatMap((job) => {
    const before = known.find(({ value }) => value.jobId === job.jobId);
    if (before !== undefined && (before.value.state === job.state || isEnded(before.value))) return [];
    return [{ job: { ...before?.value, ...job }, from: before?.value.state ?? null, previous: before?.version }];
  });

/** A session without high availability forgets its jobs when its JobManager starts anew: they run no longer. */
const forgotten = (seen: readonly Job[], known: readonly Versioned<Job>[], now: Date): readonly Change[] =>
  known
    .filter(({ value }) => !isEnded(value) && !seen.some(({ jobId }) => jobId === value.jobId))
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

const asJob = (overview: JobOverview, { target, clusterId }: Place, message: string | undefined, now: Date): Job => ({
  target,
  clusterId,
  jobId: overview.jid,
  name: overview.name,
  state: overview.state,
  startTime: new Date(overview['start-time']).toISOString(),
  ...(overview['end-time'] > 0 ? { endTime: new Date(overview['end-time']).toISOString() } : {}),
  ...(message === undefined ? {} : { message }),
  updatedAt: now.toISOString(),
});

const noteUnreachable = (place: Place, fault: Fault, ports: Ports): Promise<void> =>
  update(ports.store, async () => {
    const cluster = await clusterAt(place, ports.store);
    const next = withReachable(
      cluster.value,
      { status: 'Unknown', reason: fault.code, message: fault.message },
      ports.now(),
    );
    return next === cluster.value
      ? { result: undefined }
      : { change: { cluster: { value: next, previous: cluster.version } }, result: undefined };
  });
