import type { Cluster } from '#events/records/cluster.ts';
import type { Target } from '#events/records/target.ts';
import type { Transition } from '#events/records/transitions.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { callHandler, deliverAdmissions, makeHttpEvent } from '#test/fakes/lambda.ts';
import { listTargetItems, plainTarget } from '#test/fakes/target-fixture.ts';
import { functionSeconds } from '#test/faults/models/context.ts';
import { jars } from '#test/faults/models/objects.ts';
import type { Process } from '#test/faults/simulation.ts';
import { ModelWorld } from '#test/faults/world.ts';

import { type Concurrency, TimedSimulation } from './timed-simulation.ts';

interface BenchWorldOptions {
  readonly target?: Partial<Target>;
  readonly concurrency?: Concurrency;
}

const seed = 1;
/** Every pod starts, and no job ends: the model compares it with the shares of its fates. */
const goodFate = 0.39;
const targetId = 'targets|target#local';

/** The whole system without faults, over services with stated latencies. Its functions are warm. */
export class BenchWorld extends ModelWorld {
  readonly simulation: TimedSimulation;
  /** The transitions with the times at which they were written, in milliseconds. */
  readonly transitions: (Transition & { readonly atMs: number })[];

  constructor({ target = {}, concurrency = {} }: BenchWorldOptions = {}) {
    const simulation = new TimedSimulation(seed, concurrency);
    const transitions: (Transition & { readonly atMs: number })[] = [];
    super(simulation, seed, {
      without: undefined,
      watchers: { onCreate: () => {}, onDelete: () => {}, onDisposal: () => {} },
      onTransition: (transition) => void transitions.push({ ...transition, atMs: simulation.elapsedMs }),
      fate: () => goodFate,
    });
    this.simulation = simulation;
    this.transitions = transitions;
    simulation.items = this.table.items;
    this.table.load(listTargetItems('local', { ...plainTarget, maxQueued: 10_000, ...target }));
  }

  /** Reads through the HTTP API. @throws Error When the answer is no success. */
  async read(name: string, makeHandler: (world: World) => unknown, path: string, route: string): Promise<void> {
    const parameters = parametersOf(route, path);
    await this.simulation.invoke(`http ${name}`, functionSeconds, async (process) => {
      const { status, body } = await callHandler(makeHandler(this.portsOf(process)), makeHttpEvent(route, parameters));
      if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    });
  }

  /** Changes the limits of the target, as an operator does. */
  limitTarget(limits: Target['limits']): void {
    const item = this.table.items.get(targetId);
    if (item === undefined) throw new Error('The target is gone.');
    this.table.load([{ ...item, value: { ...(item['value'] as Target), limits } }]);
  }

  /** Runs one admission pass to its end. */
  async requestPass(): Promise<void> {
    const ended = { value: false };
    const pass = this.simulation
      .invoke('admit', functionSeconds, (process) => deliverAdmissions(['local'], this.portsOf(process)))
      .finally(() => (ended.value = true));
    while (!ended.value) await this.simulation.runUntil(this.simulation.seconds + 0.1);
    await pass;
  }

  /** What happens each minute. */
  dispatch(): Promise<void> {
    return this.simulation.invoke('dispatchReconcile', functionSeconds, (process) =>
      dispatchReconcile(this.portsOf(process)),
    );
  }

  stateOf(clusterId: string): string | undefined {
    return (this.table.items.get(`target#local/cluster#${clusterId}|cluster`)?.['value'] as Cluster | undefined)?.state;
  }

  /** Runs until a condition holds and nothing is on its way. @throws Error When this takes more than an hour. */
  async runUntil(condition: () => boolean): Promise<void> {
    const { simulation } = this;
    const lastSecond = simulation.seconds + 3_600;
    while (!(condition() && this.isQuiet(new Set()))) {
      if (simulation.seconds > lastSecond) throw new Error('The simulation does not come to rest.');
      await simulation.runUntil(simulation.seconds + 1);
    }
  }

  /** Runs until the admission passes that have been requested have ended. */
  async endPasses(): Promise<void> {
    await this.simulation.runUntil(this.simulation.seconds + 5);
  }

  protected override portsOf(process: Process) {
    return { ...super.portsOf(process), jars: this.jarsOf(process) };
  }

  /** The jars in S3, which answer after their latency. */
  private jarsOf(process: Process): Jars {
    const timed = <T>(what: string, apply: () => Promise<T>) =>
      this.simulation.call(process, { service: 'S3', what, apply, failures: [] });
    return {
      createUpload: (upload) => jars.createUpload(upload),
      inspect: (jar, target) => timed('read the head of the jar', () => jars.inspect(jar, target)),
      renew: (jar) => timed('renew the jar', () => jars.renew(jar)),
      open: (jar, signal) => timed('read the jar', () => jars.open(jar, signal)),
    };
  }
}

const parametersOf = (route: string, path: string): Readonly<Record<string, string>> => {
  const [, pattern = ''] = route.split(' ');
  const values = path.split('/');
  return Object.fromEntries(
    pattern
      .split('/')
      .flatMap((part, index) => (part.startsWith('{') ? [[part.slice(1, -1), values[index] ?? '']] : [])),
  );
};
