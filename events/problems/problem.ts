import * as z from 'zod';

import { describeIssue } from './issues.ts';
import { readUnknownAs } from '#events/lenient.ts';
import { type ProblemCode, problems } from './problem-table.ts';
import { maskBeginning } from '#events/secrets.ts';

/** One mistake in a request. The pointer is a JSON pointer into the request, or `/config/` and the name of an option. */
export const FieldError = z.strictObject({ pointer: z.string(), detail: z.string() });

export type FieldError = z.infer<typeof FieldError>;

/** A stored problem with a code of a newer version keeps its title, status and detail. */
export const ProblemCodeName = readUnknownAs(
  z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]), // the keys of a non-empty literal
  'internal',
);

/**
 * Problem details (RFC 9457) with Drey's extension members. `detail` is enough without `errors`, because logs, verdicts
 * and dead letters have no other text. It has the first field error and the number of the others, or a summary.
 */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'Documentation of the code.' }),
    title: z.string(),
    status: z.int().min(100).max(599),
    detail: z.string(),
    instance: z.string().optional().meta({ description: 'The request or operation that the problem concerns.' }),
    code: ProblemCodeName,
    retryable: z.boolean(),
    reason: z.string().optional().meta({ description: 'The reason of Kubernetes or Flink, such as ImagePullBackOff.' }),
    operationId: z.string().optional(),
    errors: z.array(FieldError).optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof Problem>;

interface FaultOptions {
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  /** The reason of Kubernetes or Flink, such as `ImagePullBackOff`. */
  readonly reason?: string | undefined;
  /** The delay that the refusing service requested. */
  readonly retryAfterSeconds?: number | undefined;
  readonly operationId?: string | undefined;
}

/** A problem repeats names and values of the caller. It has to fit into a message, an event and a record. */
const maxDetailLength = 8_000;
const maxErrorLength = 500;

/**
 * A failure with a code. Its message is for the caller: it holds no secret, no stack and no verbatim response of another
 * service. Secrets that a text of another origin brings are masked. Any other thrown error is a bug of Drey. `name` is
 * the code because Step Functions matches `Retry` and `Catch` against it.
 */
export class Fault extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly operationId: string | undefined;

  constructor(code: ProblemCode, message: string, options: FaultOptions = {}) {
    super(maskBeginning(message, maxDetailLength), { cause: options.cause });
    this.name = code;
    this.code = code;
    this.errors = (options.errors ?? []).map(({ pointer, detail }) => ({
      pointer: maskBeginning(pointer, maxErrorLength),
      detail: maskBeginning(detail, maxErrorLength),
    }));
    this.reason = options.reason;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.operationId = options.operationId;
  }
}

/** The problem code that equals an error name of a state machine, if there is one. */
export const codeOf = (name: string): ProblemCode | undefined =>
  Object.hasOwn(problems, name) ? (name as ProblemCode) : undefined;

// own keys are the codes

/** The failure as a caller sees it. An error that is not a `Fault` reveals no internals. */
export const toProblem = (error: unknown, instance?: string): Problem => {
  const fault =
    error instanceof Fault
      ? error
      : new Fault('internal', 'An internal error occurred. Retry. If it persists, search the log for the request ID.');
  const kind = problems[fault.code];
  return {
    type: `docs/problems.md#${fault.code}`,
    title: kind.title,
    status: kind.status,
    detail: fault.message,
    code: fault.code,
    retryable: kind.retryable,
    ...(instance === undefined ? {} : { instance }),
    ...(fault.reason === undefined ? {} : { reason: fault.reason }),
    ...(fault.operationId === undefined ? {} : { operationId: fault.operationId }),
    ...(fault.errors.length === 0 ? {} : { errors: fault.errors.slice(0, maxFieldErrors) }),
  };
};

/** The fault of an attempt that never succeeds. @throws what is no fault, or one that may pass: it says nothing about later attempts. */
export const toFinalFault = (error: unknown): Fault => {
  if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
  return error;
};

const maxFieldErrors = 50;

/**
 * Parses the input of a caller. Do not parse the response of another service with it: the caller is not responsible for
 * a response that does not match its schema.
 *
 * @throws Fault `malformed-request` with every mistake, up to 50.
 */
export const parse = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const textErrors = findTextErrors(value);
  const result = textErrors.length === 0 ? schema.safeParse(value, { error: describeIssue }) : undefined;
  if (result?.success === true) return result.data;
  const errors = [...textErrors, ...(result?.error.issues ?? []).flatMap(toFieldErrors)].slice(0, maxFieldErrors);
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new Fault('malformed-request', `${first?.pointer ?? '/'}: ${first?.detail ?? 'invalid value'}${more}`, {
    errors,
  });
};

/** An issue about unknown fields becomes one error for each field, so that every pointer names one field. */
const toFieldErrors = (issue: z.core.$ZodIssue): readonly FieldError[] => {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: toPointer([...path, key]), detail: issue.message }));
  // The issue of a key has the message of the rule inside.
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ pointer: toPointer(path), detail: message }));
  const branch = issue.code === 'invalid_union' ? findMatchingBranch(issue.errors) : undefined;
  if (branch !== undefined)
    return branch.flatMap((one) => toFieldErrors({ ...one, path: [...issue.path, ...one.path] }));
  return [{ pointer: toPointer(path), detail: issue.message }];
};

/**
 * The branch of a union that the value is meant for: it has the type of the value and, among several objects, the fewest
 * missing and unknown members. Its issues are inside, or about its form. Undefined when two branches fit equally.
 */
const findMatchingBranch = (branches: readonly (readonly z.core.$ZodIssue[])[]) => {
  const [best, next] = branches
    .filter((issues) => issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0))
    .map((issues) => ({ issues, misfits: countMisfits(issues) }))
    .toSorted((one, other) => one.misfits - other.misfits);
  return best?.misfits === next?.misfits ? undefined : best?.issues;
};

/** How many members of an object are unknown, missing or of another type. */
const countMisfits = (issues: readonly z.core.$ZodIssue[]): number =>
  issues
    .map((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0
        ? issue.keys.length
        : Number(issue.code === 'invalid_type' && issue.path.length === 1),
    )
    .reduce((sum, count) => sum + count, 0);

/** No request is nested more deeply: a pod template has about ten levels. */
const maxDepth = 64;

/**
 * Text that no store keeps and no process takes: half a surrogate pair, and the character NUL. Members named `__proto__`,
 * and values that are nested too deeply, count as well, because schemas and templates are read recursively.
 */
export const findTextErrors = (value: unknown, path: readonly string[] = []): readonly FieldError[] => {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) return [{ pointer: toPointer(path), detail: 'is not well-formed Unicode' }];
    return value.includes('\0') ? [{ pointer: toPointer(path), detail: 'must not contain the character NUL' }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (path.length >= maxDepth)
    return [{ pointer: toPointer(path.slice(0, 3)), detail: `is nested deeper than ${maxDepth} levels` }];
  return Object.entries(value).flatMap(([key, item]) => {
    const itemPath = [...path, key.toWellFormed()];
    // Objects of JavaScript inherit from the member of this name, so that schemas drop it.
    if (key === '__proto__') return [{ pointer: toPointer(itemPath), detail: 'is a reserved name; use another one' }];
    return [...findTextErrors(key, itemPath), ...findTextErrors(item, itemPath)];
  });
};

/** A JSON pointer. @see RFC 6901 */
export const toPointer = (parts: readonly string[]): string =>
  `/${parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;

interface Written {
  /** What Drey wrote, for the message: `operation record`, `spec`. */
  readonly kind: string;
  readonly value: unknown;
}

/**
 * Parses data that Drey wrote, with a lenient schema.
 *
 * @throws Fault `version-mismatch` when this version of Drey cannot read it, because another version wrote it.
 */
export const parseWritten = <S extends z.ZodType>(schema: S, { kind, value }: Written): z.output<S> => {
  const { success, data, error } = schema.safeParse(value, { error: describeIssue });
  if (success) return data;
  const [first] = error.issues.flatMap(toFieldErrors);
  throw new Fault(
    'version-mismatch',
    `This version of Drey cannot read the ${kind}, because another version wrote it. Retry after the update or rollback. ` +
      `${first?.pointer ?? ''}: ${first?.detail ?? ''}`,
  );
};
