import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import type { CommandKind } from '#events/commands/index.ts';
import type { Target } from '#events/target.ts';
import type { BusEvent, CommandFinished, LifetimeWarning, Rejection, Transition } from '#events/transitions.ts';
import { publishHandler } from '#functions/publish.ts';
import { eventPrefix } from '#shared/aws/table/keys.ts';
import { openTable } from '#shared/aws/table/table.ts';
import type { OutboxEvent } from '#shared/clusters/model/outbox.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { AdmissionQueue, Bus, CommandQueue, ReconcileQueue } from '#shared/clusters/ports/messaging.ts';
import type { Jars, Payloads, Specs } from '#shared/clusters/ports/objects.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Timers } from '#shared/clusters/ports/scheduling.ts';
import type { WorkflowName } from '#shared/clusters/ports/workflows.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { openClient } from '#shared/kubernetes/api/client.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { deliverAdmissions, deliverCommands, deliverReconcile, deliverTimerEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage, origins, type Outcome } from '#test/fakes/origins.ts';
import { execute } from '#test/fakes/state-machine.ts';
import { getStep } from '#test/fakes/workflows.ts';

import { ModelKubernetes, type Watchers } from './kubernetes.ts';
import type { Protection } from './protections.ts';
import { type Process, randomOf, type Simulation } from './simulation.ts';
import { ModelTable } from './table.ts';

/** What a command carries, whichever door it takes. */
export interface Sent {
  readonly clusterId: string;
  readonly jobId?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly key: string;
}

interface Message {
  readonly what: string;
  readonly body: unknown;
  received: number;
}

/** One item of the table's stream. */
interface Streamed {
  readonly sk: string;
  readonly value: unknown;
  readonly sequence: number;
}

const target: Target = {
  cluster: 'eks',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  locked: [],
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000,
};
/** As the rule in the template has it. */
const frees = ({ type }: Pick<BusEvent, 'type'>) => type === 'Flink Command Finished';

const functionSeconds = 29;
const lookSeconds = 55;
const visibilitySeconds = 180;
const maxReceives = 5;

const salts = { table: -1, kubernetes: -2, waits: -3, queue: -4 } as const;

/** The whole system on models: our own code, and around it AWS and Kubernetes as they answer. */
export class ModelWorld {
  readonly kubernetes: ModelKubernetes;
  readonly table: ModelTable;
  readonly bus: Transition[] = [];
  readonly finished: CommandFinished[] = [];
  /** How many clusters the target takes; undefined: as many as come. */
  readonly mostClusters: number | undefined;
  readonly rejected: Rejection[] = [];
  readonly dead: unknown[] = [];
  /** The names of the schedules that there are. */
  private readonly timers = new Set<string>();
  readonly warnings: LifetimeWarning[] = [];
  private readonly payloads = new Map<string, string>();
  readonly failedExecutions: string[] = [];
  private readonly groups = new Map<string, Message[]>();
  private readonly executions = new Map<string, 'running' | 'over'>();
  private readonly unpublished = new Map<string, Streamed[]>();
  private streamed = 0;
  private ids = 0;
  private readonly simulation: Simulation;
  private readonly without: Protection | undefined;
  private readonly random: () => number;

  constructor(
    simulation: Simulation,
    seed: number,
    {
      without,
      watchers,
      onTransition,
    }: {
      without: Protection | undefined;
      watchers: Watchers;
      onTransition: (transition: Transition) => void;
    },
  ) {
    this.simulation = simulation;
    this.without = without;
    this.random = randomOf(seed, salts.waits);
    this.kubernetes = new ModelKubernetes(simulation, randomOf(seed, salts.kubernetes), { without, watchers });
    this.table = new ModelTable(simulation, randomOf(seed, salts.table), {
      without,
      onInsert: ({ pk, sk, value }) => {
        if (!sk.startsWith(eventPrefix)) return;
        const { detail } = value as OutboxEvent;
        if ('sequence' in detail) onTransition(detail);
        this.stream(pk, sk, value);
      },
    });
    this.mostClusters = seed % 2 === 0 ? 1 : undefined;
    const limited = { ...target, limits: this.mostClusters === undefined ? {} : { clusters: this.mostClusters } };
    this.table.items.set('targets|target#local', { pk: 'targets', sk: 'target#local', value: limited });
  }

  /** Nothing is on its way: no message, no execution, no transition. */
  get isQuiet(): boolean {
    const executing = [...this.executions.values()].includes('running');
    const waiting = [...this.groups.values(), ...this.unpublished.values()].some((list) => list.length > 0);
    return !executing && !waiting;
  }

  /** A caller of the HTTP API, who repeats what may be repeated, and gives up after a while. */
  async throughHttp(kind: CommandKind, sent: Sent, patience: number): Promise<Outcome | undefined> {
    const [, send] = origins[0]!;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.simulation
        .invoke(`http ${kind} ${sent.clusterId}`, functionSeconds, (process) =>
          send(kind, sent, { ports: this.portsOf(process) } as Parameters<typeof send>[2]),
        )
        .catch(() => undefined);
      if (outcome !== undefined && outcome.outcome !== 'returned') return outcome;
      if (attempt === patience) return outcome;
      await this.simulation.wait(2 + this.random() * 20);
    }
  }

  throughQueue(kind: CommandKind, sent: Sent): void {
    this.enqueue(sent.clusterId, `${kind} ${sent.clusterId}`, makeCommandMessage(kind, sent));
  }

  private enqueue(clusterId: string, what: string, body: unknown): void {
    const group = this.groups.get(clusterId) ?? [];
    this.groups.set(clusterId, group);
    group.push({ what, body, received: 0 });
    if (group.length === 1) void this.deliver(clusterId);
  }

  async observeEachMinute(): Promise<void> {
    if (this.without === 'resume of stalled operations') return;
    for (;;) {
      await this.simulation.wait(60);
      // What it does not manage it says to nobody: the next minute tries again.
      await this.simulation
        .invoke('observe', functionSeconds, (process) => dispatchReconcile(this.portsOf(process)))
        .catch(() => undefined);
    }
  }

  /** One message of the group after the other; one that fails is seen again when it was hidden for long enough. */
  private async deliver(clusterId: string): Promise<void> {
    const group = this.groups.get(clusterId) ?? [];
    for (let [message] = group; message !== undefined; [message] = group) {
      message.received += 1;
      const { what, body, received } = message;
      const returned = await this.simulation
        .invoke(`queue ${what}`, functionSeconds, (process) =>
          deliverCommands([makeSqsRecord(body, clusterId, received)], this.portsOf(process)),
        )
        .catch(() => ['died']);
      if (returned.length > 0) {
        await this.simulation.wait(visibilitySeconds);
        if (message.received < maxReceives) continue;
        this.dead.push(body);
      }
      group.shift();
    }
  }

  /** The stream of one partition; a batch begins again where it stopped. */
  private stream(pk: string, sk: string, value: unknown): void {
    const waiting = this.unpublished.get(pk) ?? [];
    this.unpublished.set(pk, waiting);
    waiting.push({ sk, value, sequence: (this.streamed += 1) });
    if (waiting.length === 1) this.simulation.after(0.5, () => void this.publish(pk, waiting));
  }

  private async publish(pk: string, waiting: Streamed[]): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, 100);
      const event = {
        Records: batch.map(({ sk, value, sequence }) => ({
          eventName: 'INSERT',
          dynamodb: {
            SequenceNumber: String(sequence),
            Keys: { pk: { S: pk }, sk: { S: sk } },
            NewImage: marshall({ value }, { removeUndefinedValues: true }),
          },
        })),
      } as unknown as DynamoDBStreamEvent;
      const failed = await this.simulation
        .invoke('publish', functionSeconds, async (process) => {
          const handler = publishHandler(this.portsOf(process)) as unknown as (
            event: DynamoDBStreamEvent,
            context: Context,
          ) => Promise<DynamoDBBatchResponse>;
          const { batchItemFailures } = await handler(event, {} as Context);
          return batchItemFailures[0]?.itemIdentifier;
        })
        .catch(() => String(batch[0]?.sequence));
      const taken = batch.findIndex(({ sequence }) => String(sequence) === failed);
      waiting.splice(0, taken === -1 || this.without === 'order of the stream' ? batch.length : taken);
      if (taken !== -1) await this.simulation.wait(1);
    }
  }

  private portsOf(process: Process): Ports {
    const { simulation, without } = this;
    const { store, targets } = openTable({
      table: 'table',
      db: this.table.clientOf(process),
      now: () => new Date(simulation.now),
    });
    const sleep = async (ms: number) => simulation.wait(ms / 1000);
    return {
      store,
      targets,
      kubernetes: (at) => {
        const access = this.kubernetes.accessOf(process);
        const exchange = this.kubernetes.exchangeOf(process);
        const options = { access, signal: neverAborted };
        const client = openClient(at, { ...options, exchange, sleep, random: this.random });
        const real = openKubernetes(at, { ...options, client });
        if (without === 'operation annotation')
          return { ...real, apply: (manifests, _id) => real.apply(manifests, '0'.repeat(32)) };
        if (without === 'proof of removal')
          return { ...real, listRemaining: async () => ({ owned: [], highAvailability: [] }) };
        return real;
      },
      workflows: {
        start: (machine, operationId) =>
          simulation.call(process, {
            what: `start ${machine} ${operationId.slice(-4)}`,
            apply: () => this.start(machine, operationId),
            failures: [noAnswer(false), noAnswer(true)],
          }),
      },
      jars,
      bus: this.busOf(process),
      reconcileQueue: this.looksOf(process),
      admissionQueue: this.admissionsOf(process),
      commandQueue: this.commandsOf(process),
      payloads: this.draftsOf(process),
      callbacks: { complete: async () => true },
      timers: this.timersOf(process),
      specs: noSpecs,
      log: silent,
      now: () => new Date(simulation.now),
      newId: () => (this.ids += 1).toString(16).padStart(32, '0'),
      sleep,
      random: this.random,
      signal: neverAborted,
      withSignal: () => this.portsOf(process),
    };
  }

  /** EventBridge Scheduler, and the queue behind it: a firing may come late, twice, or not at all. */
  private timersOf(process: Process): Timers {
    const { simulation, random } = this;
    const deliver = async (timerEvent: TimerEvent) => {
      for (let received = 1; received <= maxReceives; received += 1) {
        const isTaken = await simulation
          .invoke(`fire ${timerEvent.kind}`, lookSeconds, (taken) => deliverTimerEvent(timerEvent, this.portsOf(taken)))
          .then(() => true)
          .catch(() => false);
        if (isTaken) return;
        await simulation.wait(visibilitySeconds);
      }
    };
    return {
      set: (name, at, timerEvent) =>
        simulation.call(process, {
          what: `set ${name}`,
          apply: () => {
            if (this.timers.has(name)) return;
            this.timers.add(name);
            const seconds = (at.getTime() - simulation.now) / 1000;
            const times = simulation.stormy ? Math.floor(random() * 3) : 1;
            for (let time = 0; time < times; time += 1)
              simulation.after(seconds + random() * 90, () => {
                if (this.timers.has(name)) void deliver(timerEvent);
              });
          },
          failures: [noAnswer(true), noAnswer(false)],
        }),
      repeat: async () => undefined,
      cancel: (name) =>
        simulation.call(process, {
          what: `cancel ${name}`,
          apply: () => void this.timers.delete(name),
          failures: [noAnswer(true), noAnswer(false)],
        }),
    };
  }

  /** A queue without order, which now and then delivers twice; what fails is gone by the time it would be seen again. */
  private looksOf(process: Process): ReconcileQueue {
    const deliver = (look: ReconcileRequest) =>
      void this.simulation
        .invoke(`look ${look.clusters?.length ?? 'at all'}`, lookSeconds, (taken) =>
          deliverReconcile(look, this.portsOf(taken)),
        )
        .catch(() => undefined);
    return {
      send: (look) =>
        this.simulation.call(process, {
          what: 'hand a look on',
          apply: () => {
            this.simulation.after(this.random(), () => deliver(look));
            if (this.random() < 0.05) this.simulation.after(this.random() * 20, () => deliver(look));
          },
          failures: [noAnswer(true), noAnswer(false)],
        }),
    };
  }

  /** What fails is not asked for again: the next minute asks. */
  private askFor(name: string): void {
    this.simulation.after(
      this.random(),
      () =>
        void this.simulation
          .invoke('admit', functionSeconds, (taken) => deliverAdmissions([name], this.portsOf(taken)))
          .catch(() => undefined),
    );
  }

  private admissionsOf(process: Process): AdmissionQueue {
    return {
      send: (name) =>
        this.simulation.call(process, {
          what: 'ask for the line',
          apply: () => this.askFor(name),
          failures: [noAnswer(true), noAnswer(false)],
        }),
    };
  }

  private commandsOf(process: Process): CommandQueue {
    return {
      sendResume: (operation) =>
        this.simulation.call(process, {
          what: `send ${operation.operationId.slice(-4)} to be carried on`,
          apply: () => {
            const { operationId, clusterId } = operation;
            const message = {
              ...makeCommandMessage('deploy', { clusterId, key: operationId }),
              operationid: operationId,
            };
            this.enqueue(`resume/${operationId}`, `carry on ${operationId.slice(-4)}`, message);
          },
          failures: [noAnswer(true), noAnswer(false)],
        }),
      sendBatchItems: async () => undefined,
      discard: ({ body }) =>
        this.simulation.call(process, {
          what: 'give up',
          apply: () => {
            this.dead.push(body);
          },
          failures: [noAnswer(true), noAnswer(false)],
        }),
      listDeadLetters: async () => [],
      redriveDeadLetters: async () => ({ commands: [], more: false }),
    };
  }

  private draftsOf(process: Process): Payloads {
    const call = <T>(what: string, apply: () => T) =>
      this.simulation.call<T>(process, { what, apply, failures: [noAnswer(true), noAnswer(false)] });
    return {
      put: (id, data) => call('keep the draft', () => void this.payloads.set(id, JSON.stringify(data))),
      read: (id) => call('read the draft', () => JSON.parse(this.payloads.get(id) ?? 'null') ?? undefined),
      remove: (id) => call('remove the draft', () => void this.payloads.delete(id)),
      readUpload: async () => undefined,
    };
  }

  /** The bus, with its rule for what frees a place. */
  private take(busEvent: readonly BusEvent[]): void {
    for (const { type, detail } of busEvent) {
      if (type === 'Flink Command Finished') this.finished.push(detail);
      if (type === 'Flink Lifetime Warning') this.warnings.push(detail);
      if ('sequence' in detail) this.bus.push(detail);
      if ('target' in detail && frees({ type })) this.askFor(detail.target);
    }
  }

  private busOf(process: Process): Bus {
    return {
      publish: (transitions) => {
        const some = Math.floor(this.random() * transitions.length);
        return this.simulation.call(process, {
          what: `publish ${transitions.length}`,
          apply: () => {
            this.take(transitions);
            return transitions.length;
          },
          failures: [
            {
              name: `the bus takes only ${some}`,
              applied: false,
              seconds: 0.1,
              answer: () => {
                this.take(transitions.slice(0, some));
                return some;
              },
            },
            noAnswer(true),
            noAnswer(false),
          ],
        });
      },
      reject: (rejection) =>
        this.simulation.call(process, {
          what: 'reject',
          apply: () => {
            this.rejected.push(rejection);
          },
          failures: [noAnswer(true), noAnswer(false)],
        }),
    };
  }

  private start(machine: WorkflowName, operationId: string): void {
    const name = `${machine} ${operationId}`;
    if (this.executions.has(name)) return; // The name is taken, for 90 days.
    this.executions.set(name, 'running');
    execute(machine, operationId, {
      task: (step, carried) =>
        this.simulation.invoke(
          `${machine}.${step} ${operationId.slice(-4)}`,
          machine === 'submission' ? 900 : 60,
          (process) => getStep(machine, step)(carried, this.portsOf(process)),
        ),
      wait: (seconds) => this.simulation.wait(seconds * (0.3 + 0.7 * this.random())),
    })
      .catch((error: unknown) => this.failedExecutions.push(`${name}: ${String(error)}`))
      .finally(() => this.executions.set(name, 'over'));
  }
}

const neverAborted = new AbortController().signal;
const nothing = () => {};
const silent = { info: nothing, warn: nothing, error: nothing };

const noSpecs: Specs = {
  list: async () => [],
  read: async () => undefined,
  put: async () => undefined,
  remove: async () => undefined,
};

const jars: Jars = {
  createUpload: async () => {
    throw new Error('nothing is uploaded');
  },
  renew: async () => true,
  inspect: async () => ({ bytes: jarBytes.byteLength, head: jarBytes.slice(0, 4) }),
  open: async () => ({
    bytes: jarBytes.byteLength,
    stream: (async function* chunks() {
      yield jarBytes;
    })(),
  }),
};

const noAnswer = (applied: boolean) => ({
  name: applied ? 'it is done, and no answer comes' : 'no answer',
  applied,
  seconds: 3,
  answer: (): never => {
    throw Object.assign(new Error('the connection was closed'), { name: 'TimeoutError' });
  },
});
