import { setTimeout } from 'node:timers/promises';

import pRetry from 'p-retry';

/** How often work is repeated, and after what pauses: random ones, from nothing to a longest that doubles each time. */
export interface RetryPolicy {
  readonly retries: number;
  /** The longest first pause. */
  readonly firstMs: number;
  /** No pause is longer, but one that was asked for. */
  readonly longestMs: number;
  /** Whoever asks for a longer pause than this is not asked again. */
  readonly patienceMs: number;
}

/**
 * What Drey repeats by itself, in one table. The steps of the state machines are repeated as their definitions say, and
 * commands by those who sent them. Which failures pass by themselves is the column `retryable` of `problems`.
 */
export const policies = {
  /** A request to an API server: all tries have to end before an HTTP request of a caller does. */
  kubernetes: { retries: 2, firstMs: 200, longestMs: 2_000, patienceMs: 5_000 },
  /** A record that somebody else wrote meanwhile. */
  record: { retries: 4, firstMs: 20, longestMs: 200, patienceMs: 0 },
  /** A call of the API, by the command line. */
  api: { retries: 4, firstMs: 500, longestMs: 5_000, patienceMs: 30_000 },
  upload: { retries: 3, firstMs: 1_000, longestMs: 5_000, patienceMs: 0 },
} as const satisfies Record<string, RetryPolicy>;

/** For every client of AWS in the functions: the SDK repeats with full jitter, and honours Retry-After. */
export const awsRetries = {
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

interface Repetition {
  readonly policy: RetryPolicy;
  /** Whether this failure may pass by itself. */
  readonly isTransient: (error: unknown, retries: number) => boolean;
  /** The pause that was asked for, in milliseconds. */
  readonly askedMs?: (error: unknown) => number;
  /** Ends the pauses: nothing is tried for which no time is left. */
  readonly signal?: AbortSignal;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** In `[0, 1)`. */
  readonly random?: () => number;
}

const never = new AbortController().signal;

/** @throws what the last try threw. */
export const repeat = async <T>(
  work: () => Promise<T>,
  {
    policy,
    isTransient,
    askedMs = () => 0,
    signal = never,
    sleep = (ms, until) => setTimeout(ms, undefined, { signal: until }),
    random = Math.random,
  }: Repetition,
): Promise<T> => {
  /** Waits before a repetition; false when there should be none. */
  const pause = async (error: unknown, retries: number): Promise<boolean> => {
    if (!isTransient(error, retries) || askedMs(error) > policy.patienceMs) return false;
    const jitterMs = random() * Math.min(policy.longestMs, policy.firstMs * 2 ** retries);
    try {
      await sleep(askedMs(error) + jitterMs, signal);
      return true;
    } catch (aborted) {
      if (signal.aborted) return false;
      throw aborted;
    }
  };
  return pRetry(work, {
    retries: policy.retries,
    minTimeout: 0, // The pause is made here, because p-retry knows no full jitter and no Retry-After.
    shouldRetry: ({ error, retriesConsumed }) => pause(error, retriesConsumed),
  });
};
