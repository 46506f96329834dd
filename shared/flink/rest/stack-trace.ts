import { maskBeginning } from '#events/secrets.ts';

/** One exception of a Java stack trace. */
export interface Cause {
  /** The class of the exception without its package. */
  readonly name: string;
  readonly message: string;
}

/** The chain of exceptions of one stack trace, outermost first. */
interface Trace {
  readonly causes: Cause[];
  /** Whether stack frames follow its exceptions. In a log, other lines also look like an exception. */
  hasFrames: boolean;
}

/** A name has a maximum length, because an expression that repeats a group millions of times exceeds the stack. */
const firstLinePattern =
  /^(?:Caused by: |Exception in thread "[^"]*" )?(?:[\w$]{1,500}\.){1,100}([\w$]{1,500})(?:: ?(.*))?$/;
const prefixPattern = /^(?:Caused by: |Exception in thread ")/;
const framePattern = /^\s+at |^\s+\.\.\. \d+ (?:more|common frames)/;
const endPattern = /^\s+Suppressed: |^End of exception on server side/;
/** A line of Log4j, or of Pekko before it ends the JVM. */
const logLinePattern = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|^Uncaught error /;

/**
 * The Java stack traces in a text or a log. Suppressed exceptions are indented and left out.
 *
 * Flink reports the reason of a failure only as such a text, in its REST API and in its log.
 */
const parseTraces = (text: string): readonly Trace[] => {
  const traces: Trace[] = [];
  let trace: Trace | undefined;
  let isInMessage = false;
  for (const line of text.split(/\r?\n/)) {
    const canStart = !isInMessage || prefixPattern.test(line);
    const [, name, message = ''] = (canStart ? firstLinePattern.exec(line) : null) ?? [];
    const current = trace?.causes.at(-1);
    if (logLinePattern.test(line)) {
      trace = undefined;
      isInMessage = false;
    } else if (name !== undefined) {
      if (trace === undefined || !line.startsWith('Caused by: ')) {
        trace = { causes: [], hasFrames: false };
        traces.push(trace);
      }
      trace.causes.push({ name, message });
      isInMessage = true;
    } else if (framePattern.test(line) || endPattern.test(line)) {
      if (trace !== undefined && framePattern.test(line)) trace.hasFrames = true;
      isInMessage = false;
    } else if (isInMessage && current !== undefined && line.trim() !== '') {
      trace?.causes.splice(-1, 1, { ...current, message: `${current.message}\n${line}` });
    }
  }
  return traces;
};

/** The exceptions of a stack trace, outermost first. */
export const parseCauses = (text: string): readonly Cause[] => parseTraces(text).flatMap(({ causes }) => causes);

export const maxMessageLength = 1_000;

/** The class and the message of an exception, such as `ArithmeticException: / by zero`, without secrets. */
export const formatCause = ({ name, message }: Cause): string =>
  maskBeginning(message === '' ? name : `${name}: ${omitTraceback(message)}`, maxMessageLength);

const tracebackStart = 'Traceback (most recent call last):';

/** The message with a Python exception in place of its tracebacks, at the end of which it is. */
const omitTraceback = (message: string): string => {
  const start = message.indexOf(tracebackStart);
  if (start === -1) return message;
  const lines = message.slice(message.lastIndexOf(tracebackStart) + tracebackStart.length).split('\n');
  const exception = lines.findIndex((line) => /^\S/.test(line));
  return exception === -1 ? message : message.slice(0, start) + lines.slice(exception).join('\n');
};

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
export const findTellingCause = (causes: readonly Cause[]): Cause | undefined => {
  const preferred = causes.find(({ name }) => preferredCauses.has(name));
  const deepest = causes.at(-1);
  if (preferred !== undefined || deepest === undefined || !timeouts.has(deepest.name)) return preferred ?? deepest;
  return causes.findLast(({ name }) => !timeouts.has(name) && !wrappers.has(name)) ?? deepest;
};

/** The message without the hundreds of words that the parser of SQL expects. */
export const omitExpectedWords = (message: string): string => message.split('\nWas expecting')[0] ?? '';

/** The telling cause in one line, without the words that a parser expects. `fallback`: for a text without exceptions. */
export const formatRootCause = (trace: string, fallback: string): string =>
  formatTellingCause(parseCauses(trace)) ?? fallback;

/**
 * The telling cause of the last stack trace in a log, or of the last one of a program that failed: Flink 1.20 also logs
 * classes that it cannot load during its shutdown. Undefined for a log without a stack trace.
 */
export const findLastCause = (log: string): string | undefined => {
  const traces = parseTraces(log).filter(isException);
  return formatTellingCause((traces.findLast(isOfProgram) ?? traces.at(-1))?.causes ?? []);
};

const isOfProgram = ({ causes }: Trace): boolean => causes.some(({ name }) => name === 'ProgramInvocationException');

const isException = ({ causes, hasFrames }: Trace): boolean =>
  hasFrames || causes.some(({ name }) => /(?:Exception|Error)$/.test(name));

const formatTellingCause = (causes: readonly Cause[]): string | undefined => {
  const cause = findTellingCause(causes);
  return cause === undefined ? undefined : toOneLine(omitExpectedWords(formatCause(cause)));
};

const toOneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
