import type { TableRequest } from '#test/fakes/table.ts';

/** One invocation of a function. After its death, it receives no response to its calls. */
export interface Process {
  readonly name: string;
  readonly alive: boolean;
  /** Ends the process at once. */
  die(reason: string): void;
}

/** A failure of a call, other than the death of its caller. */
export interface Failure<T> {
  readonly name: string;
  /** Whether the call takes effect in spite of the failure. */
  readonly applied: boolean;
  /** Seconds by which the effect follows after the failure. */
  readonly late?: number;
  /** How long the caller waits for the failure. */
  readonly seconds: number;
  /** The response to the caller, or an error that it throws. */
  readonly answer: () => T;
}

/** A service that a process calls. Requests to Flink go through the API server. */
export type Service =
  | 'DynamoDB'
  | 'Kubernetes'
  | 'EKS'
  | 'SQS'
  | 'Step Functions'
  | 'EventBridge'
  | 'EventBridge Scheduler'
  | 'S3';

export interface Call<T> {
  readonly service: Service;
  readonly what: string;
  /** The request to DynamoDB, of which benchmarks count the capacity. */
  readonly request?: TableRequest | undefined;
  readonly apply: () => T | Promise<T>;
  readonly failures: readonly Failure<T>[];
}

export interface InjectedFault {
  /** The number of the call that failed. */
  readonly call: number;
  readonly at: number;
  readonly text: string;
}

interface SimulationOptions {
  readonly seed: number;
  /** Probability that a call fails while faults are injected. */
  readonly likelihood: number;
  /** Numbers of the calls that do not fail. */
  readonly spared: ReadonlySet<number>;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** When a simulation starts. */
export const start = Date.parse('2026-11-23T12:00:00Z');

/** Thrown to the invoker of a process that died. */
export class Death extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Hashes two numbers into one. */
const mix = (one: number, other: number): number => {
  let hash = Math.imul(one ^ (other + 0x9e3779b9), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** The same numbers in `[0, 1)` for the same seed and salt. */
export const makeRandom = (seed: number, salt: number): (() => number) => {
  let count = 0;
  const stream = mix(seed, salt);
  return () => mix(mix(stream, (count += 1)), 0x51ed270b) / 2 ** 32;
};

/** Waits until everything that follows without a wait has run: Node calls it when no promise is left to settle. */
const untilSettled = (): Promise<void> =>
  new Promise((resolve) => {
    process.nextTick(resolve);
  });

/**
 * A simulation with a clock of its own. The order of everything follows from the seed. A call of a process to a service
 * takes some time, may fail, and may end the process.
 */
export class Simulation {
  readonly faults: InjectedFault[] = [];
  /** Whether calls fail. */
  stormy = true;
  private time = start;
  private orders = 0;
  private calls = 0;
  private readonly planned: Planned[] = [];
  private readonly options: SimulationOptions;

  constructor(options: SimulationOptions) {
    this.options = options;
  }

  get now(): number {
    return this.time;
  }

  get seconds(): number {
    return (this.time - start) / 1000;
  }

  after(seconds: number, run: () => void): void {
    push(this.planned, { at: this.time + Math.max(0, seconds) * 1000, order: (this.orders += 1), run });
  }

  wait(seconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.after(seconds, resolve);
    return promise;
  }

  /** Runs what is planned until that time, or until nothing is planned. */
  async runUntil(seconds: number): Promise<void> {
    const until = start + seconds * 1000;
    for (let next = this.planned[0]; next !== undefined && next.at <= until; next = this.planned[0]) {
      pop(this.planned);
      this.time = next.at;
      next.run();
      await untilSettled();
    }
    this.time = Math.max(this.time, until);
  }

  /**
   * Runs a function as a process.
   *
   * @throws Death when the process dies, or takes longer than it may.
   */
  invoke<T>(name: string, lifetimeSeconds: number, body: (process: Process) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let alive = true;
    const end = (settle: () => void) => {
      if (!alive) return;
      alive = false;
      settle();
    };
    const process: Process = {
      name,
      get alive() {
        return alive;
      },
      die: (reason) => end(() => this.after(1, () => reject(new Death('Lambda.Unknown', reason)))),
    };
    this.after(lifetimeSeconds, () =>
      end(() => reject(new Death('Sandbox.Timedout', `${name} took more than ${lifetimeSeconds} s`))),
    );
    body(process).then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
    return promise;
  }

  /** A call of a process to a service. */
  call<T>(process: Process, { what, apply, failures }: Call<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const number = (this.calls += 1);
    const chance = makeRandom(this.options.seed, number);
    const [there, back] = [0.002 + chance() * 0.03, 0.002 + chance() * 0.03];
    const fault = this.toFault(number, chance, failures);
    if (fault !== undefined)
      this.faults.push({ call: number, at: this.seconds, text: `${process.name}: ${what}: ${fault.name}` });

    const settle = (run: () => void) => {
      if (process.alive) run();
    };
    const done = async () => {
      if (fault?.kind === 'death' && !fault.applied) {
        process.die(fault.name);
        return;
      }
      if (fault?.kind === 'failure' && fault.applied && fault.failure.late !== undefined) {
        this.after(fault.failure.late, () => void apply());
        this.after(fault.failure.seconds, () => settle(() => this.settleBy(fault.failure, resolve, reject)));
        return;
      }
      let outcome: () => void;
      try {
        const value = fault === undefined || fault.applied ? await apply() : undefined;
        outcome = () => resolve(value as T); // It is undefined only if the failure responds instead.
      } catch (error) {
        outcome = () => reject(error);
      }
      if (fault?.kind === 'death') {
        process.die(fault.name);
      } else if (fault?.kind === 'failure') {
        const { failure } = fault;
        this.after(failure.seconds, () => settle(() => this.settleBy(failure, resolve, reject)));
      } else this.after(back, () => settle(outcome));
    };
    if (process.alive) this.after(there + (fault?.kind === 'delay' ? fault.seconds : 0), () => void done());
    return promise;
  }

  private settleBy<T>({ answer }: Failure<T>, resolve: (value: T) => void, reject: (error: unknown) => void): void {
    try {
      resolve(answer());
    } catch (error) {
      reject(error);
    }
  }

  private toFault<T>(number: number, chance: () => number, failures: readonly Failure<T>[]) {
    if (!this.stormy || this.options.spared.has(number) || chance() >= this.options.likelihood) return undefined;
    const [first, second] = [chance(), chance()];
    if (first < 0.15) return { kind: 'death', name: 'the process dies before the call', applied: false } as const;
    if (first < 0.35) return { kind: 'death', name: 'the process dies after the call', applied: true } as const;
    if (first < 0.5 || failures.length === 0) {
      const seconds = Math.round(second ** 3 * 20);
      return { kind: 'delay', name: `it takes ${seconds} s`, applied: true, seconds } as const;
    }
    const failure = failures[Math.floor(second * failures.length)]!;
    return { kind: 'failure', name: failure.name, applied: failure.applied, failure } as const;
  }
}

const before = (one: Planned, other: Planned) => one.at < other.at || (one.at === other.at && one.order < other.order);

const push = (heap: Planned[], item: Planned): void => {
  let at = heap.length;
  heap.push(item);
  for (let parent = (at - 1) >> 1; at > 0 && before(item, heap[parent]!); parent = (at - 1) >> 1) {
    heap[at] = heap[parent]!;
    heap[parent] = item;
    at = parent;
  }
};

const pop = (heap: Planned[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = at * 2 + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && before(heap[right]!, heap[left]!) ? right : left;
    if (!before(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
};
