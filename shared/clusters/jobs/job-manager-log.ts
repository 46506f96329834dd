import { Fault } from '#events/problem.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import { findPythonError, isPythonExit, withPythonWayOut } from '#shared/flink/program/python-failure.ts';
import { findTellingCause } from '#shared/flink/rest/stack-trace.ts';

/** Java prints the root cause at the end of a stack trace, and many frames after it. A mistake in SQL lists hundreds of words. */
const logLines = 1_000;
/** How many lines to return of a log without an exception. */
const tailLines = 20;
const maxCauseCharacters = 500;
/** A line of a log has no maximum length. Events and table items have one. */
const maxTailCharacters = 4_000;

interface Crash {
  readonly clusterId: string;
  /** What Kubernetes reports, which is returned when the log is not available. */
  readonly message: string;
}

/** Why the JobManager ended: the last exception of its log with the message, or the message with the end of the log. */
export const explainCrash = async ({ clusterId, message }: Crash, kubernetes: Kubernetes): Promise<string> => {
  try {
    const log =
      (await kubernetes.readLog(clusterId, { lines: logLines, previous: true })) ??
      (await kubernetes.readLog(clusterId, { lines: logLines }));
    if (log === undefined || log === '') return message;
    const cause = findCause(log);
    if (cause !== undefined) return `${withPythonWayOut(cause)} (${message})`;
    return `${message}\n${log.split('\n').slice(-tailLines).join('\n').slice(-maxTailCharacters)}`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return message; // The message explains the crash without the log.
  }
};

/** The cause of a failed job. Flink reports only that a Python program ended, so the log of the JobManager says why. */
export const explainProgramFailure = async (
  { clusterId, cause }: { readonly clusterId: string; readonly cause: string },
  kubernetes: Kubernetes,
): Promise<string> => {
  if (!isPythonExit(cause)) return withPythonWayOut(cause);
  try {
    const log = await kubernetes.readLog(clusterId, { lines: logLines });
    return withPythonWayOut((log === undefined ? undefined : findCause(log)) ?? cause);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return cause; // The cause of Flink remains without the log.
  }
};

const findCause = (log: string): string | undefined =>
  (findPythonError(log) ?? findRootCause(log))?.trim().slice(0, maxCauseCharacters);

const isException = (line: string) => /^[\w.$]+(Exception|Error)(: |$)/.test(line);

/** The telling cause of the last stack trace: the text after `Caused by`, or the exception itself. */
const findRootCause = (log: string): string | undefined => {
  const lines = log.split('\n').map((line) => line.trimEnd());
  const start = lines.findLastIndex(isException);
  const causes = lines
    .slice(Math.max(start, 0))
    .filter((line) => isException(line) || line.startsWith('Caused by: '))
    .map((line) => line.replace(/^Caused by: /, ''))
    .map((text) => ({ text, name: /^[\w.$]*?([\w$]+)(?=:|$)/.exec(text)?.[1] ?? '' }));
  return findTellingCause(causes)?.text;
};
