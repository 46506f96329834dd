import { randomUUID } from 'node:crypto';

import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';

import { admitHandler } from '#functions/admit.ts';
import { commandQueueHandler } from '#functions/command-queue.ts';
import { reconcileHandler } from '#functions/reconcile.ts';
import { timerEventsHandler } from '#functions/timer-events.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import type { SentMessage } from './command-queue.ts';

/** Who sends the requests and messages of tests, as API Gateway and SQS report it. */
export const userArn = 'arn:aws:sts::000000000000:assumed-role/etl/ada';
export const senderId = 'AIDABOB';

/** Delivers requests for admission passes. A target alone is a request for a whole pass. */
export const deliverAdmissions = async (
  requests: readonly (string | { readonly target: string; readonly onlyReady?: boolean | undefined })[],
  ports: Ports,
): Promise<void> => {
  const handler = admitHandler(ports) as unknown as (event: SQSEvent, makeContext: Context) => Promise<void>;
  const bodies = requests.map((request) => (typeof request === 'string' ? { target: request } : request));
  await handler({ Records: bodies.map((body) => makeSqsRecord(body, body.target)) }, makeContext());
};

/** Delivers a reconcile request. */
export const deliverReconcile = async (request: ReconcileRequest, ports: Ports): Promise<void> => {
  const handler = reconcileHandler(ports) as unknown as (event: SQSEvent, context: Context) => Promise<void>;
  await handler({ Records: [makeSqsRecord(request)] }, makeContext());
};

/** Delivers a timer event, which may be received more than once. */
export const deliverTimerEvent = async (timerEvent: TimerEvent, ports: Ports, received = 1): Promise<void> => {
  const handler = timerEventsHandler(ports) as unknown as (event: SQSEvent, context: Context) => Promise<void>;
  await handler({ Records: [makeSqsRecord(timerEvent, 'group', received)] }, makeContext());
};

export const makeContext = (): Context => {
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

/** A request of the HTTP API, as API Gateway sends it to a function. */
export const makeHttpEvent = (
  route: string,
  parameters: Readonly<Record<string, string>>,
  {
    body,
    headers = {},
    query = {},
    authorizer = { iam: { userArn } },
  }: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    /** What API Gateway knows about the caller. Null: nothing, because the route is open. */
    readonly authorizer?: unknown;
  } = {},
): APIGatewayProxyEventV2 => {
  const [method = '', path = ''] = route.split(' ');
  const rawPath = path.replaceAll(/\{(\w+)\+?\}/g, (_match, name: string) => parameters[name] ?? '');
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  const event = {
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
      ...(authorizer === null ? {} : { authorizer }),
    },
  };
  return event;
};

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

/** Calls the handler of an HTTP function. Returns its response with the body parsed. */
export const callHandler = async (handler: unknown, event: APIGatewayProxyEventV2) => {
  const {
    statusCode = 0,
    headers = {},
    body = '{}',
  } = (await (handler as HttpHandler)(event, makeContext())) as APIGatewayProxyStructuredResultV2;
  return { status: statusCode, headers, body: JSON.parse(body) as Record<string, unknown> };
};

interface Sender {
  readonly senderId: string;
  /** Message attributes, which any sender can set. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A message that SQS delivers to a function. */
export const makeSqsRecord = (
  body: unknown,
  group = 'group',
  received = 1,
  { attributes = {}, ...sender }: Sender = { senderId },
): SQSRecord => ({
  messageId: randomUUID(),
  receiptHandle: '',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: String(received),
    SentTimestamp: '1795521600000',
    SenderId: sender.senderId,
    ApproximateFirstReceiveTimestamp: '',
    MessageGroupId: group,
  },
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
  ),
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:commands.fifo',
  awsRegion: 'eu-central-1',
});

/** A message that a function of Drey has sent to the command queue. */
export const makeDreyRecord = ({ body, group, principal, redrivenBy, own }: SentMessage, received = 1): SQSRecord =>
  makeSqsRecord(body, group, received, {
    senderId: 'AROADREYQUEUE:drey-test-batch',
    attributes: {
      principal,
      ...(redrivenBy === undefined ? {} : { redrivenBy }),
      ...(own === undefined ? {} : { own: JSON.stringify(own) }),
    },
  });

/** Delivers messages of the command queue. Returns the ids of those that return to the queue. */
export const deliverCommands = async (records: readonly SQSRecord[], ports: Ports): Promise<readonly string[]> => {
  const handler = commandQueueHandler(ports) as unknown as (
    event: SQSEvent,
    context: Context,
  ) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;
  const { batchItemFailures } = await handler({ Records: [...records] }, makeContext());
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
