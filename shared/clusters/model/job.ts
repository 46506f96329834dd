import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { Verdict } from '#events/records/operation.ts';

import type { StoredOperation } from './operation.ts';

/** Whether a job ran on this incarnation of the cluster. */
export const isIncarnationJob = (cluster: Pick<Cluster, 'operationId'>, job: Job): boolean =>
  job.clusterOperationId === cluster.operationId;

/** The records of the jobs of this incarnation of the cluster. A cluster also has records of earlier incarnations. */
export const selectIncarnationRecords = <R extends { readonly value: Job }>(
  cluster: Pick<Cluster, 'operationId'>,
  records: readonly R[],
): readonly R[] => records.filter(({ value }) => isIncarnationJob(cluster, value));

/** The jobs of this incarnation of the cluster. */
export const selectIncarnationJobs = (cluster: Cluster, records: readonly { readonly value: Job }[]): readonly Job[] =>
  selectIncarnationRecords(cluster, records).map(({ value }) => value);

/** A job of a cluster, as its JobManager reports it. A program can change the ID. */
interface ReportedJob {
  readonly cluster: Cluster;
  readonly jobId: string;
}

/**
 * Whether an operation started a job: the deploy of the application, or the submit of this ID that Drey has started on
 * this incarnation of the cluster. Only such an operation gets its verdict from the job.
 */
export const hasStartedJob = (operation: StoredOperation, { cluster, jobId }: ReportedJob): boolean => {
  const { operationId, kind, target, clusterId, clusterOperationId } = operation;
  if (target !== cluster.target || clusterId !== cluster.clusterId) return false;
  return cluster.mode === 'application'
    ? kind === 'deploy' && operationId === cluster.operationId
    : kind === 'submit' && operationId === jobId && clusterOperationId === cluster.operationId;
};

/**
 * A program can report ever new jobs, and each one has a record and transitions. So many jobs of an incarnation are
 * recorded, besides those that a submit of Drey has started.
 */
export const maxRecordedJobs = 10_000;

/** The jobs of an incarnation that count towards {@link maxRecordedJobs}. Every job of an application has its deploy as operation. */
export const countLimitedJobs = ({ mode }: Pick<Cluster, 'mode'>, jobs: readonly Job[]): number =>
  mode === 'application' ? jobs.length : jobs.filter(({ operationId }) => operationId === undefined).length;

interface ProgramEnd {
  readonly state: Verdict;
  readonly message: string | undefined;
}

/**
 * How the program of an application ended, and why. Undefined while it runs, and before its jobs are recorded. Flink 2.3
 * and later report the program itself. Before, it ends with its jobs.
 */
export const findApplicationVerdict = (
  { program }: Pick<Cluster, 'program'>,
  jobs: readonly Job[],
): ProgramEnd | undefined => {
  // One of the jobs without a record may run.
  if (program === undefined) return jobs.length < maxRecordedJobs ? findJobsVerdict(jobs) : undefined;
  return program.state === 'RUNNING' ? undefined : { state: program.state, message: program.message };
};

/** How the jobs of a program ended together: as the worst of them. Undefined while one of them runs, and without jobs. */
export const findJobsVerdict = (jobs: readonly Job[]): ProgramEnd | undefined => {
  if (jobs.length === 0 || !jobs.every(isTerminalJob)) return undefined;
  const worst = (['FAILED', 'CANCELED'] as const).find((state) => jobs.some((job) => job.state === state));
  return {
    state: worst ?? 'FINISHED',
    message: jobs.find(({ state }) => state === worst)?.message,
  };
};
