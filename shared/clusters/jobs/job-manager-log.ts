import { Fault } from '#events/problem.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';

/** A stack trace has its root cause at the end, and many lines behind that. */
const logLines = 200;
/** Of a log without an exception, the end is what there is to go by. */
const shownLines = 20;
const mostCauseCharacters = 500;
/** Events and items have their limits, and a line of a log has none. */
const mostLogCharacters = 4_000;

/** Why the JobManager does not stay up: the exception that it ended with, else the end of what it wrote. */
export const explainCrash = async (message: string, clusterId: string, kubernetes: Kubernetes): Promise<string> => {
  try {
    const log =
      (await kubernetes.logs(clusterId, { lines: logLines, previous: true })) ??
      (await kubernetes.logs(clusterId, { lines: logLines }));
    if (log === undefined || log === '') return message;
    const cause = causeIn(log);
    if (cause !== undefined) return `${cause} (${message})`;
    return `${message}\n${log.split('\n').slice(-shownLines).join('\n').slice(-mostLogCharacters)}`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return message; // The log is an extra: the reason stands without it.
  }
};

/** The root cause of the last stack trace: what Java says behind `Caused by`, or the exception itself. */
const causeIn = (log: string): string | undefined => {
  const lines = log.split('\n');
  const caused = lines.findLast((line) => line.startsWith('Caused by: '))?.slice('Caused by: '.length);
  const thrown = lines.findLast((line) => /^[\w.$]+(Exception|Error)(: |$)/.test(line));
  return (caused ?? thrown)?.trim().slice(0, mostCauseCharacters);
};
