import type { NamedTarget } from '#events/target.ts';

import type { AdmissionQueue, Bus, Callbacks, CommandQueue, ReconcileQueue } from './messaging.ts';
import type { Jars, Payloads, Specs } from './objects.ts';
import type { Kubernetes } from './kubernetes.ts';
import type { Log } from './runtime.ts';
import type { Store } from './store.ts';
import type { Targets } from './targets.ts';
import type { Timers } from './scheduling.ts';
import type { Workflows } from './workflows.ts';

/** What the use cases need of the world. Every call that waits takes the signal that ends before the function does. */
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
  /** 32 hex digits, later ones sort behind earlier ones. */
  readonly newId: () => string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In `[0, 1)`. */
  readonly random: () => number;
}
