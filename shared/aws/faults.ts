import { Fault } from '#events/problem.ts';

/** The words of AWS for too much at once, of every service that Drey asks: names of errors, and reasons of a cancelled transaction. */
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
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** The SDK calls a connection that broke a `TimeoutError`, too. */
const timeOuts: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);

export const isThrottled = (error: unknown): boolean => wordsOf(error).some((word) => throttling.has(word));

/** A transaction says in its reasons, one for each item, what it was cancelled for. */
const wordsOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [];
  const reasons: unknown = 'CancellationReasons' in error ? error.CancellationReasons : undefined;
  if (!Array.isArray(reasons)) return [error.name];
  return reasons.map((reason: { readonly Code?: string }) => reason.Code ?? '');
};

/** What the SDK has repeated in vain and may pass all the same, as a fault; anything else as it is. */
const named = (error: unknown): unknown => {
  if (isThrottled(error))
    return new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment: try again', {
      cause: error,
      retryAfterSeconds: 2,
    });
  if (error instanceof Error && timeOuts.has(error.name))
    return new Fault('deadline-exceeded', 'AWS did not answer in time: try again', { cause: error });
  return error;
};

/**
 * An adapter of a service of AWS, whose methods throw beside their own faults `limit-reached` when the service takes no
 * more for a while, and `deadline-exceeded` when it does not answer: then what was asked may have been done.
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
        throw named(error);
      }
    },
  ]);
  // The same methods, with the same arguments and answers.
  return Object.fromEntries(methods) as A;
};
