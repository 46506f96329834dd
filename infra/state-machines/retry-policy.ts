/**
 * How the state machines retry a step. The failures are those of `events/problems/problem-table.ts`: a state machine sees the code of a
 * failure as the name of its error.
 */
import { type ProblemCode, problems } from '#events/problems/problem-table.ts';

/** A retrier of the Amazon States Language. The first one of a state that names the error applies. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL';
}

type RetryableCode = {
  [C in ProblemCode]: (typeof problems)[C]['retryable'] extends true ? C : never;
}[ProblemCode];

const codes = Object.keys(problems) as ProblemCode[]; // the keys of the table are the codes

/** Another attempt cannot change these failures. */
const finalCodes: readonly ProblemCode[] = codes.filter((code) => !problems[code].retryable);

/** These retryable failures clear up within seconds, or never. They are retried like an error without a code. */
const briefCodes: readonly ProblemCode[] = ['conflict', 'internal'] satisfies RetryableCode[];

/** These retryable failures last as long as an outage, a start-up or a removal lasts. */
const lastingCodes = codes.filter((code) => problems[code].retryable && !briefCodes.includes(code));

/** Lambda refuses an invocation while all concurrent executions of the account, or of the function, are in use. */
const throttled = 'Lambda.TooManyRequestsException';
/** About 50 minutes with jitter: the deadline of the operation decides, not the number of functions that run at once. */
const throttledAttempts = 200;

interface LastingRetry {
  readonly attempts: number;
  readonly intervalSeconds?: number;
  readonly maxDelaySeconds?: number;
}

/** Retries after failures that last, per kind of step. The times are those without jitter, which halves them on average. */
export const lastingRetries = {
  /** 8 minutes: longer than an API server takes to fail over. */
  standard: { attempts: 20 },
  /** 38 minutes: objects must not stay because the API server was away. */
  removal: { attempts: 80 },
  /** 2.5 minutes: the cluster then starts without the remaining jobs. */
  resubmission: { attempts: 10 },
  /** 42 seconds: a caller waits for the job. */
  submission: { attempts: 6 },
  /** 88 seconds in short steps: Flink lists a new job within seconds. */
  listing: { attempts: 20, intervalSeconds: 1, maxDelaySeconds: 5 },
} as const satisfies Record<string, LastingRetry>;

/** The retriers of a task that is not repeated. */
export const noRetries: readonly Retrier[] = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }];

/**
 * The retriers of a task, in the order in which Step Functions reads them.
 *
 * @param caught Codes that the task catches by name. They get the few retries of an error without a code.
 */
export const retriersOf = (
  { attempts, intervalSeconds = 2, maxDelaySeconds = 30 }: LastingRetry,
  caught: readonly ProblemCode[],
): readonly Retrier[] => [
  {
    ErrorEquals: lastingCodes.filter((code) => !caught.includes(code)),
    MaxAttempts: attempts,
    IntervalSeconds: intervalSeconds,
    BackoffRate: 1.5,
    MaxDelaySeconds: maxDelaySeconds,
    JitterStrategy: 'FULL',
  },
  {
    ErrorEquals: [throttled],
    MaxAttempts: throttledAttempts,
    IntervalSeconds: 2,
    BackoffRate: 1.5,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
  { ErrorEquals: finalCodes, MaxAttempts: 0 },
  // Errors without a code: a function that Lambda ended, or a bug.
  {
    ErrorEquals: ['States.ALL'],
    MaxAttempts: 6,
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
];
