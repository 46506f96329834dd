import { setTimeout as sleep } from 'node:timers/promises';

interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Creates a pause that grows by half each time, up to a maximum. */
export const createBackoff = ({ firstMs, maxMs }: Backoff, signal: AbortSignal): (() => Promise<void>) => {
  let nextMs = firstMs;
  return async () => {
    await sleep(nextMs, undefined, { signal });
    nextMs = Math.min(nextMs * 1.5, maxMs);
  };
};
