import type middy from '@middy/core';

import { Fault } from '#events/problem.ts';
import { log } from '#shared/live.ts';

/** Logs a failure with a code as a warning, and everything else, which is a bug, as an error. */
export const logFailure = (message: string, error: unknown, fields: Readonly<Record<string, unknown>> = {}): void => {
  if (error instanceof Fault) log.warn(message, { ...fields, code: error.code, detail: error.message });
  else log.error(message, { ...fields, error: error instanceof Error ? error : new Error(String(error)) });
};

/** Logs whatever an invocation without a caller throws. */
export const failures = (): middy.MiddlewareObj => ({
  onError: ({ error }) => logFailure('invocation failed', error),
});
