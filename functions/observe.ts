import middy from '@middy/core';

import { observe } from '#shared/clusters/observe.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

/** Each minute. A target that is left out is looked at in the next one. */
export const observeHandler = (ports: Ports) =>
  middy({ timeoutEarlyInMillis: earlyMs }).handler(async () => observe(ports));

export const handler = observeHandler(live);
