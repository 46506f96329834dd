import { shorten } from '#events/problems/shorten.ts';

/** One exception of a Java stack trace. */
export interface Cause {
  /** The class of the exception without its package. */
  readonly name: string;
  readonly message: string;
}

const firstLinePattern = /^(?:Caused by: )?(?:[\w$]+\.)+([\w$]+)(?:: ?(.*))?$/;
const frameOrEndPattern = /^\s+(?:at |\.\.\. \d+ more|Suppressed: )|^End of exception on server side/;

/**
 * The chain of exceptions in a Java stack trace, outermost first. Suppressed exceptions are indented and left out.
 *
 * Flink's REST API reports the reason of a failure only as such a text.
 */
export const parseCauses = (trace: string): readonly Cause[] => {
  const causes: { name: string; message: string }[] = [];
  let isInMessage = false;
  for (const line of trace.split(/\r?\n/)) {
    const canStartCause = !isInMessage || line.startsWith('Caused by: ');
    const [, name, message = ''] = (canStartCause ? firstLinePattern.exec(line) : null) ?? [];
    const current = causes.at(-1);
    if (name !== undefined) {
      causes.push({ name, message });
      isInMessage = true;
    } else if (frameOrEndPattern.test(line)) {
      isInMessage = false;
    } else if (isInMessage && current !== undefined && line.trim() !== '') {
      current.message += `\n${line}`;
    }
  }
  return causes;
};

export const maxMessageLength = 1_000;

/** The class and the message of an exception: `ArithmeticException: / by zero`. */
export const formatCause = ({ name, message }: Cause): string =>
  shorten(message === '' ? name : `${name}: ${message}`, maxMessageLength);

/**
 * Exceptions that say more than their own causes. A missing slot is caused by a bare `TimeoutException`. The causes of a
 * mistake in SQL lack its line.
 */
const preferredCauses: ReadonlySet<string> = new Set([
  'NoResourceAvailableException',
  'SqlParserException',
  'SqlParserEOFException',
  'CalciteContextException',
]);

/** Exceptions that only pass on what another one says. */
const wrappers: ReadonlySet<string> = new Set([
  'CompletionException',
  'ExecutionException',
  'InvocationTargetException',
  'JobException',
  'JobExecutionException',
  'JobSubmissionException',
  'ProgramInvocationException',
  'RestHandlerException',
  'SerializedThrowable',
]);

/** Exceptions that report an expired wait, but not what the wait was for. */
const timeouts: ReadonlySet<string> = new Set([
  'AskTimeoutException',
  'CancellationException',
  'InterruptedException',
  'TimeoutException',
]);

/** The exception that says why: one that says more than its causes, or the deepest one that is more than an expired wait. */
export const findTellingCause = <C extends Pick<Cause, 'name'>>(causes: readonly C[]): C | undefined => {
  const preferred = causes.find(({ name }) => preferredCauses.has(name));
  const deepest = causes.at(-1);
  if (preferred !== undefined || deepest === undefined || !timeouts.has(deepest.name)) return preferred ?? deepest;
  return causes.findLast(({ name }) => !timeouts.has(name) && !wrappers.has(name)) ?? deepest;
};

/** The message without the hundreds of words that the parser of SQL expects. */
export const omitExpectedWords = (message: string): string => message.split('\nWas expecting')[0] ?? '';

/** The telling cause in one line, without the words that a parser expects. `fallback`: for a text without exceptions. */
export const formatRootCause = (trace: string, fallback: string): string => {
  const cause = findTellingCause(parseCauses(trace));
  return cause === undefined ? fallback : toOneLine(omitExpectedWords(formatCause(cause)));
};

const toOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').trim();
