import middy from '@middy/core';

import { observe } from '#shared/clusters/observe.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

/** Each minute. What is not seen in time is seen in the next one. */
export const observeHandler = (ports: Ports) =>
  middy({ timeoutEarlyInMillis: earlyMs }).handler(async (_event, _context, { signal }) => observe(ports, signal));

export const handler = observeHandler(live);
