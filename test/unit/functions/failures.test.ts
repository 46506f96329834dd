import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problem.ts';
import { httpHandler } from '#functions/handlers/http.ts';
import { scheduledHandler } from '#functions/handlers/scheduled.ts';
import { sqsHandler } from '#functions/handlers/sqs.ts';
import { stepsHandler } from '#functions/handlers/steps.ts';
import { live, log } from '#shared/live.ts';

const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const event = { requestContext: {}, Records: [{ body: '{}' }], step: 'fail', state: { operationId: 'a' } };

/** Each kind of function, with a handler that throws. */
const functionsThatThrow = (error: Error) => {
  const fail = async () => {
    throw error;
  };
  return {
    http: httpHandler(live, fail),
    sqs: sqsHandler(live, fail),
    scheduled: scheduledHandler(live, fail),
    steps: stepsHandler({ fail }, live),
  };
};
const kinds = ['http', 'sqs', 'scheduled', 'steps'] as const;

/** The lines that an invocation logs, whatever it answers. */
const linesOf = async (kind: (typeof kinds)[number], error: Error) => {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const invoke = functionsThatThrow(error)[kind] as unknown as (event: unknown, context: Context) => Promise<unknown>;
  await invoke(event, context).catch(() => undefined);
  return lines.map((line) => JSON.parse(line) as { level: string; code?: string });
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
});
