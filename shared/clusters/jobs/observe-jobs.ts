import { isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import { mayAnswer } from '#shared/clusters/model/cluster-states.ts';
import { jobsOfIncarnation } from '#shared/clusters/model/job.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordCondition } from '#shared/clusters/store/progress.ts';
import { flinkRest, type FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

import { read, type Reading, record } from './record-jobs.ts';

export interface ObservedJobs {
  readonly jobs: readonly Job[];
  /** False: it is over. */
  readonly reachable: 'True' | 'False' | 'Unknown';
  /** What Flink answered. */
  readonly overview?: readonly JobOverview[];
}

/**
 * Asks a cluster for its jobs and records what changed. No answer changes nothing but the condition
 * `Reachable`: the jobs are then those that were seen last.
 */
export const observeJobs = async (clusterRef: ClusterRef, ports: Ports): Promise<ObservedJobs> =>
  observeJobsOf(await read(clusterRef, ports), ports);

/** The same, for a cluster that was read just now. */
export const observeJobsOf = async (reading: Reading, ports: Ports): Promise<ObservedJobs> => {
  const cluster = reading.cluster.value;
  const before = jobsOfIncarnation(cluster, reading.jobs);
  if (isTerminalCluster(cluster)) return { jobs: before, reachable: 'False' };
  if (!mayAnswer(cluster)) return { jobs: before, reachable: 'Unknown' };
  const rest = flinkRest(ports.kubernetes(await ports.targets.get(cluster.target)).flink(cluster.clusterId));
  const told = await tellingOf(before, rest);
  if (told instanceof Fault) {
    const { code: reason, message } = told;
    await recordCondition(cluster, 'Reachable', { status: 'Unknown', reason, message }, ports);
    return { jobs: before, reachable: 'Unknown' };
  }
  const submits = await submitsOf(told.overview, before, ports);
  const jobs = await record(reading, { ...told, before, submits }, ports);
  return { jobs, reachable: 'True', overview: told.overview };
};

/** What Flink says of its jobs, or why it says nothing. */
const tellingOf = async (before: readonly Job[], rest: FlinkRest) => {
  try {
    const overview = await rest.listJobs();
    const causes = await causesOf(overview, before, rest);
    return { overview, causes, savepoints: await savepointsOf(overview, before, rest) };
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

/** Why jobs failed that are not known to have failed yet. */
const causesOf = async (overview: readonly JobOverview[], before: readonly Job[], rest: FlinkRest) => {
  const known = new Set(before.filter(({ state }) => state === 'FAILED').map(({ jobId }) => jobId));
  const failed = overview.filter(({ jid, state }) => state === 'FAILED' && !known.has(jid));
  const causes = await Promise.all(failed.map(async ({ jid }) => [jid, await rest.getRootCause(jid)] as const));
  return new Map(causes);
};

/** Where the savepoints are of jobs that were stopped, it seems: who asked for it may come too late to be told by Flink. */
const savepointsOf = async (overview: readonly JobOverview[], before: readonly Job[], rest: FlinkRest) => {
  const known = new Set(before.filter(isTerminalJob).map(({ jobId }) => jobId));
  const finished = overview.filter(
    ({ jid, state }) => (state === 'FINISHED' || state === 'CANCELED') && !known.has(jid),
  );
  const found = await Promise.all(finished.map(async ({ jid }) => [jid, await rest.getLatestSavepoint(jid)] as const));
  return new Map(found);
};

/** Which of the jobs that are new came from a submit: its operation has the job's id. */
const submitsOf = async (overview: readonly JobOverview[], before: readonly Job[], { store }: Ports) => {
  const fresh = overview.filter(({ jid }) => !before.some(({ jobId }) => jobId === jid));
  const found = await Promise.all(fresh.map(({ jid }) => store.operation(jid)));
  return new Set(found.flatMap((operation) => operation?.value.operationId ?? []));
};
