import middy from '@middy/core';

import { dispatchReconcile } from '#shared/clusters/reconcile/reconcile-target.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from '#functions/middleware/http.ts';

/** Each minute. A target that is left out is looked at in the next one. */
export const observeHandler = (ports: Ports) =>
  middy({ timeoutEarlyInMillis: earlyMs }).handler(async () => dispatchReconcile(ports));

export const handler = observeHandler(live);
