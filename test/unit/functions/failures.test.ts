import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { admitHandler } from '#functions/admit.ts';
import { commandQueueHandler } from '#functions/command-queue.ts';
import { httpHandler } from '#functions/handlers/http.ts';
import { scheduledHandler } from '#functions/handlers/scheduled.ts';
import { sqsHandler } from '#functions/handlers/sqs.ts';
import { stepsHandler } from '#functions/handlers/steps.ts';
import { publishHandler } from '#functions/publish.ts';
import { bus, callbacks, payloads, queues, table } from '#shared/live/adapters.ts';
import { logger as log } from '#shared/live/log.ts';
import { openWorld } from '#shared/live/world.ts';

import { type FunctionEntry, functionNames, functions } from '../../../infra/functions.ts';

const world = openWorld<'publish'>({ table, payloads, bus, callbacks, queues });
const principal = 'drey:reconcile';
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
/** An event that each function reads at least in part. */
const event = {
  routeKey: 'GET /health',
  requestContext: {},
  Records: [{ body: '{}' }],
  step: 'fail',
  state: { operationId: 'a', principal },
};

/** Functions of one kind share a handler. Those that report single failures of a batch have handlers of their own. */
const kindOf = (name: string, { events }: FunctionEntry): string => {
  if (events.some((source) => 'httpApi' in source)) return 'http';
  if (events.some((source) => 'schedule' in source)) return 'scheduled';
  if (events.some((source) => 'sqs' in source && source.sqs.functionResponseType === undefined)) return 'sqs';
  return events.length === 0 ? 'steps' : name;
};
const kinds = [...new Set(functionNames.map((name) => kindOf(name, functions[name])))];

/** Each kind of function, with a handler or ports that throw. */
const functionsThatThrow = (error: Error): Readonly<Record<string, unknown>> => {
  const fail = async () => {
    throw error;
  };
  const failing = {
    ...world,
    get now(): never {
      throw error;
    },
  };
  return {
    admit: admitHandler(failing),
    commandQueue: commandQueueHandler(failing),
    publish: publishHandler(failing),
    http: httpHandler(world, {}, fail),
    sqs: sqsHandler(world, { principal, handle: fail }),
    scheduled: scheduledHandler(world, { principal, handle: fail }),
    steps: stepsHandler({ fail }, world),
  };
};

/** The lines that an invocation logs, whatever it answers. */
const linesOf = async (kind: string, error: Error) => {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const invoke = functionsThatThrow(error)[kind] as (event: unknown, context: Context) => Promise<unknown>;
  await invoke(event, context).catch(() => undefined);
  return lines.map((line) => JSON.parse(line) as { level: string; code?: string; principal?: string });
};

beforeEach(() => log.setLogLevel('INFO'));
afterEach(() => {
  log.setLogLevel('CRITICAL');
  vi.restoreAllMocks();
});

describe.each(kinds)('a function of kind %s', (kind) => {
  it('logs a bug as an error, which counts against its version', async () => {
    const lines = await linesOf(kind, new TypeError('x is undefined'));

    expect(lines.filter(({ level }) => level === 'ERROR')).toMatchObject([
      { functionVersion: '1', UnexpectedErrors: 1, error: { message: 'x is undefined' } },
    ]);
  });

  it('logs a failure of a target as a warning, which does not', async () => {
    const lines = await linesOf(kind, new Fault('target-unreachable', 'no answer'));

    expect(lines.filter(({ level }) => level === 'WARN')).toMatchObject([{ code: 'target-unreachable' }]);
    expect(lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  it('has the principal in each line, also in those of metrics', async () => {
    const lines = await linesOf(kind, new TypeError('x is undefined'));

    expect(lines).not.toEqual([]);
    expect(lines.filter((line) => line.principal === undefined)).toEqual([]);
  });
});

it('is answered with a problem that no cache keeps', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true); // The lines of the log.
  const { http } = functionsThatThrow(new Fault('not-found', 'There is no target etl.'));
  const answer = await (http as (event: unknown, context: Context) => Promise<unknown>)(event, context);

  expect(answer).toMatchObject({
    statusCode: 404,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
});

describe('an error of concurrent work', () => {
  const fault = new Fault('limit-reached', 'AWS throttles');

  it('is a warning for each failure when all of them are expected', async () => {
    const lines = await linesOf('scheduled', new AggregateError([fault, new AggregateError([fault])]));

    expect(lines.filter(({ level }) => level === 'WARN')).toMatchObject([{ code: fault.code }, { code: fault.code }]);
    expect(lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  it('is an error for a bug among them', async () => {
    const lines = await linesOf('scheduled', new AggregateError([fault, new TypeError('x is undefined')]));

    expect(lines.filter(({ level }) => level === 'ERROR')).toMatchObject([{ error: { message: 'x is undefined' } }]);
  });
});

/** Functions without a caller that wait for an answer which never comes. */
const functionsThatWait: Readonly<Record<string, unknown>> = {
  sqs: sqsHandler(world, { principal, handle: () => new Promise(() => {}) }),
  scheduled: scheduledHandler(world, { principal, handle: () => new Promise(() => {}) }),
  publish: publishHandler({ ...world, bus: { ...world.bus, publish: () => new Promise(() => {}) } }),
};

it.each(Object.keys(functionsThatWait))(
  'logs an invocation of kind %s that runs out of time as a warning, because a service may not answer',
  async (kind) => {
    const lines: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    const handler = functionsThatWait[kind] as (event: unknown, context: Context) => unknown;

    await expect(handler(event, { getRemainingTimeInMillis: () => 1_510 } as Context)).rejects.toThrow('took longer');

    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'WARN', code: 'deadline-exceeded' },
    ]);
  },
);

it.each([
  ['wrong-state', 'rejected'],
  ['limit-reached', 'returned'],
  ['target-unreachable', 'failed'],
] as const)('logs a request that fails with %s as %s', async (code, outcome) => {
  const lines = await linesOf('http', new Fault(code, 'no'));

  expect(lines).toContainEqual(expect.objectContaining({ message: 'request answered', outcome }));
});
