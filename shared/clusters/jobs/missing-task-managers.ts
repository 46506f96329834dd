import { isTerminalJob } from '#events/job.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

/** A start of TaskManagers takes seconds on a node with the image. */
const patienceMs = 60_000;
const logLines = 200;
const maxMessageLength = 500;

export interface PodRefusal {
  /** A reason of Kubernetes, or `QuotaExceeded`. */
  readonly reason: string;
  readonly message: string;
}

/** Whether a job has waited for its TaskManagers for longer than they need to start. */
export const lacksTaskManagers = (overview: readonly JobOverview[], now: Date): boolean =>
  overview.some(
    ({ state, tasks: { running = 0, finished = 0 }, ...job }) =>
      !isTerminalJob({ state }) && running === 0 && finished === 0 && now.getTime() - job['start-time'] >= patienceMs,
  );

/**
 * Why Kubernetes refuses the TaskManagers of a cluster, as the log of its JobManager tells. The JobManager creates these
 * pods itself, so that a refusal by a quota or an admission webhook leaves neither a pod nor an event.
 */
export const findPodRefusal = async (clusterId: string, kubernetes: Kubernetes): Promise<PodRefusal | undefined> => {
  const log = await kubernetes.readLog(clusterId, { lines: logLines });
  const line = log?.split('\n').findLast((text) => refusalPattern.test(text));
  const message = refusalPattern
    .exec(line ?? '')?.[1]
    ?.trim()
    .slice(0, maxMessageLength);
  if (message === undefined) return undefined;
  return { reason: message.includes('exceeded quota') ? 'QuotaExceeded' : 'FailedCreate', message };
};

/** The message of the API server in an exception of Flink's Kubernetes client. */
const refusalPattern = /((?:pods? "[^"]*" is forbidden|admission webhook "[^"]*" denied).*?)(?:\. Received status:|$)/;
