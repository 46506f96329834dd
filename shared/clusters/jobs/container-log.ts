import { Fault } from '#events/problems/problem.ts';
import { maskBeginning, maskEnd } from '#events/secrets.ts';
import type { Kubernetes, LogOptions } from '#shared/clusters/ports/kubernetes.ts';
import { findPythonError, isPythonExit, withPythonWayOut } from '#shared/flink/program/python-failure.ts';
import { findLastCause, maxMessageLength } from '#shared/flink/rest/stack-trace.ts';

/** Java prints the root cause at the end of a stack trace, and many frames after it. A mistake in SQL lists hundreds of words. */
const logLines = 1_000;
/** How many lines to return of a log without an exception. */
const tailLines = 5;
/** A line of a log has no maximum length. Events and table items have one. */
const maxTailCharacters = 2_000;

interface Crash {
  readonly clusterId: string;
  /** What Kubernetes reports, which is returned when the log is not available. */
  readonly message: string;
}

/**
 * What a cluster tells about a failure that is known without it. Undefined when the cluster does not answer, so that the
 * failure itself still reaches the caller.
 */
export const readIfAvailable = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};

/** Why the JobManager ended: the last exception of its log. Without one, the message with the end of the log. */
export const explainCrash = async ({ clusterId, message }: Crash, kubernetes: Kubernetes): Promise<string> => {
  const log = await readEndedLog({ clusterId }, kubernetes);
  const cause = findCause(log);
  return cause === undefined ? [message, ...findTroubleLines(log)].join('\n') : withPythonWayOut(cause);
};

/** A container; by default Flink's container of the newest JobManager. */
interface Container extends Pick<LogOptions, 'pod' | 'container'> {
  readonly clusterId: string;
}

/** The log of the container that ended last. Empty when it is not available. */
const readEndedLog = async ({ clusterId, ...container }: Container, kubernetes: Kubernetes): Promise<string> =>
  (await readIfAvailable(
    async () =>
      (await kubernetes.readLog(clusterId, { ...container, lines: logLines, previous: true })) ??
      (await kubernetes.readLog(clusterId, { ...container, lines: logLines })),
  )) ?? '';

/** Why a container ended, as its log tells. Empty when the log is not available. */
export const readLogEnd = async (container: Container, kubernetes: Kubernetes): Promise<string> =>
  findLogEnd(await readEndedLog(container, kubernetes));

/** The last exception of a log, or its last lines that report more than routine. */
export const findLogEnd = (log: string): string => findCause(log) ?? findTroubleLines(log).join('\n');

/** The cause of a failed job. Flink reports only that a Python program ended, so the log of the JobManager says why. */
export const explainProgramFailure = async (
  { clusterId, cause }: { readonly clusterId: string; readonly cause: string },
  kubernetes: Kubernetes,
): Promise<string> => {
  if (!isPythonExit(cause)) return withPythonWayOut(cause);
  const log = await readIfAvailable(async () => kubernetes.readLog(clusterId, { lines: logLines }));
  return withPythonWayOut(findCause(log ?? '') ?? cause);
};

const findCause = (log: string): string | undefined => {
  const pythonError = findPythonError(log)?.trim();
  return pythonError === undefined ? findLastCause(log) : maskBeginning(pythonError, maxMessageLength);
};

/** A line of Log4j, which begins with the time and the level. */
const routineLine = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S* +(?:\[[^\]]*\] +)?(?:TRACE|DEBUG|INFO) /;

/** The last lines that report more than routine: warnings, errors, and what the start script of the image prints. */
const findTroubleLines = (log: string): readonly string[] => {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !routineLine.test(line));
  const text = maskEnd(lines.slice(-tailLines).join('\n'), maxTailCharacters);
  return text === '' ? [] : [text];
};
