import type { CommandKind } from '#events/commands/index.ts';
import { dreyPrincipals } from '#events/principal.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Transition } from '#events/records/transitions.ts';
import { eventOf } from '#shared/aws/table/items.ts';
import { eventPrefix } from '#shared/aws/table/keys.ts';
import { openMetrics } from '#shared/aws/metrics.ts';
import { openTable } from '#shared/aws/table/table.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { renewRevisions } from '#shared/clusters/reconcile/renew-revisions.ts';
import { openClient } from '#shared/kubernetes/api/client.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { FakeInspection } from '#test/fakes/inspection.ts';
import { listTargetItems, plainTarget } from '#test/fakes/target-fixture.ts';
import { makeCommandMessage, type Outcome, sendHttp } from '#test/fakes/origins.ts';
import { ModelBus } from '#test/faults/models/bus.ts';
import { functionSeconds, type ModelContext } from '#test/faults/models/context.ts';
import { ModelKubernetes, type Watchers } from '#test/faults/models/kubernetes/kubernetes.ts';
import { jars, ModelKeptLogs, ModelPayloads, ModelRevisionSpecs, noSpecs } from '#test/faults/models/objects.ts';
import { ModelAdmissionQueue, ModelCommandQueue, openReconcileQueue } from '#test/faults/models/queues.ts';
import { ModelStream } from '#test/faults/models/stream.ts';
import { ModelTable } from '#test/faults/models/table.ts';
import { ModelTimers } from '#test/faults/models/timers.ts';
import { ModelWorkflows } from '#test/faults/models/workflows.ts';

import type { Protection } from './protections.ts';
import { makeRandom, type Process, type Simulation } from './simulation.ts';

/** A command with the fields that it has on every way into the system. */
export interface SentCommand {
  readonly clusterId: string;
  readonly jobId?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly key: string;
}

interface WorldOptions {
  readonly without: Protection | undefined;
  readonly watchers: Watchers;
  readonly onTransition: (transition: Transition) => void;
  /** Decides how pods and jobs fare, in place of the seed. */
  readonly fate?: () => number;
}

/** It keeps nothing, so that all worlds share it. */
const metrics = openMetrics('test', () => {});

const salts = { table: -1, kubernetes: -2, waits: -3, queue: -4 } as const;

/** The whole system: the code of Drey, over models of AWS and Kubernetes. */
export class ModelWorld {
  readonly kubernetes: ModelKubernetes;
  readonly table: ModelTable;
  readonly bus: ModelBus;
  readonly commandQueue: ModelCommandQueue;
  readonly workflows: ModelWorkflows;
  /** The limit of the target; undefined: no limit. */
  readonly maxClusters: number | undefined;
  private readonly admissionQueue: ModelAdmissionQueue;
  private readonly stream: ModelStream;
  private readonly timers: ModelTimers;
  private readonly payloads: ModelPayloads;
  readonly revisionSpecs: ModelRevisionSpecs;
  readonly keptLogs: ModelKeptLogs;
  protected readonly context: ModelContext;
  private ids = 0;

  constructor(simulation: Simulation, seed: number, { without, watchers, onTransition, fate }: WorldOptions) {
    const context: ModelContext = {
      simulation,
      random: makeRandom(seed, salts.waits),
      without,
      portsOf: (process) => this.portsOf(process),
    };
    this.context = context;
    this.bus = new ModelBus(context);
    this.admissionQueue = new ModelAdmissionQueue(context);
    this.commandQueue = new ModelCommandQueue(context);
    this.workflows = new ModelWorkflows(context);
    this.stream = new ModelStream(context);
    this.timers = new ModelTimers(context);
    this.payloads = new ModelPayloads(context);
    this.revisionSpecs = new ModelRevisionSpecs(context);
    this.keptLogs = new ModelKeptLogs(context);
    const kubernetesRandom = fate ?? makeRandom(seed, salts.kubernetes);
    this.kubernetes = new ModelKubernetes(simulation, kubernetesRandom, { without, watchers });
    this.table = new ModelTable(simulation, makeRandom(seed, salts.table), {
      without,
      onInsert: (item) => {
        if (!item.sk.startsWith(eventPrefix)) return;
        const { detail } = eventOf(item);
        if ('sequence' in detail) onTransition(detail);
        this.stream.add(item);
      },
    });
    this.maxClusters = seed % 2 === 0 ? 1 : undefined;
    const limits = this.maxClusters === undefined ? {} : { clusters: this.maxClusters };
    this.table.load(listTargetItems('local', { ...plainTarget, limits }));
  }

  /** No message, no event and no execution is on its way, but for those of operations that wait. */
  isQuiet(waiting: ReadonlySet<string>): boolean {
    return this.workflows.isQuietBut(waiting) && this.commandQueue.isQuiet && this.stream.isQuiet;
  }

  /** A caller of the HTTP API, who repeats what is retryable, up to so many attempts. */
  async sendHttp(kind: CommandKind, sent: SentCommand, maxAttempts: number): Promise<Outcome | undefined> {
    const { simulation, random } = this.context;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await simulation
        .invoke(`http ${kind} ${sent.clusterId}`, functionSeconds, (process) =>
          sendHttp(kind, sent, { ports: this.portsOf(process) } as Parameters<typeof sendHttp>[2]),
        )
        .catch(() => undefined);
      if (outcome !== undefined && outcome.outcome !== 'returned') return outcome;
      if (attempt === maxAttempts) return outcome;
      await simulation.wait(2 + random() * 20);
    }
  }

  sendMessage(kind: CommandKind, sent: SentCommand): void {
    this.commandQueue.enqueue(sent.clusterId, `${kind} ${sent.clusterId}`, makeCommandMessage(kind, sent));
  }

  async dispatchReconcileEachMinute(): Promise<void> {
    const { simulation, without } = this.context;
    if (without === 'resume of stalled operations') return;
    for (;;) {
      await simulation.wait(60);
      // A failure is dropped: the next minute dispatches again.
      await simulation
        .invoke('dispatch', functionSeconds, (process) => dispatchReconcile(this.portsOf(process)))
        .catch(() => undefined);
    }
  }

  /** Renews revisions as the hourly maintenance does, with another time than that of the simulation. */
  async renewRevisions(now: Date): Promise<void> {
    await this.context.simulation.invoke('maintenance', functionSeconds, (process) =>
      renewRevisions(this.portsOf(process, () => now)),
    );
  }

  protected portsOf(process: Process, now = () => new Date(this.context.simulation.now)): Ports {
    const { context } = this;
    const { simulation, random } = context;
    const db = this.table.clientOf(process);
    return {
      ...openTable({ table: 'table', db, now, account: '000000000000' }),
      kubernetes: (at) => this.kubernetesOf(at, process),
      inspection: () => new FakeInspection(), // No schedule checks a target.
      workflows: this.workflows.portOf(process),
      jars,
      bus: this.bus.portOf(process),
      reconcileQueue: openReconcileQueue(context, process),
      admissionQueue: this.admissionQueue.portOf(process),
      commandQueue: this.commandQueue.portOf(process),
      payloads: this.payloads.portOf(process),
      revisionSpecs: this.revisionSpecs.portOf(process, now),
      keptLogs: this.keptLogs.portOf(process),
      callbacks: { complete: async () => true },
      timers: this.timers.portOf(process),
      specs: noSpecs,
      resolver: { resolve: async () => [] },
      downloads: { findMissingStatus: async () => undefined }, // The jars of the workload are in the image.
      log: silentLog,
      metrics,
      now,
      newId: () => (this.ids += 1).toString(16).padStart(32, '0'),
      newToken: () => `token-${this.ids}`,
      sleep: async (ms: number) => simulation.wait(ms / 1000),
      random,
      signal: neverAborted,
      withSignal: () => this.portsOf(process),
      account: '000000000000',
      principal: dreyPrincipals.reconcile,
      withPrincipal: () => this.portsOf(process),
      withOperation: () => this.portsOf(process),
    };
  }

  private kubernetesOf(at: NamedTarget, process: Process): Kubernetes {
    const { simulation, random, without } = this.context;
    const access = this.kubernetes.accessOf(process);
    const exchange = this.kubernetes.exchangeOf(process);
    const sleep = async (ms: number) => simulation.wait(ms / 1000);
    const options = { access, signal: neverAborted, stage: 'test' };
    const client = openClient(at, { ...options, exchange, sleep, random });
    const real = openKubernetes(at, { ...options, client });
    if (without === 'operation annotation')
      return { ...real, apply: (manifests, _id) => real.apply(manifests, '0'.repeat(32)) };
    if (without === 'proof of removal')
      return {
        ...real,
        remove: async (cluster) => ({ ...(await real.remove(cluster)), owned: [], highAvailability: [] }),
      };
    return real;
  }
}

const neverAborted = new AbortController().signal;
const ignore = () => {};
const silentLog = { info: ignore, warn: ignore, error: ignore };
