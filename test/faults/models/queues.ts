import type { OwnFields } from '#events/message.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type {
  AdmissionQueue,
  AdmissionRequestOptions,
  CommandQueue,
  ReconcileQueue,
} from '#shared/clusters/ports/messaging.ts';
import { maxReceives } from '#shared/retries.ts';
import { deliverAdmissions, deliverCommands, deliverReconcile, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import type { Process } from '#test/faults/simulation.ts';

import {
  admissionSeconds,
  functionSeconds,
  type ModelContext,
  noAnswers,
  reconcileSeconds,
  visibilitySeconds,
} from './context.ts';

/** As the template has them. */
const maxAdmissionBatch = 10;
const admissionVisibilitySeconds = 6 * admissionSeconds;
const admissionRetentionSeconds = 300;

interface Message {
  readonly what: string;
  readonly body: unknown;
  /** What Drey says about its own message. */
  readonly own: OwnFields | undefined;
  received: number;
}

const toAttributes = (own: OwnFields | undefined): Readonly<Record<string, string>> =>
  own === undefined ? {} : { own: JSON.stringify(own) };

/** The FIFO queue of commands, with its dead-letter queue. */
export class ModelCommandQueue {
  readonly deadLetters: unknown[] = [];
  private readonly groups = new Map<string, Message[]>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  get isQuiet(): boolean {
    return [...this.groups.values()].every((group) => group.length === 0);
  }

  enqueue(groupId: string, what: string, body: unknown, own?: OwnFields): void {
    const group = this.groups.get(groupId) ?? [];
    this.groups.set(groupId, group);
    group.push({ what, body, own, received: 0 });
    if (group.length === 1) void this.deliver(groupId);
  }

  portOf(process: Process): CommandQueue {
    const { simulation } = this.context;
    return {
      sendResume: ({ operationId, clusterId, messageToken: token = '' }) =>
        simulation.call(process, {
          service: 'SQS',
          what: `send ${operationId.slice(-4)} to be resumed`,
          apply: () => {
            const body = makeCommandMessage('deploy', { clusterId, key: operationId });
            this.enqueue(`resume/${operationId}`, `resume ${operationId.slice(-4)}`, body, { token, operationId });
          },
          failures: noAnswers,
        }),
      sendBatchItems: async () => undefined,
      discard: ({ body }) =>
        simulation.call(process, {
          service: 'SQS',
          what: 'discard',
          apply: () => void this.deadLetters.push(body),
          failures: noAnswers,
        }),
      listDeadLetters: async () => ({ commands: [], more: false }),
      redriveDeadLetters: async () => ({ commands: [], more: false }),
    };
  }

  /** Delivers the messages of a group one after the other. A message that fails is delivered again after its visibility timeout. */
  private async deliver(groupId: string): Promise<void> {
    const { simulation, portsOf } = this.context;
    const group = this.groups.get(groupId) ?? [];
    for (let [message] = group; message !== undefined; [message] = group) {
      message.received += 1;
      const { what, body, own, received } = message;
      const returned = await simulation
        .invoke(`queue ${what}`, functionSeconds, (process) =>
          deliverCommands(
            [makeSqsRecord(body, groupId, received, { senderId: 'AIDABOB', attributes: toAttributes(own) })],
            portsOf(process),
          ),
        )
        .catch(() => ['died']);
      if (returned.length > 0) {
        await simulation.wait(visibilitySeconds);
        if (message.received < maxReceives) continue;
        this.deadLetters.push(body);
      }
      group.shift();
    }
  }
}

/** A queue without order, which sometimes delivers twice. A failed message is dropped: the next minute sends another. */
export const openReconcileQueue = ({ simulation, random, portsOf }: ModelContext, process: Process): ReconcileQueue => {
  const deliver = (request: ReconcileRequest) =>
    void simulation
      .invoke(`reconcile ${request.clusters?.length ?? 'all'}`, reconcileSeconds, (receiver) =>
        deliverReconcile(request, portsOf(receiver)),
      )
      .catch(() => undefined);
  const send = (request: ReconcileRequest, delaySeconds: number) =>
    simulation.call(process, {
      service: 'SQS',
      what: 'send a reconcile request',
      apply: () => {
        simulation.after(delaySeconds + random(), () => deliver(request));
        if (random() < 0.05) simulation.after(delaySeconds + random() * 20, () => deliver(request));
      },
      failures: noAnswers,
    });
  return {
    send: (request) => send(request, 0),
    follow: (request, delaySeconds) => send(request, delaySeconds),
  };
};

interface Request extends AdmissionRequestOptions {
  readonly sentAt: number;
}

/**
 * The FIFO queue of requests for admission passes, with one message group per target. Requests are sometimes delivered
 * twice, and block their group when their function dies.
 */
export class ModelAdmissionQueue {
  private readonly groups = new Map<string, Request[]>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  portOf(process: Process): AdmissionQueue {
    return {
      send: (target, options = {}) =>
        this.context.simulation.call(process, {
          service: 'SQS',
          what: 'request an admission pass',
          apply: () => this.enqueue(target, options),
          failures: noAnswers,
        }),
    };
  }

  private enqueue(target: string, options: AdmissionRequestOptions): void {
    const group = this.groups.get(target) ?? [];
    this.groups.set(target, group);
    group.push({ ...options, sentAt: this.context.simulation.seconds });
    if (group.length === 1) void this.deliver(target, group);
  }

  private async deliver(target: string, group: Request[]): Promise<void> {
    const { simulation, random } = this.context;
    while (group.length > 0) {
      const batch = group.slice(0, maxAdmissionBatch);
      const isDelivered = await this.invoke(target, batch);
      // A message that SQS does not delete in time is delivered again, together with later ones.
      const isDeleted = isDelivered && random() >= 0.02;
      if (isDeleted) group.splice(0, batch.length);
      else {
        await simulation.wait(admissionVisibilitySeconds);
        const expired = group.findIndex(({ sentAt }) => simulation.seconds - sentAt < admissionRetentionSeconds);
        group.splice(0, expired === -1 ? group.length : expired);
      }
    }
  }

  /** Sometimes a slow function still runs when its messages are delivered again. */
  private async invoke(target: string, batch: readonly Request[]): Promise<boolean> {
    const { simulation, random, portsOf } = this.context;
    const requests = batch.map(({ onlyReady }) => ({ target, onlyReady }));
    const run = () =>
      simulation
        .invoke('admit', admissionSeconds, (process) => deliverAdmissions(requests, portsOf(process)))
        .then(() => true)
        .catch(() => false);
    if (simulation.stormy && random() < 0.6) void simulation.wait(random() / 2).then(run);
    return run();
  }
}
