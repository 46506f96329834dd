import * as z from 'zod';

const Transition = z.object({
  target: z.string(),
  clusterId: z.string(),
  sequence: z.int(),
});

const Event = z.object({ id: z.string().optional(), detail: z.looseObject({ id: z.string().optional() }) });

/** An event as the bus delivers it. */
export type BusEvent = z.infer<typeof Event>;
export const parseEvent = (text: string): BusEvent => Event.loose().parse(JSON.parse(text));

interface Cluster {
  /** Sequence number of the last released transition. */
  last: number;
  readonly waiting: Map<number, { readonly event: BusEvent; readonly until: number }>;
}

/**
 * Orders the events of each cluster by sequence number and drops duplicates, because the bus guarantees neither order nor
 * exactly-once delivery. An event waits for a missing predecessor for a limited time.
 */
export class EventOrder {
  readonly #maxWaitMs: number;
  readonly #seen = new Set<string>();
  readonly #clusters = new Map<string, Cluster>();

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs;
  }

  /** Adds an event, and returns the events that are now in order. */
  add(event: BusEvent, now: number): BusEvent[] {
    const id = event.detail.id ?? event.id;
    if (id !== undefined && this.#seen.has(id)) return [];
    if (id !== undefined) this.#seen.add(id);
    const transition = Transition.safeParse(event.detail).data;
    if (transition === undefined) return [event]; // not a transition of a cluster
    const cluster = this.#getCluster(transition);
    if (transition.sequence <= cluster.last) return [event]; // its successors were released after the maximum wait
    cluster.waiting.set(transition.sequence, { event, until: now + this.#maxWaitMs });
    return releaseNext(cluster);
  }

  /** Returns the events whose wait for a predecessor has expired, with their successors. */
  releaseExpired(now: number): BusEvent[] {
    return [...this.#clusters.values()].flatMap((cluster) => {
      const expired = [...cluster.waiting].filter(([, { until }]) => until <= now).map(([sequence]) => sequence);
      if (expired.length === 0) return [];
      cluster.last = Math.min(...cluster.waiting.keys()) - 1;
      return releaseNext(cluster);
    });
  }

  #getCluster({ target, clusterId }: z.infer<typeof Transition>): Cluster {
    const key = `${target}/${clusterId}`;
    const cluster = this.#clusters.get(key) ?? { last: 0, waiting: new Map() };
    this.#clusters.set(key, cluster);
    return cluster;
  }
}

/** Removes and returns the waiting events that follow the last released one without a gap. */
const releaseNext = (cluster: Cluster): BusEvent[] => {
  const events: BusEvent[] = [];
  for (;;) {
    const found = cluster.waiting.get(cluster.last + 1);
    if (found === undefined) return events;
    cluster.waiting.delete(cluster.last + 1);
    cluster.last += 1;
    events.push(found.event);
  }
};
