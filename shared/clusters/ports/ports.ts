import type { NamedTarget } from '#events/target.ts';

import type { Kubernetes } from './kubernetes.ts';
import type { AdmissionQueue, Bus, Callbacks, CommandQueue, ReconcileQueue } from './messaging.ts';
import type { Jars, Payloads, Specs } from './objects.ts';
import type { Log } from './runtime.ts';
import type { Timers } from './scheduling.ts';
import type { Store } from './store.ts';
import type { Targets } from './targets.ts';
import type { Workflows } from './workflows.ts';

/** What the use cases need of the world, for one invocation. */
export interface Ports {
  readonly store: Store;
  readonly targets: Targets;
  readonly kubernetes: (target: NamedTarget) => Kubernetes;
  readonly workflows: Workflows;
  readonly jars: Jars;
  readonly bus: Bus;
  readonly reconcileQueue: ReconcileQueue;
  readonly admissionQueue: AdmissionQueue;
  readonly commandQueue: CommandQueue;
  readonly payloads: Payloads;
  readonly callbacks: Callbacks;
  readonly timers: Timers;
  readonly specs: Specs;
  readonly log: Log;
  readonly now: () => Date;
  /** 32 hexadecimal digits that sort by time of creation. */
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborts before the function's time is over. Requests to Kubernetes and Flink, and `sleep`, end with it. */
  readonly signal: AbortSignal;
  /** The same ports with another signal. */
  readonly withSignal: (signal: AbortSignal) => Ports;
  /** In `[0, 1)`. */
  readonly random: () => number;
}

/** The adapters of a function, which serve all of its invocations. */
export type World = Omit<Ports, 'kubernetes' | 'sleep' | 'signal' | 'withSignal'> & {
  readonly kubernetes: (target: NamedTarget, signal: AbortSignal) => Kubernetes;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Binds what waits to the signal of one invocation. */
export const portsFor = (world: World, signal: AbortSignal): Ports => ({
  ...world,
  kubernetes: (target) => world.kubernetes(target, signal),
  sleep: (ms) => world.sleep(ms, signal),
  signal,
  withSignal: (other) => portsFor(world, other),
});
