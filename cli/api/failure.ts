import type { FieldError } from '#events/problem.ts';
import type { ProblemCode } from '#events/problem-table.ts';

/** Somebody ended it on purpose, and has been told all there is to tell. */
export class Interrupted extends Error {}

export interface FailureOptions {
  /** The API's word for it, where it has one. */
  readonly code?: ProblemCode | undefined;
  /** More to tell, a line each. */
  readonly lines?: readonly string[];
  /** The mistakes behind the lines, for programs. */
  readonly errors?: readonly FieldError[] | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Something did not work, in words for the person at the terminal. */
export class Failure extends Error {
  readonly code: ProblemCode | undefined;
  readonly lines: readonly string[];
  readonly errors: readonly FieldError[];
  readonly hint: string | undefined;

  constructor(message: string, { code, lines = [], errors = [], hint, cause }: FailureOptions = {}) {
    super(message, { cause });
    this.code = code;
    this.lines = lines;
    this.errors = errors;
    this.hint = hint;
  }
}

/** The same failure behind what was being done, which is how Flink words it. */
export const during = (what: string, error: unknown): unknown =>
  error instanceof Failure
    ? new Failure(what, {
        code: error.code,
        lines: [error.message, ...error.lines],
        errors: error.errors,
        hint: error.hint,
        cause: error,
      })
    : error;
