import type { Readable } from 'node:stream';

import { Fault } from '#events/problems/problem.ts';

import { streamParts } from './transport/body.ts';

/** Throttling errors of every AWS service that Drey calls: error names, and cancellation reasons of transactions. */
const throttling: ReadonlySet<string> = new Set([
  'KmsThrottled',
  'KmsThrottlingException',
  'OverLimit',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingError',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException',
  // The first attempt of the same transaction is still going on.
  'TransactionInProgressException',
]);

/** A broken connection is a `TimeoutError`, too. */
const timeOuts: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);

export const isThrottled = (error: unknown): boolean => namesOf(error).some((name) => throttling.has(name));

/** A canceled transaction has one reason for each item. */
const namesOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [];
  const reasons: unknown = 'CancellationReasons' in error ? error.CancellationReasons : undefined;
  if (!Array.isArray(reasons)) return [error.name];
  return reasons.map((reason: { readonly Code?: string }) => reason.Code ?? '');
};

/** A transient failure that was retried becomes a fault. Every other error stays as it is. */
const toAwsFault = (error: unknown): unknown => {
  if (isThrottled(error))
    return new Fault('limit-reached', 'AWS throttles the requests of Drey. Retry later.', {
      cause: error,
      retryAfterSeconds: 2,
    });
  if (error instanceof Error && timeOuts.has(error.name))
    return new Fault('deadline-exceeded', 'AWS did not answer in time. Retry later.', { cause: error });
  return error;
};

/** A body that throws the faults of `withFaults`, for a caller that reads it after the method of the adapter has returned. */
export const bodyWithFaults = (body: Readable): Readable => streamParts(body, partsWithFaults(body));

async function* partsWithFaults(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw toAwsFault(error);
  }
}

/**
 * Wraps the methods of an adapter of an AWS service. Besides their own faults they throw `limit-reached` when the service
 * throttles, and `deadline-exceeded` when it does not answer. After the latter the request may have taken effect.
 */
export const withFaults = <A extends { readonly [M in keyof A]: (...args: never[]) => Promise<unknown> }>(
  adapter: A,
): A => {
  const methods = Object.entries<(...args: never[]) => Promise<unknown>>(adapter).map(([name, method]) => [
    name,
    async (...args: never[]) => {
      try {
        return await method(...args);
      } catch (error) {
        throw toAwsFault(error);
      }
    },
  ]);
  // The same methods, with the same arguments and answers.
  return Object.fromEntries(methods) as A;
};
