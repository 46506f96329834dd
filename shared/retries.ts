import { setTimeout } from 'node:timers/promises';

import pRetry from 'p-retry';

/** How often work is retried, and how long the pauses are: random, between zero and a maximum that doubles each time. */
export interface RetryPolicy {
  readonly retries: number;
  /** The maximum of the first pause. */
  readonly initialMs: number;
  /** No pause is longer, except one that the server requests. */
  readonly maxMs: number;
  /** There is no retry when the server requests a longer pause. */
  readonly maxRetryAfterMs: number;
}

/**
 * The retries within a process. SQS delivers a message up to {@link maxReceives} times, and state machines retry their
 * steps as `infra/state-machines/retry-policy.ts` defines.
 * `retryable` in `events/problems/problem-table.ts` says which failures a retry can fix.
 */
export const policies = {
  /** A request to an API server. All attempts end within the 30 s of an HTTP request. */
  kubernetes: { retries: 2, initialMs: 200, maxMs: 2_000, maxRetryAfterMs: 5_000 },
  /** A transaction that conflicts with a concurrent one. */
  record: { retries: 4, initialMs: 20, maxMs: 200, maxRetryAfterMs: 0 },
  /** A transaction while others write the same record, such as the target that many deploys name. */
  contention: { retries: 6, initialMs: 10, maxMs: 300, maxRetryAfterMs: 0 },
  /** A request of a function to an AWS service. */
  aws: { retries: 2, initialMs: 100, maxMs: 20_000, maxRetryAfterMs: 20_000 },
  /** The same after an answer that throttles. */
  awsThrottling: { retries: 2, initialMs: 500, maxMs: 20_000, maxRetryAfterMs: 20_000 },
  /** A request of the command line to Drey's API. */
  api: { retries: 4, initialMs: 500, maxMs: 5_000, maxRetryAfterMs: 30_000 },
  /** An upload of a jar by the command line. */
  upload: { retries: 3, initialMs: 1_000, maxMs: 5_000, maxRetryAfterMs: 0 },
} as const satisfies Record<string, RetryPolicy>;

/** How long a request to an AWS service may take to connect, and to get the first byte and each further part of its answer. */
export const awsTimeouts = { connectionMs: 1_000, requestMs: 5_000 } as const;

/** How often SQS delivers a command or a timer event before the message becomes a dead letter. */
export const maxReceives = 5;

interface RepeatOptions {
  readonly policy: RetryPolicy;
  /** The pauses after this failure. The number of retries is that of `policy`. */
  readonly policyAfter?: (error: unknown) => RetryPolicy;
  /** Whether the failure may pass by itself. */
  readonly isTransient: (error: unknown, retries: number) => boolean;
  /** The pause that the server requests. */
  readonly retryAfterMs?: (error: unknown) => number;
  /** Ends a pause, and with it the retries. */
  readonly signal?: AbortSignal;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** In `[0, 1)`. */
  readonly random?: () => number;
}

const never = new AbortController().signal;

/** Does the work, and retries it after transient failures. @throws what the last attempt threw. */
export const repeat = async <T>(
  work: () => Promise<T>,
  {
    policy,
    policyAfter = () => policy,
    isTransient,
    retryAfterMs = () => 0,
    signal = never,
    sleep = (ms, until) => setTimeout(ms, undefined, { signal: until }),
    random = Math.random,
  }: RepeatOptions,
): Promise<T> => {
  /** Pauses before a retry. @returns Whether to retry. */
  const pause = async (error: unknown, retries: number): Promise<boolean> => {
    const { initialMs, maxMs, maxRetryAfterMs } = policyAfter(error);
    if (!isTransient(error, retries) || retryAfterMs(error) > maxRetryAfterMs) return false;
    const jitterMs = random() * Math.min(maxMs, initialMs * 2 ** retries);
    try {
      await sleep(retryAfterMs(error) + jitterMs, signal);
      return true;
    } catch (aborted) {
      if (signal.aborted) return false;
      throw aborted;
    }
  };
  return pRetry(work, {
    retries: policy.retries,
    minTimeout: 0, // `pause` waits, because p-retry has neither full jitter nor Retry-After.
    shouldRetry: ({ error, retriesConsumed }) => pause(error, retriesConsumed),
  });
};
