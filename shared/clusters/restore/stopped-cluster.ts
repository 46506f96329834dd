import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';
import { Fault } from '#events/problems/problem.ts';
import { newStoppingFault } from '#shared/clusters/model/cluster-states.ts';
import { isIncarnationJob } from '#shared/clusters/model/job.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

interface StoppedCluster {
  /** Undefined when there was never a cluster of this id. */
  readonly cluster: Cluster | undefined;
  /** The jobs of all incarnations, in the order of their starts. */
  readonly jobs: readonly Job[];
}

/**
 * The cluster that a program or a session is restored from, with its jobs.
 *
 * @throws Fault `not-ready` while the cluster is STOPPING, because its savepoints may not be recorded yet.
 */
export const readStoppedCluster = async (clusterRef: ClusterRef, store: Store): Promise<StoppedCluster> => {
  const cluster = (await store.cluster(clusterRef))?.value;
  if (cluster?.state === 'STOPPING') throw newStoppingFault(cluster);
  return { cluster, jobs: (await store.jobs(clusterRef)).map(({ value }) => value).toSorted(byStart) };
};

const byStart = (a: Job, b: Job) => a.startTime.localeCompare(b.startTime);

/** Whether a job runs on the current incarnation of its cluster. */
export const isRunningJob = (job: Job, cluster: Cluster | undefined): boolean =>
  cluster !== undefined && hasIncarnation(cluster) && isIncarnationJob(cluster, job) && !isTerminalJob(job);

/** Whether a caller means this job: by its name or its id. Undefined means every job. */
export const matchesJob = ({ name, jobId }: Pick<Job, 'name' | 'jobId'>, nameOrId: string | undefined): boolean =>
  nameOrId === undefined || name === nameOrId || jobId === nameOrId.toLowerCase();

/** The fault of a restore from a job that still runs. */
export const newStillRunningFault = ({ jobId, name, clusterId, target }: Job, pointer?: string) =>
  newRestoreFault(
    'wrong-state',
    `Job ${jobId} (${name}) of cluster ${clusterId} in target ${target} still runs. Stop it with a savepoint first.`,
    pointer,
  );

/** @param pointer The JSON pointer to the restore options in the request. */
export const newRestoreFault = (code: ProblemCode, detail: string, pointer = '/restore') =>
  new Fault(code, detail, { errors: [{ pointer: `${pointer}/fromCluster`, detail }] });
