import type { CommandKind } from '#events/commands/index.ts';

import { type Complete, completeFor, completeOnce } from './complete.ts';
import { makeChange, withCurrentSpec } from './in-place.ts';
import { makeJobApplies } from './job-applies.ts';
import { makeRescales } from './rescales.ts';
import { makeRandom, type Simulation, start as startOfTime } from './simulation.ts';
import { makeUndos } from './undos.ts';
import type { ModelWorld, SentCommand } from './world.ts';

/** An action at a time: a command, or a person's change in Kubernetes. */
export interface Step {
  readonly at: number;
  readonly text: string;
  readonly run: (world: ModelWorld) => unknown;
}

export interface Workload {
  readonly steps: readonly Step[];
  /** How many different commands of a kind there are for a cluster, by `kind clusterId`. */
  readonly commands: ReadonlyMap<string, number>;
}

/** When the last step starts. */
const stepSeconds = 400;
const maxSteps = 7;
/** When the last fault may occur. */
export const faultSeconds = stepSeconds + 60;

const salt = -10;
const snapshotSalt = -30;
const inPlaceSalt = -40;

const policy = { every: '1min', keep: 1, directory: 's3://bucket/savepoints' };

/** The steps of a schedule: commands on both ways into the system, some of them repeated, and people's changes. */
export const makeWorkload = (seed: number): Workload => {
  const builder = new WorkloadBuilder(seed);
  builder.addFirst();
  builder.addOthers();
  builder.addRescales();
  builder.addSnapshots();
  builder.addChangesInPlace();
  builder.addAppliesInSequence();
  return {
    steps: builder.steps.toSorted((one, other) => one.at - other.at),
    commands: builder.commands,
  };
};

/** Jobs of this scheduler can be rescaled. */
const adaptive = { 'jobmanager.scheduler': 'adaptive' };

const rollouts = [
  'apply',
  'apply',
  'restart',
  'suspend',
  'resume',
  'rollback',
] as const satisfies readonly CommandKind[];

interface SendOptions {
  readonly at: number;
  readonly complete: Complete;
}

class WorkloadBuilder {
  readonly steps: Step[] = [];
  readonly commands = new Map<string, number>();
  private keys = 0;
  private readonly random: () => number;
  private readonly snapshotRandom: () => number;

  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
    this.random = makeRandom(seed, salt);
    this.snapshotRandom = makeRandom(seed, snapshotSalt);
  }

  addFirst(): void {
    const roll = this.random();
    if (roll < 0.15) this.addOfficeHours('one');
    else if (roll < 0.4) this.addRelease('one');
    else this.addCommand(0);
    // Two clusters that start at the same time compete for one place.
    if (this.random() < 0.3) this.addCommand(this.random() / 10, this.choose(['one', 'two']));
  }

  addOthers(): void {
    const count = 1 + Math.floor(this.random() * maxSteps);
    for (let step = 1; step < count; step += 1) {
      const at = this.random() * stepSeconds;
      const roll = this.random();
      const clusterId = this.choose(['one', 'one', 'two']);
      if (roll < 0.2) this.steps.push({ at, ...changeByHand(roll, clusterId) });
      else this.addCommand(at);
    }
  }

  /** They have random numbers of their own. */
  addRescales(): void {
    for (const { clusterId, data, at } of makeRescales(this.seed, stepSeconds))
      this.addRepeatable('rescale', { clusterId, data }, at);
  }

  /** A session with savepoints each minute: a job is restored from one, which commands and Drey may want to dispose of. */
  addSnapshots(): void {
    const random = this.snapshotRandom;
    if (random() < 0.7) return;
    const clusterId = 'two';
    this.addRepeatable('deploy', { clusterId, data: { mode: 'session', snapshots: policy } }, 0);
    for (const at of [1, 20]) this.addRepeatable('submit', { clusterId, data: this.makeData('submit') }, at);
    const at = 250 + random() * 100;
    this.addRepeatable('submit', { clusterId, data: { ...this.makeData('submit'), restore: {} } }, at);
    for (const latest of [5, 90])
      this.addRepeatable('dispose-snapshot', { clusterId, data: {} }, at + random() * latest);
  }

  /** Drey takes savepoints each minute. */
  private makePolicy(): Readonly<Record<string, unknown>> {
    return this.snapshotRandom() < 0.25 ? { snapshots: policy } : {};
  }

  /** They have random numbers of their own. */
  addChangesInPlace(): void {
    const random = makeRandom(this.seed, inPlaceSalt);
    const count = Math.floor(random() * 4);
    for (let step = 0; step < count; step += 1) {
      const clusterId = random() < 0.7 ? 'one' : 'two';
      const data = makeChange(random, step);
      this.addRepeatable('apply', { clusterId, data }, 30 + random() * (stepSeconds - 30), withCurrentSpec);
    }
  }

  /** They have random numbers of their own. */
  addAppliesInSequence(): void {
    for (const { kind, clusterId, data, at } of [...makeJobApplies(this.seed), ...makeUndos(this.seed)])
      this.addRepeatable(kind, { clusterId, data }, at);
  }

  private readonly choose = <T>(items: readonly T[]): T => items[Math.floor(this.random() * items.length)]!;

  /** An application that is changed some times, as a release does it. */
  private addRelease(clusterId: string): void {
    const { random, choose } = this;
    const first = { ...this.makeDeploy(), mode: 'application', job: { jar: 'local:///opt/flink/usrlib/a.jar' } };
    this.addRepeatable('deploy', { clusterId, data: first }, 0);
    for (let at = 60 + random() * 60; at < 360; at += 20 + random() * 120) {
      const kind = choose(rollouts);
      const data =
        kind === 'apply'
          ? { ...first, config: { ...first.config, 'taskmanager.numberOfTaskSlots': choose(['1', '2', '3', '4']) } }
          : {};
      this.addRepeatable(kind, { clusterId, data: { ...this.makeData(kind), ...data } }, at);
    }
  }

  /** A session that stops in the evening, and starts its jobs again in the morning. */
  private addOfficeHours(clusterId: string): void {
    const { random, choose } = this;
    this.addRepeatable('deploy', { clusterId, data: { mode: 'session', ...this.makePolicy() } }, 0);
    this.addRepeatable('submit', { clusterId, data: this.makeData('submit') }, 1 + random() * 60);
    if (random() < 0.5) this.addRepeatable('submit', { clusterId, data: this.makeData('submit') }, 1 + random() * 60);
    const savepoint = choose(['best-effort', 'required']);
    const data = { savepoint, savepointDirectory: 's3://bucket/savepoints' };
    this.addRepeatable('stop', { clusterId, data }, 120 + random() * 60);
    const restore = { fromCluster: clusterId, latest: true, allowEmptyState: random() < 0.5 };
    const other = choose([clusterId, clusterId, 'two']);
    this.addRepeatable('deploy', { clusterId: other, data: { mode: 'session', restore } }, 200 + random() * 100);
  }

  private addCommand(at: number, clusterId = this.choose(['one', 'one', 'one', 'two'])): void {
    const kind: CommandKind =
      at < 1
        ? 'deploy'
        : this.choose([
            ...(['deploy', 'deploy', 'submit', 'stop', 'stop', 'cancel', 'savepoint', 'stop-job', 'extend'] as const),
            ...rollouts,
            ...rollouts,
          ]);
    this.addRepeatable(kind, { clusterId, data: { ...this.makeData(kind), ...this.makeAdmission(kind, at) } }, at);
  }

  /** A caller repeats a command that was not answered, and a queue sometimes delivers twice. */
  private addRepeatable(
    kind: CommandKind,
    sent: Pick<SentCommand, 'clusterId' | 'data'>,
    at: number,
    complete: Complete = completeFor(kind, sent.data),
  ): void {
    const name = `${kind} ${sent.clusterId}`;
    this.commands.set(name, (this.commands.get(name) ?? 0) + 1);
    const keyed = { ...sent, key: `key-${(this.keys += 1)}` };
    const once = completeOnce(complete);
    this.addSend(kind, keyed, { at, complete: once });
    if (this.random() < 0.3)
      this.addSend(kind, keyed, { at: at + this.choose([0, 0.01, 1, 30]) * this.random(), complete: once });
  }

  private addSend(kind: CommandKind, sent: SentCommand, { at, complete }: SendOptions): void {
    const origin = this.choose(['http', 'queue'] as const);
    const maxAttempts = this.choose([1, 3, 6]);
    this.steps.push({
      at,
      text: `${kind} ${sent.clusterId} by ${origin}, key ${sent.key} ${JSON.stringify(sent.data)}`,
      run: (world) => {
        const command = complete(sent, world, maxAttempts);
        if (command === undefined) return undefined;
        return origin === 'http' ? world.sendHttp(kind, command, maxAttempts) : world.sendMessage(kind, command);
      },
    });
  }

  /** A priority, and sometimes a dependency: on an earlier command, on a later one, or on one that never comes. */
  private makeAdmission(kind: CommandKind, at: number): Readonly<Record<string, unknown>> {
    if (kind !== 'deploy' && kind !== 'submit') return {};
    const priority = this.choose([0, 0, 0, 1, -1]);
    if (this.random() > 0.12) return { priority };
    const deadline = new Date(startOfTime + (at + 600) * 1_000).toISOString();
    return { priority, dependsOn: [`key-${1 + Math.floor(this.random() * (this.keys + 1))}`], deadline };
  }

  private makeData(kind: CommandKind): Readonly<Record<string, unknown>> {
    switch (kind) {
      case 'deploy':
        return this.makeDeploy();
      case 'submit':
        return { jar: 's3://bucket/uploads/local/1/a.jar' };
      case 'stop': {
        const savepoint = this.choose(['none', 'none', 'best-effort', 'required']);
        const directory = savepoint === 'none' ? {} : { savepointDirectory: 's3://bucket/savepoints' };
        return { savepoint, ha: this.choose(['keep', 'purge']), ...directory };
      }
      case 'apply':
        return { ...this.makeDeploy(), rollout: this.makeRollout() };
      case 'restart':
      case 'rollback':
        return this.makeRollout();
      case 'suspend':
        return {
          state: this.choose(['savepoint', 'last-state', 'none']),
          savepointDirectory: 's3://bucket/savepoints',
          ...this.makeFallback(),
        };
      case 'resume':
        return { stableWithin: '30s' };
      case 'savepoint':
      case 'stop-job':
        return { directory: 's3://bucket/savepoints' };
      case 'extend':
        return { ttl: this.choose(['60s', '4min']) };
      case 'cancel':
      default:
        return {};
    }
  }

  private makeRollout(): Readonly<Record<string, unknown>> {
    return {
      state: this.choose(['savepoint', 'savepoint', 'last-state', 'last-state', 'none']),
      savepointDirectory: 's3://bucket/savepoints',
      stableWithin: this.choose(['10s', '60s']),
      onFailure: this.choose(['rollback', 'rollback', 'keep']),
      ...this.makeFallback(),
    };
  }

  private makeFallback(): Readonly<Record<string, unknown>> {
    return this.random() < 0.3 ? { fallback: this.choose(['last-state', 'none']) } : {};
  }

  private makeDeploy() {
    const { random, choose } = this;
    const highAvailability = {
      'high-availability.type': 'kubernetes',
      'high-availability.storageDir': 's3://bucket/ha',
    };
    // Specs differ, so that an apply has something to change.
    const slots = { 'taskmanager.numberOfTaskSlots': choose(['1', '2', '3']) };
    const retention = { 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' };
    const checkpoints = {
      'execution.checkpointing.dir': 's3://bucket/checkpoints',
      ...(random() < 0.5 ? retention : {}),
    };
    const config = {
      ...adaptive,
      ...slots,
      ...(random() < 0.4 ? highAvailability : {}),
      ...(random() < 0.8 ? checkpoints : {}),
    };
    const onFailure = random() < 0.15 ? 'keep' : 'remove';
    const end = { savepoint: choose(['none', 'best-effort']), ha: choose(['keep', 'purge']), warnBefore: '60s' };
    const lifetime = random() < 0.3 ? { lifetime: { ...end, ttl: choose(['90s', '3min', '6min']) } } : {};
    const program =
      random() < 0.5 ? { mode: 'session' } : { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/a.jar' } };
    return { config, onFailure, ...program, ...lifetime, ...this.makePolicy() };
  }
}

/** A change that a person makes in Kubernetes. A schedule recognises it by the start of its text. */
const changeByHand = (roll: number, clusterId: string): Omit<Step, 'at'> => {
  if (roll < 0.06)
    return {
      text: `kubectl delete deployment ${clusterId}`,
      run: ({ kubernetes }) => kubernetes.deleteByHand(clusterId),
    };
  if (roll < 0.1)
    return {
      text: `kubectl create deployment ${clusterId}`,
      run: ({ kubernetes }) => kubernetes.createByHand(clusterId),
    };
  if (roll < 0.16)
    return {
      text: `the JobManager of ${clusterId} restarts`,
      run: ({ kubernetes }) => kubernetes.clusters.restartJobManager(clusterId),
    };
  return {
    text: `kubectl replace deployment ${clusterId}, just before it is deleted`,
    run: ({ kubernetes }) => kubernetes.replaceBeforeDeletion(clusterId),
  };
};

/** Runs each step at its time. */
export const play = (steps: readonly Step[], world: ModelWorld, simulation: Simulation): void => {
  for (const { at, run } of steps) simulation.after(at, () => void run(world));
};
