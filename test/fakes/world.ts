import { randomUUID } from 'node:crypto';

import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';

import { type CommandKind, commands as definitions } from '#events/commands/index.ts';
import { subjectOf } from '#events/names.ts';
import type { TimerEvent, ScheduleTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { CommandFinished, Rejection, BusEvent } from '#events/transitions.ts';
import type {
  AdmissionQueue,
  Bus,
  Callbacks,
  CommandQueue,
  DeadLetter,
  QueuedMessage,
  ReconcileQueue,
} from '#shared/clusters/ports/messaging.ts';
import type { Jars, Payloads, Specs } from '#shared/clusters/ports/objects.ts';
import type { BatchItem } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Recurrence, Timers } from '#shared/clusters/ports/scheduling.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { Fault, type Problem } from '#events/problem.ts';
import { admitHandler } from '#functions/admit.ts';
import { batchHandler } from '#functions/batch.ts';
import { cancelHandler } from '#functions/cancel.ts';
import { deployHandler } from '#functions/deploy.ts';
import { extendHandler } from '#functions/extend.ts';
import { timerEventsHandler } from '#functions/timer-events.ts';
import { reconcileHandler } from '#functions/reconcile.ts';
import { commandQueueHandler } from '#functions/command-queue.ts';
import { savepointsHandler } from '#functions/savepoints.ts';
import { stopHandler } from '#functions/stop.ts';
import { submitHandler } from '#functions/submit.ts';

import { FakeKubernetes } from './kubernetes.ts';
import { FakeMachines } from './workflows.ts';
import { FakeStore, FakeTargets } from './store.ts';

class FakeJars implements Jars {
  readonly held = new Map<string, Uint8Array>();
  readonly renewed: string[] = [];

  async createUpload({
    target,
    name,
    bytes,
  }: {
    readonly target: string;
    readonly name: string;
    readonly bytes: number;
  }) {
    const jar = `s3://bucket/uploads/${target}/${randomUUID()}/${name}`;
    return { jar, url: `https://bucket/${name}`, headers: { 'content-length': String(bytes) }, expiresAt: new Date(0) };
  }

  async inspect(jar: string, target: string) {
    const content = this.held.get(jar);
    if (content === undefined || !jar.startsWith(`s3://bucket/uploads/${target}/`)) return undefined;
    return { bytes: content.byteLength, head: content.slice(0, 4) };
  }

  async renew(jar: string) {
    this.renewed.push(jar);
    return this.held.has(jar);
  }

  async open(jar: string) {
    const content = this.held.get(jar) ?? new Uint8Array();
    return {
      bytes: content.byteLength,
      stream: (async function* chunks() {
        yield content;
      })(),
    };
  }
}

class FakeBus implements Bus {
  readonly published: BusEvent[] = [];
  readonly rejected: { readonly rejection: Rejection; readonly message: string }[] = [];

  async publish(busEvent: readonly BusEvent[]) {
    this.published.push(...busEvent);
    return busEvent.length;
  }

  async reject(rejection: Rejection, message: string) {
    this.rejected.push({ rejection, message });
  }
}

/** Hands each look to the function behind the queue at once. */
class FakeLooks implements ReconcileQueue {
  readonly handed: ReconcileRequest[] = [];
  private readonly ports: () => Ports;

  constructor(ports: () => Ports) {
    this.ports = ports;
  }

  async send(look: ReconcileRequest) {
    this.handed.push(look);
    await throughLooks(look, this.ports());
  }
}

/** Targets whose line is to be looked at: {@link letIn} looks. */
class FakeAdmissions implements AdmissionQueue {
  readonly asked: string[] = [];

  async send(target: string) {
    this.asked.push(target);
  }
}

/** Messages wait until {@link letIn} hands them to the queue's function. */
class FakeCommands implements CommandQueue {
  readonly sent: { readonly group: string; readonly body: object }[] = [];
  readonly deadLetters: DeadLetter[] = [];

  async sendResume({ operationId, target, clusterId }: Pick<StoredOperation, 'operationId' | 'target' | 'clusterId'>) {
    this.send(target, clusterId, { id: operationId, operationid: operationId }, `carry-on/${operationId}`);
  }

  async sendBatchItems(target: string, batchItems: readonly Pick<BatchItem, 'batchId' | 'batchIndex' | 'clusterId'>[]) {
    for (const { batchId, batchIndex, clusterId } of batchItems)
      this.send(target, clusterId, { id: `${batchId}/${batchIndex}`, batchid: batchId, batchindex: batchIndex });
  }

  private send(target: string, clusterId: string, fields: object, group = subjectOf({ target, clusterId })) {
    const subject = subjectOf({ target, clusterId });
    const envelope = { specversion: '1.0', type: 'drey.command.deploy.v1', source: 'drey', subject };
    this.sent.push({ group, body: { ...envelope, ...fields } });
  }

  async discard(message: QueuedMessage, { code, detail }: Problem) {
    this.deadLetters.push({ ...message, problem: { code, detail }, receipt: message.id });
  }

  async listDeadLetters() {
    return [...this.deadLetters];
  }

  async redriveDeadLetters(again: (command: DeadLetter) => Promise<string | undefined>) {
    const commands: DeadLetter[] = [];
    for (const command of this.deadLetters.splice(0)) {
      const body = await again(command);
      if (body === undefined) {
        this.deadLetters.push(command);
        continue;
      }
      this.sent.push({ group: command.group, body: JSON.parse(body) as object });
      commands.push(command);
    }
    return { commands, more: false };
  }
}

class FakeDrafts implements Payloads {
  readonly kept = new Map<string, string>();
  readonly uploads = new Map<string, unknown>();

  async put(operationId: string, data: unknown) {
    this.kept.set(operationId, JSON.stringify(data));
  }

  async read(operationId: string) {
    const text = this.kept.get(operationId);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  async remove(operationId: string) {
    this.kept.delete(operationId);
  }

  async readUpload(dataref: string, target: string) {
    return dataref.startsWith(`s3://bucket/uploads/${target}/`) ? this.uploads.get(dataref) : undefined;
  }
}

/** What was set stays until a test lets its time come. */
class FakeTimers implements Timers {
  readonly waiting = new Map<string, { readonly at: Date; readonly timerEvent: TimerEvent }>();
  readonly repeating = new Map<string, Recurrence & { readonly timerEvent: ScheduleTimerEvent }>();

  async set(name: string, at: Date, timerEvent: TimerEvent) {
    if (!this.waiting.has(name)) this.waiting.set(name, { at, timerEvent });
  }

  async cancel(name: string) {
    this.waiting.delete(name);
    this.repeating.delete(name);
  }

  async repeat(name: string, recurrence: Recurrence, timerEvent: ScheduleTimerEvent) {
    if (recurrence.expression.includes('99'))
      throw new Fault('malformed-request', 'not taken', { errors: [{ pointer: '', detail: 'not taken' }] });
    this.repeating.set(name, { ...recurrence, timerEvent });
  }
}

class FakeSpecs implements Specs {
  readonly stored = new Map<string, string>();

  async list(target: string) {
    return [...this.stored.keys()]
      .filter((key) => key.startsWith(`${target}/`))
      .map((key) => ({ name: key.slice(target.length + 1), target, updatedAt: '2026-11-23T12:00:00.000Z' }));
  }

  async read(target: string, name: string) {
    const text = this.stored.get(`${target}/${name}`);
    return text === undefined
      ? undefined
      : { data: JSON.parse(text) as unknown, updatedAt: '2026-11-23T12:00:00.000Z' };
  }

  async put(target: string, name: string, data: unknown) {
    this.stored.set(`${target}/${name}`, JSON.stringify(data));
  }

  async remove(target: string, name: string) {
    this.stored.delete(`${target}/${name}`);
  }
}

class FakeCallbacks implements Callbacks {
  readonly answered: { readonly taskToken: string; readonly told: CommandFinished | Rejection }[] = [];

  async complete(taskToken: string, told: CommandFinished | Rejection) {
    this.answered.push({ taskToken, told });
    return true;
  }
}

/** Looks at every line that was asked for, and hands on what is sent, until all is quiet. */
export const letIn = async ({ ports, admissionQueue, commandQueue }: World): Promise<void> => {
  while (admissionQueue.asked.length + commandQueue.sent.length > 0) {
    const targets = new Set(admissionQueue.asked.splice(0));
    if (targets.size > 0) await throughAdmissions([...targets], ports);
    for (const { group, body } of commandQueue.sent.splice(0)) await throughBatch([sqsRecord(body, group)], ports);
  }
};

/** Targets whose line is asked for, as the queue hands them to its function; answers those that go back to the queue. */
export const throughAdmissions = async (targets: readonly string[], ports: Ports): Promise<readonly string[]> => {
  const handler = admitHandler(ports) as unknown as (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  const Records = targets.map((target) => sqsRecord({ target }));
  const { batchItemFailures } = await handler({ Records }, context());
  return targets.filter((_, index) =>
    batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === Records[index]?.messageId),
  );
};

/** A look as the queue hands it to its function. */
export const throughLooks = async (look: ReconcileRequest, ports: Ports): Promise<void> => {
  const handler = reconcileHandler(ports) as unknown as (event: SQSEvent, context: Context) => Promise<void>;
  await handler({ Records: [sqsRecord(look)] }, context());
};

/** A firing as the queue hands it to its function. */
export const throughFirings = async (timerEvent: TimerEvent, ports: Ports, received = 1): Promise<void> => {
  const handler = timerEventsHandler(ports) as unknown as (event: SQSEvent, context: Context) => Promise<void>;
  await handler({ Records: [sqsRecord(timerEvent, 'group', received)] }, context());
};

/** A jar's first bytes, and little more. */
export const jarBytes = new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1, 2, 3]);

/** Everything that the use cases need, in memory, with one target `local`, at noon. */
export const makeWorld = () => {
  let time = Date.parse('2026-11-23T12:00:00Z');
  let ids = 0;
  const store = new FakeStore();
  const targets = new FakeTargets();
  const kubernetes = new FakeKubernetes();
  const jars = new FakeJars();
  const bus = new FakeBus();
  const pass = (seconds: number) => {
    time += seconds * 1000;
  };
  const workflows = new FakeMachines(pass);
  targets.known.set('local', {
    cluster: 'eks',
    region: 'eu-central-1',
    namespace: 'flink',
    defaults: { 'kubernetes.service-account': 'flink' },
    locked: ['kubernetes.entry.path'],
    limits: {},
    shares: {},
    maxQueued: 100,
    maxJarBytes: 1_000,
  });
  const silent = () => {};
  const reconcileQueue = new FakeLooks(() => ports);
  const admissionQueue = new FakeAdmissions();
  const commandQueue = new FakeCommands();
  const payloads = new FakeDrafts();
  const callbacks = new FakeCallbacks();
  const timers = new FakeTimers();
  const specs = new FakeSpecs();
  const ports: Ports = {
    store,
    targets,
    kubernetes: () => kubernetes,
    workflows,
    jars,
    bus,
    reconcileQueue,
    admissionQueue,
    commandQueue,
    payloads,
    callbacks,
    timers,
    specs,
    log: { info: silent, warn: silent, error: silent },
    now: () => new Date(time),
    newId: () => (ids += 1).toString(16).padStart(32, '0'),
    sleep: async (ms) => pass(ms / 1000),
    random: () => 0,
    signal: new AbortController().signal,
    withSignal: () => ports,
  };
  const queues = { reconcileQueue, admissionQueue, commandQueue, payloads, callbacks, timers, specs };
  return {
    ports,
    store,
    targets,
    kubernetes,
    jars,
    bus,
    ...queues,
    workflows,
    pass,
    signal: new AbortController().signal,
  };
};
export type World = ReturnType<typeof makeWorld>;

interface Sent {
  readonly clusterId?: string;
  readonly jobId?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly key?: string;
  readonly target?: string;
}

/** How a command through a door ended. */
export interface Outcome {
  readonly outcome: 'done' | 'rejected' | 'returned';
  readonly code?: string | undefined;
  readonly pointers: readonly string[];
  readonly detail?: string | undefined;
}

export type Send = (kind: CommandKind, sent: Sent, world: World) => Promise<Outcome>;

const context = (): Context => {
  const silent = () => {};
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: 'test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 29_000,
    done: silent,
    fail: silent,
    succeed: silent,
  };
};

/** A request of the HTTP API, as API Gateway hands it to a function. */
export const httpEvent = (
  route: string,
  parameters: Readonly<Record<string, string>>,
  {
    body,
    headers = {},
    query = {},
  }: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
  } = {},
): APIGatewayProxyEventV2 => {
  const [method = '', path = ''] = route.split(' ');
  const rawPath = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => parameters[name] ?? '');
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  return {
    version: '2.0',
    routeKey: route,
    rawPath,
    rawQueryString: '',
    headers,
    pathParameters: parameters,
    queryStringParameters: query,
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: '',
      domainPrefix: '',
      http,
      requestId: '',
      routeKey: route,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
  };
};

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;
/** The answer of a handler, with its body parsed. */
export const answerOf = async (handler: unknown, event: APIGatewayProxyEventV2) => {
  const {
    statusCode = 0,
    headers = {},
    body = '{}',
  } = (await (handler as HttpHandler)(event, context())) as APIGatewayProxyStructuredResultV2;
  return { status: statusCode, headers, body: JSON.parse(body) as Record<string, unknown> };
};

const handlers = {
  deploy: deployHandler,
  submit: submitHandler,
  cancel: cancelHandler,
  stop: stopHandler,
  extend: extendHandler,
  batch: batchHandler,
  savepoint: savepointsHandler,
  checkpoint: savepointsHandler,
  'stop-job': savepointsHandler,
  'dispose-savepoint': savepointsHandler,
} as const;

const throughHttp: Send = async (kind, { target = 'local', clusterId, jobId, data = {}, key }, { ports }) => {
  const parameters = {
    target,
    ...(clusterId === undefined || kind === 'deploy' ? {} : { clusterId }),
    ...(jobId === undefined ? {} : { jobId }),
  };
  const body = kind === 'deploy' && clusterId !== undefined ? { ...data, clusterId } : data;
  const event = httpEvent(definitions[kind].route, parameters, {
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
  const answer = await answerOf(handlers[kind](ports), event);
  if (answer.status < 300) return { outcome: 'done', pointers: [] };
  const problem = answer.body as { code: string; retryable: boolean; detail: string; errors?: { pointer: string }[] };
  return {
    outcome: problem.retryable ? 'returned' : 'rejected',
    code: problem.code,
    detail: problem.detail,
    pointers: (problem.errors ?? []).map(({ pointer }) => pointer),
  };
};

export const sqsRecord = (body: unknown, group = 'group', received = 1): SQSRecord => ({
  messageId: randomUUID(),
  receiptHandle: '',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: String(received),
    SentTimestamp: '1795521600000',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
    MessageGroupId: group,
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:commands.fifo',
  awsRegion: 'eu-central-1',
});

export const commandMessage = (kind: string, { target = 'local', clusterId, jobId, data = {}, key }: Sent) => ({
  specversion: '1.0',
  id: key ?? randomUUID(),
  type: `drey.command.${kind}.v1`,
  source: 'test',
  subject: clusterId === undefined ? `targets/${target}` : `targets/${target}/clusters/${clusterId}`,
  data: jobId === undefined ? data : { ...data, jobId },
});

/** Hands records to the queue's function; answers the ids that go back to the queue. */
export const throughBatch = async (records: readonly SQSRecord[], ports: Ports): Promise<readonly string[]> => {
  const handler = commandQueueHandler(ports) as unknown as (
    event: SQSEvent,
    context: Context,
  ) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;
  const { batchItemFailures } = await handler({ Records: [...records] }, context());
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};

const throughQueue: Send = async (kind, sent, { ports, bus }) => {
  const record = sqsRecord(commandMessage(kind, sent));
  const returned = await throughBatch([record], ports);
  if (returned.length > 0) return { outcome: 'returned', pointers: [] };
  const rejection = bus.rejected.find(({ rejection: { id } }) => id === record.messageId)?.rejection;
  if (rejection === undefined) return { outcome: 'done', pointers: [] };
  const { code, detail, errors = [] } = rejection.problem;
  return { outcome: 'rejected', code, detail, pointers: errors.map(({ pointer }) => pointer) };
};

/** Each way in. What is true of a command is true through all of them; schedules send to the queue. */
export const doors: readonly (readonly [name: string, send: Send])[] = [
  ['http', throughHttp],
  ['queue', throughQueue],
];
