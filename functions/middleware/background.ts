import type middy from '@middy/core';

import type { Principal } from '#events/principal.ts';
import { logFailure } from '#shared/clusters/ports/failures.ts';
import { log, logger } from '#shared/live/log.ts';

/**
 * Logs whatever an invocation without a caller throws.
 *
 * @param principal The part of Drey that the function is. Each log line has it, unless a caller or author causes the work.
 */
export const background = (principal: Principal): middy.MiddlewareObj => ({
  before: ({ context }) => {
    logger.resetKeys();
    logger.appendKeys({ requestId: context.awsRequestId, principal });
  },
  onError: ({ error }) => logFailure({ message: 'invocation failed', error, log }),
});
