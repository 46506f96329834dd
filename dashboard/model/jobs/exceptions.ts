import { isRecord } from '#events/is-record.ts';

import { listAt, textAt, timeAt } from './fields.ts';

/** An exception that failed a job, or a part of it. */
export interface JobException {
  readonly jobId: string;
  readonly name: string;
  readonly at?: string | undefined;
  readonly stackTrace: string;
  readonly task?: string | undefined;
  /** Where it was thrown: the pod of a TaskManager. */
  readonly taskManager?: string | undefined;
}

/**
 * The exceptions of all jobs, newest first.
 *
 * @param content The file `exceptions` of a cluster: Flink's history of exceptions by the IDs of the jobs.
 */
export const parseExceptions = (content: unknown): readonly JobException[] =>
  Object.entries(isRecord(content) ? content : {})
    .flatMap(([jobId, answer]) => {
      const entries = listAt(answer, 'exceptionHistory', 'entries').map((entry) => toException(jobId, entry));
      const root = textAt(answer, 'root-exception');
      // The history of an older job can be empty.
      return entries.length > 0 || root === undefined
        ? entries
        : [{ jobId, name: nameOf(root), at: timeAt(answer, 'timestamp'), stackTrace: root }];
    })
    .toSorted((one, other) => (other.at ?? '').localeCompare(one.at ?? ''));

const toException = (jobId: string, entry: unknown): JobException => {
  const stackTrace = textAt(entry, 'stacktrace') ?? '';
  return {
    jobId,
    name: textAt(entry, 'exceptionName') ?? nameOf(stackTrace),
    at: timeAt(entry, 'timestamp'),
    stackTrace,
    task: textAt(entry, 'taskName'),
    taskManager: textAt(entry, 'taskManagerId'),
  };
};

const nameOf = (stackTrace: string): string => /^[^:\n]*/.exec(stackTrace)?.[0].trim() || 'Exception';

/** The last `Caused by:` of a stack trace, which says what went wrong first. Else its first line. */
export const findRootCause = (stackTrace: string): string => {
  const lines = stackTrace.split('\n');
  const cause = lines.findLast((line) => line.trimStart().startsWith('Caused by: '));
  return (cause ?? lines[0] ?? '').trim().replace(/^Caused by: /, '');
};
