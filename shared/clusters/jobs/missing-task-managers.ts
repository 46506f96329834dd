import { isTerminalJob } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

/** TaskManagers start within seconds on a node that has the image. */
const minWaitMs = 60_000;
/** Flink requests a missing TaskManager again every few seconds, so that a refusal that lasts is among the last lines. */
const logLines = 50;
const maxMessageLength = 500;

export interface PodRefusal {
  /** A reason of Kubernetes, `QuotaExceeded` or `TaskManagerFailed`. */
  readonly reason: string;
  readonly message: string;
}

/** Whether a job that started a while ago has no running task. A job that restarts may be one for a moment. */
export const lacksTaskManagers = (overview: readonly JobOverview[], now: Date): boolean =>
  overview.some(
    ({ state, tasks: { running = 0, finished = 0 }, ...job }) =>
      !isTerminalJob({ state }) && running === 0 && finished === 0 && now.getTime() - job['start-time'] >= minWaitMs,
  );

/**
 * Why Kubernetes refuses the TaskManagers of a cluster, or how they ended, as the last lines of its JobManager's log tell.
 * The JobManager creates these pods itself, so that a refusal by a quota or an admission webhook leaves neither a pod nor
 * an event. It removes pods that ended at once.
 *
 * @returns Undefined also when the log is not available, because the refusal is an explanation only.
 */
export const findPodRefusal = async (clusterId: string, kubernetes: Kubernetes): Promise<PodRefusal | undefined> => {
  const lines = (await readLastLines(clusterId, kubernetes)).split('\n');
  const index = lines.findLastIndex((line) => refusalPattern.test(line) || endPattern.test(line));
  // A TaskManager that registered after the refusal shows that the refusal is over.
  if (index === -1 || lines.slice(index).some((line) => registrationPattern.test(line))) return undefined;
  const end = endPattern
    .exec(lines[index] ?? '')?.[1]
    ?.trim()
    .slice(0, maxMessageLength);
  if (end !== undefined)
    return { reason: 'TaskManagerFailed', message: `${end}. The log of a TaskManager's pod tells why.` };
  const message = (refusalPattern.exec(lines[index] ?? '')?.[1] ?? '').trim().slice(0, maxMessageLength);
  return { reason: message.includes('exceeded quota') ? 'QuotaExceeded' : 'FailedCreate', message };
};

const readLastLines = async (clusterId: string, kubernetes: Kubernetes): Promise<string> => {
  try {
    return (await kubernetes.readLog(clusterId, { lines: logLines })) ?? '';
  } catch (error) {
    if (error instanceof Fault) return '';
    throw error;
  }
};

/** The message of the API server in an exception of Flink's Kubernetes client. */
const refusalPattern =
  /((?:pods? "[^"]*" is (?:forbidden|invalid)|admission webhook "[^"]*" denied).*?)(?:\. Received status:|$)/i;

/** @see Flink 2.2 `KubernetesPod.getTerminatedDiagnostics` */
const endPattern = /(Pod terminated, container termination statuses: .*)$/;

/** @see Flink 2.2 `ResourceManager.registerTaskExecutorInternal` */
const registrationPattern = /Registering TaskManager with ResourceID/;
