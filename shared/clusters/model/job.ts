import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { Verdict } from '#events/records/operation.ts';

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
  if (program === undefined) return findJobsVerdict(jobs);
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
