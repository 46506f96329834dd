import type { Grants } from '#events/http/grants.ts';
import type { Principal } from '#events/principal.ts';
import type { Operation } from '#events/records/operation.ts';
import type { NamedTarget } from '#events/records/target.ts';

import type { Downloads } from './downloads.ts';
import type { Inspection } from './inspection.ts';
import type { Kubernetes } from './kubernetes.ts';
import type { AdmissionQueue, Bus, Callbacks, CommandQueue, ReconcileQueue } from './messaging.ts';
import type { Jars, KeptLogs, Payloads, RevisionSpecs, Specs } from './objects.ts';
import type { Resolver } from './resolver.ts';
import type { Log, Metrics } from './runtime.ts';
import type { Timers } from './scheduling.ts';
import type { Store } from './store.ts';
import type { Targets } from './targets.ts';
import type { Workflows } from './workflows.ts';

/** Everything that the use cases need from outside, bound to one invocation of a function. */
export interface Ports {
  readonly store: Store;
  readonly targets: Targets;
  readonly kubernetes: (target: NamedTarget) => Kubernetes;
  /** What a check of a target reads there. */
  readonly inspection: (target: NamedTarget) => Inspection;
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
  readonly revisionSpecs: RevisionSpecs;
  readonly keptLogs: KeptLogs;
  readonly resolver: Resolver;
  readonly downloads: Downloads;
  /** The AWS account of Drey. */
  readonly account: string;
  /** Who causes the work. Each log line and each metric has it. */
  readonly principal: Principal;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
  /** An id of 32 hexadecimal digits. Ids sort by the time of their creation. */
  readonly newId: () => string;
  /** A text that nobody can guess. */
  readonly newToken: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborts before the function times out. Requests to Kubernetes and Flink, and `sleep`, end with it. */
  readonly signal: AbortSignal;
  /** The same ports, bound to another signal. */
  readonly withSignal: (signal: AbortSignal) => Ports;
  /** The same ports for work of another principal. */
  readonly withPrincipal: (principal: Principal) => Ports;
  /** The same ports for the work of an operation. The audit logs of Kubernetes and AWS name the operation and its principal. */
  readonly withOperation: (operation: Pick<Operation, 'operationId' | 'principal'>) => Ports;
  /** A random number in `[0, 1)`. */
  readonly random: () => number;
}

/** What the ports of an invocation are bound to. */
export interface Binding {
  readonly signal: AbortSignal;
  readonly principal: Principal;
  /** The operation that causes the work. The reads of a background function have none. */
  readonly operationId?: string | undefined;
}

/** The adapters of a function. They serve all of its invocations, so they are bound to nothing. */
export type World = Omit<Ports, 'kubernetes' | 'inspection' | 'sleep' | 'signal' | 'principal' | `with${string}`> & {
  readonly kubernetes: (target: NamedTarget, binding: Binding) => Kubernetes;
  readonly inspection: (target: NamedTarget, binding: Binding) => Inspection;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** What callers with a token may do. Undefined on a stage whose callers sign their requests with IAM credentials. */
  readonly grants?: Grants | undefined;
};

/** The ports of one invocation: requests and pauses end when its signal aborts. */
export const portsFor = (world: World, binding: Binding): Ports => ({
  ...world,
  principal: binding.principal,
  log: withFields(world.log, binding),
  metrics: {
    record: (name, measurement) =>
      world.metrics.record(name, { ...measurement, fields: { principal: binding.principal, ...measurement.fields } }),
  },
  kubernetes: (target) => world.kubernetes(target, binding),
  inspection: (target) => world.inspection(target, binding),
  sleep: (ms) => world.sleep(ms, binding.signal),
  signal: binding.signal,
  withSignal: (signal) => portsFor(world, { ...binding, signal }),
  withPrincipal: (principal) => portsFor(world, { ...binding, principal }),
  withOperation: ({ operationId, principal }) => portsFor(world, { ...binding, operationId, principal }),
});

const withFields = (log: Log, { principal }: Binding): Log => ({
  info: (message, fields) => log.info(message, { principal, ...fields }),
  warn: (message, fields) => log.warn(message, { principal, ...fields }),
  error: (message, fields) => log.error(message, { principal, ...fields }),
});
