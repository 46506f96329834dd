import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { shorten } from '#events/problems/shorten.ts';
import type { ObservedPod } from '#shared/clusters/model/kubernetes.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

import { findLogEnd, readIfAvailable, readLogEnd } from './container-log.ts';

/** TaskManagers start within seconds on a node that has the image. */
const minWaitMs = 30_000;
/**
 * Flink requests a missing TaskManager again every few seconds, so that a refusal that lasts is among the last lines. The
 * message of a container that ended has up to 80 lines.
 */
const logLines = 150;
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
  const end = parseEnd(lines.slice(index).join('\n'));
  if (end !== undefined) return explainEnd(clusterId, (await findFailedEnd(clusterId, kubernetes)) ?? end, kubernetes);
  const message = (refusalPattern.exec(lines[index] ?? '')?.[1] ?? '').trim().slice(0, maxMessageLength);
  return { reason: message.includes('exceeded quota') ? 'QuotaExceeded' : 'FailedCreate', message };
};

interface TaskManagerEnd {
  /** Undefined when the log of the JobManager does not tell. */
  readonly pod: string | undefined;
  readonly container?: string | undefined;
  readonly message: string;
  /** The end of the log, if Kubernetes keeps it as the message of the container's end. */
  readonly log?: string;
}

/** The reason of a TaskManager that ended. */
const endReason = 'TaskManagerFailed';
const hint =
  'Its log is gone with its pod. Set terminationMessagePolicy: FallbackToLogsOnError for its container in the pod template ' +
  'of the TaskManagers, so that Kubernetes keeps the end of the log.';

/** How a TaskManager ended, and the end of its log. Flink removes the pod within a second. */
const explainEnd = async (clusterId: string, end: TaskManagerEnd, kubernetes: Kubernetes): Promise<PodRefusal> => {
  const { pod, container, message, log } = end;
  const text = shorten(pod === undefined ? message : `TaskManager ${pod}: ${message}`, maxMessageLength);
  const kept = pod === undefined ? '' : await readLogEnd({ clusterId, pod, container }, kubernetes);
  const words = kept === '' ? findLogEnd(log ?? '') : kept;
  return {
    reason: endReason,
    message: `${text}. ${words === '' ? hint : `Its log ends with: ${describeWords(words)}`}`,
  };
};

/** What Java prints when it does not start. */
const javaRefusal = /Could not create the Java Virtual Machine|Error occurred during initialization of VM/;
const javaWayOut = 'Correct env.java.opts.taskmanager or env.java.opts.all, and deploy the cluster again.';

const describeWords = (words: string): string =>
  `${shorten(words, maxMessageLength)}${javaRefusal.test(words) ? `\n${javaWayOut}` : ''}`;

/** How the TaskManager of a pod ended. Undefined for another pod, and for one that runs or waits. */
export const explainTaskManagerPod = async (
  clusterId: string,
  pod: ObservedPod,
  kubernetes: Kubernetes,
): Promise<PodRefusal | undefined> => {
  const end = findEnd(pod);
  return end && explainEnd(clusterId, end, kubernetes);
};

/** The message of Kubernetes about a container that ended follows the exit code. */
const findEnd = ({ name, component, trouble }: ObservedPod): TaskManagerEnd | undefined => {
  if (component !== 'taskmanager' || trouble?.exitCode === undefined) return undefined;
  const [message = '', ...log] = trouble.message.split('; ');
  return { pod: name, container: trouble.container, message, log: log.join('; ') };
};

/** Whether a TaskManager ended, and the end of its log is not known. */
export const lacksLog = ({ reason, message }: PodRefusal): boolean => reason === endReason && message.endsWith(hint);

/** The trouble, now with the end of the log of the next TaskManager, which ended alike. */
export const withNextLog = ({ reason, message }: PodRefusal, { pod, words }: NextEnd): PodRefusal => ({
  reason,
  message: message.replace(hint, () => `The log of the next one, ${pod}, ends with: ${describeWords(words)}`),
});

/** The end of a later TaskManager of the cluster. */
export interface NextEnd {
  readonly pod: string;
  readonly words: string;
}

/** The trouble as it was recorded, when only the record has the end of the log. */
export const withRecordedLog = <T extends PodRefusal | undefined>(
  trouble: T,
  { conditions }: Cluster,
): T | PodRefusal => {
  if (trouble === undefined || !lacksLog(trouble)) return trouble;
  const recorded = conditions.find(({ type, status }) => type === 'Healthy' && status === 'False');
  return recorded?.reason === endReason ? { reason: recorded.reason, message: recorded.message } : trouble;
};

/** How a TaskManager ended whose pod still exists. */
const findFailedEnd = async (clusterId: string, kubernetes: Kubernetes): Promise<TaskManagerEnd | undefined> => {
  const observed = await readIfAvailable(async () => kubernetes.observe(clusterId));
  return observed?.pods.map(findEnd).find((end) => end !== undefined);
};

/** The end of a TaskManager in the log of the JobManager. The message of a container may have several lines. */
const parseEnd = (text: string): TaskManagerEnd | undefined => {
  const [, pod, message] = endPattern.exec(text) ?? [];
  if (message === undefined) return undefined;
  const [, log = ''] = endMessagePattern.exec(message) ?? [];
  return ['', 'null'].includes(log) ? { pod, message } : { pod, message: message.replace(log, '…'), log };
};

const readLastLines = async (clusterId: string, kubernetes: Kubernetes): Promise<string> =>
  (await readIfAvailable(async () => kubernetes.readLog(clusterId, { lines: logLines }))) ?? '';

/** The message of the API server in an exception of Flink's Kubernetes client. */
const refusalPattern =
  /((?:pods? "[^"]*" is (?:forbidden|invalid)|admission webhook "[^"]*" denied).*?)(?:\. Received status:|$)/i;

/** @see Flink 2.2 `ActiveResourceManager.onWorkerTerminated`, `KubernetesPod.getTerminatedDiagnostics` */
const endPattern =
  /(?:Worker (\S+) is terminated\. Diagnostics: )?(Pod terminated, container termination statuses: (?:[^]*?\], pod status: )?.*)/;
const endMessagePattern =
  /flink-main-container\(exitCode=\d+, reason=[^,]*, message=([^]*?)\)(?:,\s*[\w.-]+\(exitCode=|\], pod status: )/;

/** @see Flink 2.2 `ResourceManager.registerTaskExecutorInternal` */
const registrationPattern = /Registering TaskManager with ResourceID/;
