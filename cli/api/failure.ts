import type { ProblemCode } from '#events/problems/problem-table.ts';
import type { FieldError } from '#events/problems/problem.ts';

/** The exit code after Ctrl-C. */
export const interruptedExitCode = 130;

/** A person interrupted the command. Its message is already printed. */
export class Interrupted extends Error {}

/** The command has printed its result, and ends with this exit code. */
export class ExitCode extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`The command ends with exit code ${exitCode}.`);
    this.exitCode = exitCode;
  }
}

export interface FailureOptions {
  /** The code of the API, if the failure has one. */
  readonly code?: ProblemCode | undefined;
  /** The operation that the API names, such as the one that an idempotency key belongs to. */
  readonly operationId?: string | undefined;
  /** Details, one per line. */
  readonly lines?: readonly string[];
  /** The field errors that the lines describe, for programs. */
  readonly errors?: readonly FieldError[] | undefined;
  /** The next step for the user. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A failed command, in words for the user. */
export class Failure extends Error {
  readonly code: ProblemCode | undefined;
  readonly operationId: string | undefined;
  readonly lines: readonly string[];
  readonly errors: readonly FieldError[];
  readonly hint: string | undefined;

  constructor(message: string, { code, operationId, lines = [], errors = [], hint, cause }: FailureOptions = {}) {
    super(message, { cause });
    this.code = code;
    this.operationId = operationId;
    this.lines = lines;
    this.errors = errors;
    this.hint = hint;
  }
}

/** The failure under another headline; its own message becomes the first detail. Flink's client words failures so. */
export const wrapFailure = (message: string, error: unknown): unknown =>
  error instanceof Failure
    ? new Failure(message, {
        code: error.code,
        operationId: error.operationId,
        lines: [error.message, ...error.lines],
        errors: error.errors,
        hint: error.hint,
        cause: error,
      })
    : error;
