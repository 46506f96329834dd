import { toCanceled, type TableItem } from '#test/fakes/table.ts';
import { type Call, type Process, type Service, Simulation } from '#test/faults/simulation.ts';

import { maxConcurrentCommands } from '../../../infra/stage-settings.ts';
import { listTransactionKeys, noUnits, openMeter, type Units } from './capacity.ts';
import { latencyOf } from './latencies.ts';

/** A request of a function to a service. */
export interface TimedRequest extends Units {
  /** The invocation that sent it. */
  readonly process: string;
  readonly service: Service;
  readonly what: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** An invocation of a function. */
export interface TimedInvocation {
  /** Such as `commandQueue`, `startup` or `deploy`. */
  readonly function: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** How many invocations of a function run at once, where its event source limits them. */
export type Concurrency = Readonly<Record<string, number>>;

const defaultConcurrency: Concurrency = { commandQueue: maxConcurrentCommands, admit: 20, reconcile: 20 };

interface Slots {
  free: number;
  readonly waiting: (() => void)[];
}

/** A simulation without faults, in which each service takes its stated time. It logs requests and invocations. */
export class TimedSimulation extends Simulation {
  readonly requests: TimedRequest[] = [];
  readonly invocations: TimedInvocation[] = [];
  /** The items of the table, of which the capacity is counted. */
  items: ReadonlyMap<string, TableItem> = new Map();
  private readonly inTransaction = new Set<string>();
  private readonly slots: ReadonlyMap<string, Slots>;

  constructor(seed: number, concurrency: Concurrency = {}) {
    super({ seed, likelihood: 0, spared: new Set() });
    this.stormy = false;
    const limits = { ...defaultConcurrency, ...concurrency };
    this.slots = new Map(Object.entries(limits).map(([name, free]) => [name, { free, waiting: [] }]));
  }

  get elapsedMs(): number {
    return this.seconds * 1_000;
  }

  override async invoke<T>(name: string, lifetimeSeconds: number, body: (process: Process) => Promise<T>): Promise<T> {
    const slots = this.slots.get(functionOf(name));
    if (slots !== undefined) await takeSlot(slots);
    const startMs = this.elapsedMs;
    try {
      return await super.invoke(name, lifetimeSeconds, body);
    } finally {
      this.invocations.push({ function: functionOf(name), startMs, endMs: this.elapsedMs });
      if (slots !== undefined) freeSlot(slots);
    }
  }

  override call<T>(process: Process, { service, what, request, apply }: Call<T>): Promise<T> {
    const latencyMs = latencyOf(service, request);
    if (latencyMs === 0) return Promise.resolve(apply());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (!process.alive) return promise;
    const startMs = this.elapsedMs;
    const keys = listTransactionKeys(request);
    const isConflict = keys.some((key) => this.inTransaction.has(key));
    if (!isConflict) for (const key of keys) this.inTransaction.add(key);

    const answer = async () => {
      const measure = request === undefined ? () => noUnits : openMeter(request, this.items);
      let [value, settle]: [unknown, () => void] = [undefined, () => {}];
      try {
        if (isConflict) throw toCanceled(['TransactionConflict']);
        const answered = await apply();
        [value, settle] = [answered, () => resolve(answered)];
      } catch (error) {
        settle = () => reject(error);
      }
      const logged = { process: process.name, service, what, startMs, endMs: startMs + latencyMs };
      this.requests.push({ ...logged, ...measure(value) });
      this.after(latencyMs / 2_000, () => {
        if (!isConflict) for (const key of keys) this.inTransaction.delete(key);
        if (process.alive) settle();
      });
    };
    this.after(latencyMs / 2_000, () => void answer());
    return promise;
  }
}

const takeSlot = async (slots: Slots): Promise<void> => {
  if (slots.free > 0) slots.free -= 1;
  else await new Promise<void>((resolve) => void slots.waiting.push(resolve));
};

/** The slot goes to the invocation that has waited longest. */
const freeSlot = (slots: Slots): void => {
  const next = slots.waiting.shift();
  if (next === undefined) slots.free += 1;
  else next();
};

/** `http deploy nightly` is the function deploy, `startup.probe 12ab` the function startup. */
const functionOf = (name: string): string => {
  const [first = '', second = ''] = name.split(' ');
  if (first === 'http') return second;
  return first === 'queue' ? 'commandQueue' : (first.split('.')[0] ?? '');
};
