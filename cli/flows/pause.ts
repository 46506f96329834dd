import { setTimeout as sleep } from 'node:timers/promises';

interface Pace {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** A pause that is a little longer each time. */
export const slowingPause = ({ firstMs, longestMs }: Pace, signal: AbortSignal): (() => Promise<void>) => {
  let nextMs = firstMs;
  return async () => {
    await sleep(nextMs, undefined, { signal });
    nextMs = Math.min(nextMs * 1.5, longestMs);
  };
};
