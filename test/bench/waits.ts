import type { ClientRequest, IncomingMessage } from 'node:http';
import { subscribe } from 'node:diagnostics_channel';

/** A request from its start to the end of its answer, in milliseconds of `performance.now()`. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** The time in which at least one of the intervals runs, and none of the others. */
export const measureAlone = (intervals: readonly Interval[], others: readonly Interval[]): number => {
  const changes = [...toChanges(intervals, 'own'), ...toChanges(others, 'other')].toSorted((a, b) => a.atMs - b.atMs);
  const open = { own: 0, other: 0 };
  let [aloneMs, lastMs] = [0, 0];
  for (const { atMs, of, by } of changes) {
    if (open.own > 0 && open.other === 0) aloneMs += atMs - lastMs;
    open[of] += by;
    lastMs = atMs;
  }
  return aloneMs;
};

const toChanges = (intervals: readonly Interval[], of: 'own' | 'other') =>
  intervals.flatMap(({ startMs, endMs }) => [
    { atMs: startMs, of, by: 1 },
    { atMs: endMs, of, by: -1 },
  ]);

interface Started {
  readonly request: ClientRequest;
}
interface Answered extends Started {
  readonly response: IncomingMessage;
}

/** Watches the requests of this process to emulated AWS, which has no TLS, and to the API server. */
export const watchRequests = (): { readonly takeAwsMs: () => number } => {
  const starts = new WeakMap<ClientRequest, number>();
  let ended = { aws: [] as Interval[], kubernetes: [] as Interval[] };
  subscribe('http.client.request.start', (message) => {
    starts.set((message as Started).request, performance.now());
  });
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as Answered; // as Node documents the channel
    response.once('end', () => {
      const endMs = performance.now();
      ended[request.protocol === 'http:' ? 'aws' : 'kubernetes'].push({ startMs: starts.get(request) ?? endMs, endMs });
    });
  });
  return {
    /** The time since the last call in which the process waited for emulated AWS, and not for the API server. */
    takeAwsMs: () => {
      const { aws, kubernetes } = ended;
      ended = { aws: [], kubernetes: [] };
      return measureAlone(aws, kubernetes);
    },
  };
};
