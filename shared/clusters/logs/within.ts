/**
 * Does work for a limited time. The signal of the work aborts at the limit, and the promise is rejected then, also when the
 * work does not heed its signal.
 */
export const within = async <T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`The time of ${ms} ms is over.`)), ms);
  const both = AbortSignal.any([signal, limit.signal]);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(both.reason);
  both.addEventListener('abort', abort);
  if (both.aborted) abort();
  try {
    return await Promise.race([work(both), aborted.promise]);
  } finally {
    clearTimeout(timer);
    both.removeEventListener('abort', abort);
  }
};
