import * as z from 'zod';

const Transition = z.object({
  target: z.string(),
  clusterId: z.string(),
  sequence: z.int(),
});

const Event = z.object({ id: z.string().optional(), detail: z.looseObject({ id: z.string().optional() }) });

/** An event of the bus, as it came. */
export type BusEvent = z.infer<typeof Event>;
export const parseEvent = (text: string): BusEvent => Event.loose().parse(JSON.parse(text));

interface Cluster {
  /** Number of the last transition that was let through. */
  last: number;
  readonly waiting: Map<number, { readonly event: BusEvent; readonly until: number }>;
}

/**
 * Brings the events of each cluster into the order of their numbers, each once: the bus promises neither.
 * An event whose predecessor is missing waits for it, but not for ever.
 */
export class EventOrder {
  readonly #patienceMs: number;
  readonly #seen = new Set<string>();
  readonly #clusters = new Map<string, Cluster>();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Takes an event, and returns those whose turn has come. */
  add(event: BusEvent, now: number): BusEvent[] {
    const id = event.detail.id ?? event.id;
    if (id !== undefined && this.#seen.has(id)) return [];
    if (id !== undefined) this.#seen.add(id);
    const transition = Transition.safeParse(event.detail).data;
    if (transition === undefined) return [event]; // of no cluster's history
    const cluster = this.#clusterOf(transition);
    if (transition.sequence <= cluster.last) return [event]; // came after the others had given it up
    cluster.waiting.set(transition.sequence, { event, until: now + this.#patienceMs });
    return next(cluster);
  }

  /** The events that have waited long enough for one that does not come. */
  overdue(now: number): BusEvent[] {
    return [...this.#clusters.values()].flatMap((cluster) => {
      const late = [...cluster.waiting].filter(([, { until }]) => until <= now).map(([sequence]) => sequence);
      if (late.length === 0) return [];
      cluster.last = Math.min(...cluster.waiting.keys()) - 1;
      return next(cluster);
    });
  }

  #clusterOf({ target, clusterId }: z.infer<typeof Transition>): Cluster {
    const key = `${target}/${clusterId}`;
    const cluster = this.#clusters.get(key) ?? { last: 0, waiting: new Map() };
    this.#clusters.set(key, cluster);
    return cluster;
  }
}

/** Takes out the waiting events that follow the last one without a hole. */
const next = (cluster: Cluster): BusEvent[] => {
  const events: BusEvent[] = [];
  for (;;) {
    const found = cluster.waiting.get(cluster.last + 1);
    if (found === undefined) return events;
    cluster.waiting.delete(cluster.last + 1);
    cluster.last += 1;
    events.push(found.event);
  }
};
