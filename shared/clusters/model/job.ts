import type { Cluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import type { Verdict } from '#events/operation.ts';

/** Whether a job ran on this incarnation of the cluster. */
export const isIncarnationJob = (cluster: Pick<Cluster, 'operationId'>, job: Job): boolean =>
  job.clusterOperationId === cluster.operationId;

/** The jobs of this incarnation of the cluster. The records also hold jobs of earlier incarnations. */
export const selectIncarnationJobs = (cluster: Cluster, jobs: readonly { readonly value: Job }[]): readonly Job[] =>
  jobs.map(({ value }) => value).filter((job) => isIncarnationJob(cluster, job));

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
