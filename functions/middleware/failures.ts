import type middy from '@middy/core';

import { logFailure } from '#shared/clusters/ports/failures.ts';
import { live } from '#shared/live.ts';

/** Logs whatever an invocation without a caller throws. */
export const failures = (): middy.MiddlewareObj => ({
  onError: ({ error }) => logFailure({ message: 'invocation failed', error, log: live.log }),
});
