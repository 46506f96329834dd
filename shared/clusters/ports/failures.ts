/** Which failures are expected: a `Fault` is, everything else is a bug of Drey. Log lines and metrics follow from it. */
import { Fault, toProblem } from '#events/problems/problem.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';

import type { Log, LogFields } from './runtime.ts';

/** The failures of concurrent work, or the one failure itself. */
const failuresIn = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError ? error.errors.flatMap(failuresIn) : [error];

interface Failure {
  /** The log message, a fixed phrase. */
  readonly message: string;
  readonly error: unknown;
  readonly fields?: LogFields;
  readonly log: Log;
}

/** Logs each failure in an error: a `Fault` as a warning, and everything else as an error. */
export const logFailure = ({ message, error, fields = {}, log }: Failure): void => {
  for (const failure of failuresIn(error))
    if (failure instanceof Fault) log.warn(message, { ...fields, code: failure.code, detail: failure.message });
    else log.error(message, { ...fields, error: failure instanceof Error ? failure : new Error(String(failure)) });
};

/** The code of a bug in the error, or of its first failure. */
export const codeOfFailure = (error: unknown): ProblemCode => {
  const codes = failuresIn(error).map((failure) => toProblem(failure).code);
  return codes.find((code) => code === 'internal') ?? codes[0] ?? 'internal';
};
