import * as z from 'zod';

/** What the queue does with a command that ended in a failure: keep it as refused, or hand it back for another try. */
type OnQueue = 'rejected' | 'returned';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly onQueue: OnQueue;
}

/** Every failure that Drey names. A code is public and stable: adding a failure is adding a row, and no row is reused. */
export const problems = {
  'malformed-request': { status: 400, title: 'The request is not valid', retryable: false, onQueue: 'rejected' },
  'not-found': { status: 404, title: 'There is no such thing', retryable: false, onQueue: 'rejected' },
  'id-taken': { status: 409, title: 'The cluster id is taken', retryable: false, onQueue: 'rejected' },
  'wrong-state': { status: 409, title: 'Not possible in this state', retryable: false, onQueue: 'rejected' },
  'not-ready': { status: 409, title: 'The cluster is not ready yet', retryable: true, onQueue: 'returned' },
  conflict: { status: 409, title: 'Somebody else changed it first', retryable: true, onQueue: 'returned' },
  'refused-option': { status: 422, title: 'An option is refused', retryable: false, onQueue: 'rejected' },
  'unsupported-mode': {
    status: 422,
    title: 'The deployment mode is not supported',
    retryable: false,
    onQueue: 'rejected',
  },
  'key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    retryable: false,
    onQueue: 'rejected',
  },
  'jar-refused': { status: 422, title: 'The jar cannot be used', retryable: false, onQueue: 'rejected' },
  'program-failed': { status: 422, title: 'The program could not be started', retryable: false, onQueue: 'rejected' },
  'limit-reached': { status: 429, title: 'A limit is reached', retryable: true, onQueue: 'returned' },
  'over-limit': { status: 422, title: 'It asks for more than there may be', retryable: false, onQueue: 'rejected' },
  'dependency-failed': {
    status: 424,
    title: 'A command that it depends on did not finish',
    retryable: false,
    onQueue: 'rejected',
  },
  'not-started': { status: 504, title: 'It was not started in time', retryable: false, onQueue: 'rejected' },
  'items-failed': { status: 502, title: 'Not all of the batch finished', retryable: false, onQueue: 'rejected' },
  canceled: { status: 409, title: 'It was taken back while it waited', retryable: false, onQueue: 'rejected' },
  'deployment-failed': { status: 502, title: 'The cluster did not come up', retryable: false, onQueue: 'rejected' },
  'savepoint-failed': { status: 502, title: 'The savepoint failed', retryable: false, onQueue: 'rejected' },
  'target-refused': { status: 502, title: 'The target refused', retryable: false, onQueue: 'rejected' },
  'target-unreachable': { status: 503, title: 'The target cannot be reached', retryable: true, onQueue: 'returned' },
  'deadline-exceeded': { status: 504, title: 'It took too long', retryable: true, onQueue: 'returned' },
  superseded: { status: 409, title: 'A later command took its place', retryable: false, onQueue: 'rejected' },
  internal: { status: 500, title: 'Something is wrong in Drey', retryable: true, onQueue: 'returned' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** One mistake in a request: a JSON pointer into it (or an option's name behind `/config/`) and what is wrong there. */
export const FieldError = z.strictObject({ pointer: z.string(), detail: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details, with Drey's members. */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'The documentation page of the code.' }),
    title: z.string(),
    status: z.int().min(100).max(599),
    detail: z.string(),
    instance: z.string().optional().meta({ description: 'The request or operation that this is about.' }),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]), // the keys of a non-empty literal
    retryable: z.boolean(),
    reason: z.string().optional().meta({ description: "Kubernetes' or Flink's own word, such as ImagePullBackOff." }),
    operationId: z.string().optional(),
    errors: z.array(FieldError).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

interface FaultOptions {
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  /** Kubernetes' or Flink's own word for it, such as `ImagePullBackOff`. */
  readonly reason?: string | undefined;
  /** How long the one who refused asked us to wait. */
  readonly retryAfterSeconds?: number | undefined;
  readonly operationId?: string | undefined;
}

/**
 * A failure with a name. Its message is for the caller: no secret, no stack, nobody else's answer word for word.
 * Whatever else is thrown is a bug of Drey's. `name` is the code, because Step Functions choose by it.
 */
export class Fault extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly operationId: string | undefined;

  constructor(code: ProblemCode, message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.errors = options.errors ?? [];
    this.reason = options.reason;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.operationId = options.operationId;
  }
}

/** The code that an error's name is, if it is one: how a state machine's words become a fault again. */
export const codeOf = (name: string): ProblemCode | undefined =>
  Object.hasOwn(problems, name) ? (name as ProblemCode) : undefined; // own keys are the codes

/** The failure as a caller sees it. What is not a `Fault` says nothing of the inside. */
export const toProblem = (error: unknown, instance?: string): Problem => {
  const fault =
    error instanceof Fault ? error : new Fault('internal', 'Drey met an error of its own; it is in its log.');
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
    ...(fault.errors.length === 0 ? {} : { errors: [...fault.errors] }),
  };
};

const mostMistakes = 50;

/**
 * What a caller sent, as the schema has it.
 *
 * @throws Fault `malformed-request` with every mistake. Only for what a caller sent: somebody else's answer that does
 * not fit its schema is not the caller's mistake.
 */
export const parse = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(mistakesOf).slice(0, mostMistakes);
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new Fault('malformed-request', `${first?.pointer ?? '/'}: ${first?.detail ?? 'not valid'}${more}`, { errors });
};

/** Each field that is not known is a mistake of its own, at its own place. */
const mistakesOf = (issue: z.core.$ZodIssue): readonly FieldError[] => {
  const path = issue.path.map(String);
  const places = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
  return places.map((clusterRef) => ({
    pointer: `/${clusterRef.join('/')}`,
    detail: issue.code === 'unrecognized_keys' ? 'unknown' : issue.message,
  }));
};
