import type { Cluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import type { Verdict } from '#events/operation.ts';

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

/** How the program of an application ended, and why. Undefined while it runs, and before its jobs are recorded. */
export const findApplicationVerdict = (
  jobs: readonly Job[],
): { readonly state: Verdict; readonly message: string | undefined } | undefined => {
  if (jobs.length === 0 || !jobs.every(isTerminalJob)) return undefined;
  const worst = (['FAILED', 'CANCELED'] as const).find((state) => jobs.some((job) => job.state === state));
  return {
    state: worst ?? 'FINISHED',
    message: jobs.find(({ state }) => state === worst)?.message,
  };
};
