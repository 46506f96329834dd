import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { subjectOf } from '#events/names.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { type JobRescale, toRescaleEvent } from '#events/records/transitions.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { flinkRest, type FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { EndedRescale } from '#shared/flink/rest/rescales.ts';

import type { ObservedJobs } from './observe-jobs.ts';

/** A pass reads the history of so many jobs of a cluster. The next pass continues with the next jobs. */
const maxJobsPerPass = 10;
/** A pass records so many rescales of a job, the oldest first. */
const maxRescalesPerPass = 5;
/** How long the history of an ended job is read. */
const endedJobMs = 5 * 60_000;
const passMs = 60_000;

/**
 * Publishes the rescales that have ended since the last pass, each once. It costs nothing for a cluster that keeps no
 * history of rescales, and for jobs without the adaptive scheduler.
 */
export const recordRescales = async (cluster: Cluster, observed: ObservedJobs, ports: Ports): Promise<void> => {
  if (cluster.recordsRescales !== true) return;
  const jobs = selectJobs(observed, ports.now());
  if (jobs.length === 0) return;
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(cluster.target)).flink(cluster.clusterId));
  for (const job of jobs) await recordJobRescales({ cluster, job }, rest, ports);
};

const selectJobs = ({ jobs, overview = [] }: ObservedJobs, now: Date): readonly Job[] => {
  const adaptive = new Set(overview.filter(({ schedulerType }) => schedulerType === 'Adaptive').map(({ jid }) => jid));
  const rescalable = jobs
    .filter((job) => adaptive.has(job.jobId) && (!isTerminalJob(job) || endedRecently(job, now)))
    .toSorted((one, other) => (one.jobId < other.jobId ? -1 : 1));
  if (rescalable.length <= maxJobsPerPass) return rescalable;
  const start = (Math.floor(now.getTime() / passMs) * maxJobsPerPass) % rescalable.length;
  return [...rescalable.slice(start), ...rescalable.slice(0, start)].slice(0, maxJobsPerPass);
};

const endedRecently = ({ endTime }: Job, now: Date): boolean =>
  endTime !== undefined && now.getTime() - Date.parse(endTime) < endedJobMs;

interface RescaledJob {
  readonly cluster: Cluster;
  readonly job: Job;
}

const recordJobRescales = async ({ cluster, job }: RescaledJob, rest: FlinkRest, ports: Ports): Promise<void> => {
  const { jobId, lastRescaleId } = job;
  const ids = selectUnrecorded(await rest.listRescales(jobId), lastRescaleId);
  const latest = ids.at(-1);
  if (latest === undefined) return;
  const rescales = await Promise.all(ids.map((id) => rest.getRescale(jobId, id)));
  const at = ports.now();
  const events = rescales.flatMap((rescale) =>
    rescale === undefined ? [] : [toRescaleEvent(toJobRescale({ cluster, job }, rescale, at))],
  );
  await transact(ports, async () => {
    const current = await ports.store.job(cluster, jobId);
    // Another pass has recorded them, or another incarnation of the cluster runs the job.
    const isCurrent =
      current?.value.lastRescaleId === lastRescaleId && current?.value.clusterOperationId === cluster.operationId;
    if (current === undefined || !isCurrent) return { result: undefined };
    const value = { ...current.value, lastRescaleId: latest };
    return { change: { jobs: [{ value, previous: current.version }], events }, result: undefined };
  });
};

/** The oldest rescales after the last recorded one, in order. A JobManager that restarts begins a new history. */
const selectUnrecorded = (latestFirst: readonly string[], lastRescaleId: string | undefined): readonly string[] => {
  const recorded = lastRescaleId === undefined ? -1 : latestFirst.indexOf(lastRescaleId);
  const unrecorded = recorded === -1 ? latestFirst : latestFirst.slice(0, recorded);
  return unrecorded.toReversed().slice(0, maxRescalesPerPass);
};

/** An event has a maximum size. */
const maxVertices = 100;
const maxNameLength = 200;

const toJobRescale = ({ cluster, job }: RescaledJob, rescale: EndedRescale, at: Date): JobRescale => ({
  id: `${subjectOf(cluster)}/jobs/${job.jobId}/rescales/${rescale.rescaleUuid}`,
  target: cluster.target,
  clusterId: cluster.clusterId,
  operationId: cluster.operationId,
  principal: dreyPrincipals.reconcile,
  jobId: job.jobId,
  name: job.name,
  rescaleId: rescale.rescaleUuid,
  state: rescale.terminalState,
  ...omitUndefined({
    trigger: rescale.triggerCause ?? undefined,
    reason: rescale.terminatedReason ?? undefined,
    message: rescale.message,
  }),
  vertices: Object.values(rescale.vertices)
    .slice(0, maxVertices)
    .map((vertex) => ({
      name: vertex.jobVertexName.slice(0, maxNameLength),
      ...omitUndefined({
        from: vertex.preRescaleParallelism ?? undefined,
        to: vertex.postRescaleParallelism ?? undefined,
        desired: vertex.desiredParallelism ?? undefined,
      }),
    })),
  startedAt: new Date(rescale.startTimestampInMillis).toISOString(),
  endedAt: new Date(rescale.endTimestampInMillis).toISOString(),
  labels: cluster.labels,
  at: at.toISOString(),
});
