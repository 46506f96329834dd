import type { Cluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';

/** How a program ended. */
export type Verdict = 'FINISHED' | 'FAILED' | 'CANCELED';

/** The jobs of this life of the cluster: its id may have had others. */
export const jobsOfIncarnation = (cluster: Cluster, jobs: readonly { readonly value: Job }[]): readonly Job[] =>
  jobs.map(({ value }) => value).filter(({ clusterOperationId }) => clusterOperationId === cluster.operationId);

/** How an application's program ended, with why; nothing while it runs, or before it is known. */
export const applicationVerdict = (
  jobs: readonly Job[],
): { readonly state: Verdict; readonly message: string | undefined } | undefined => {
  if (jobs.length === 0 || !jobs.every(isTerminalJob)) return undefined;
  const worst = (['FAILED', 'CANCELED'] as const).find((state) => jobs.some((job) => job.state === state));
  return {
    state: worst ?? 'FINISHED',
    message: jobs.find(({ state }) => state === worst)?.message,
  };
};
