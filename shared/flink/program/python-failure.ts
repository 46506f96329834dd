/** Why a Python program failed, and what to do about it. @see Flink 2.2 `PythonDriver`, which logs what Python prints */

const image =
  'Use an image with Python and with apache-flink in the version of its Flink (docs/cli.md, section Python).';

/** The cause of Flink → what to do. */
const waysOut: readonly (readonly [RegExp, string])[] = [
  [/No module named '?pyflink|import pyflink/, image],
  [
    /Cannot run program "[^"]*python[^"]*"/i,
    `${image} If Python has another path there, set -pyclientexec and -pyexec.`,
  ],
  [
    /NoSuchFileException: \S*\/pyflink\/\S+/,
    'The image has no such file where -py or -pyfs names it. Put it there, or send the file of your machine by its relative path.',
  ],
];

/** The cause, with what to do about it if it is one of Python. */
export const withPythonWayOut = (cause: string): string => {
  const wayOut = waysOut.find(([pattern]) => pattern.test(cause))?.[1];
  return wayOut === undefined ? cause : `${cause.replace(/\.$/, '')}. ${wayOut}`;
};

/** Whether Flink reports only that Python failed. The log has the reason. */
export const isPythonExit = (cause: string): boolean => cause.includes('Python process exits with code');

/**
 * The error of a Python program in the log of the JobManager: its exception, or the last line that it printed. Undefined
 * when no Python program ended with an error.
 */
export const findPythonError = (log: string): string | undefined => {
  const lines = log.split('\n');
  const missing = lines.map((line) => /IOException: (Cannot run program .*)/.exec(line)?.[1]).findLast(Boolean);
  if (missing !== undefined) return missing;
  if (!lines.some(isPythonExit)) return undefined;
  const printed = readPrinted(lines);
  return findException(printed) ?? printed.findLast((line) => /^\S/.test(line));
};

/** What the last Python program printed. The driver prints each line, and logs it as well. */
const readPrinted = (lines: readonly string[]): readonly string[] => {
  const end = lines.findLastIndex((line) => line.includes(' Python Process Exited '));
  const start = lines.findLastIndex((line, index) => index < end && line.includes(' Python Process Started '));
  return lines.slice(start + 1, Math.max(end, 0)).filter((line) => !/\bPythonDriver\b.* - /.test(line));
};

/** The exception of the last traceback. Of a failed call into Flink, the exception of Flink. */
const findException = (printed: readonly string[]): string | undefined => {
  const start = printed.lastIndexOf('Traceback (most recent call last):');
  if (start === -1) return undefined;
  const trace = printed.slice(start + 1);
  const exception = trace.find((line) => /^[A-Za-z_][\w.]*(: |$)/.test(line));
  if (exception?.includes('Py4JJavaError') !== true) return exception;
  const thrown = trace.find((line) => line.startsWith(': '))?.slice(2);
  const cause = trace.findLast((line) => line.startsWith('Caused by: '))?.slice('Caused by: '.length);
  return thrown === undefined || /^java\.util\.concurrent\.\w+Exception/.test(thrown) ? (cause ?? thrown) : thrown;
};
