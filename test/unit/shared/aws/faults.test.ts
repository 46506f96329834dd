import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { openBus } from '#shared/aws/bus.ts';
import { openCallbacks } from '#shared/aws/callbacks.ts';
import { withFaults } from '#shared/aws/faults.ts';
import { openJars } from '#shared/aws/jars.ts';
import { openPayloads } from '#shared/aws/payloads.ts';
import { openQueues } from '#shared/aws/sqs/queues.ts';
import { openSpecs } from '#shared/aws/specs.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { openTimers } from '#shared/aws/timers.ts';
import { openWorkflows } from '#shared/aws/workflows.ts';

const named = (name: string) => Object.assign(new Error('arn:aws:secret'), { name });
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const failing = (error: unknown) => {
  const send = async () => {
    throw error;
  };
  vi.spyOn(SFNClient.prototype, 'send').mockImplementation(send);
  vi.spyOn(S3Client.prototype, 'send').mockImplementation(send);
  vi.spyOn(SchedulerClient.prototype, 'send').mockImplementation(send);
  return { send };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a temporary failure of AWS', () => {
  it.each([
    [named('ThrottlingException'), 'limit-reached'],
    [named('SlowDown'), 'limit-reached'],
    [named('RequestThrottled'), 'limit-reached'],
    [named('ProvisionedThroughputExceededException'), 'limit-reached'],
    [cancelled('None', 'ThrottlingError'), 'limit-reached'],
    [named('TimeoutError'), 'deadline-exceeded'],
  ])('becomes a retryable fault without the message of AWS: %s', async (refusal, code) => {
    const adapter = withFaults(failing(refusal));

    await expect(adapter.send()).rejects.toMatchObject({
      code,
      cause: refusal,
      message: expect.not.stringContaining('secret') as string,
    });
  });

  it.each([
    named('AccessDeniedException'),
    named('ExecutionLimitExceeded'),
    cancelled('None', 'ValidationError'),
    new Fault('jar-refused', 'it is no longer there'),
    'no error at all',
  ])('is distinguished from other errors: %s', async (refusal) => {
    await expect(withFaults(failing(refusal)).send()).rejects.toBe(refusal);
  });

  it('does not change arguments and results', async () => {
    const adapter = withFaults({ add: async (one: number, other: number) => one + other });

    expect(await adapter.add(1, 2)).toBe(3);
  });
});

describe.each([
  ['ThrottlingException', 'limit-reached'],
  ['TimeoutError', 'deadline-exceeded'],
])('%s', (name, code) => {
  const now = () => new Date(0);
  const clusterRef = { target: 'local', clusterId: 'etl' };

  it.each<[string, (client: { readonly send: () => Promise<unknown> }) => Promise<unknown>]>([
    [
      'the table',
      (db) => openTable({ table: 't', db: db as never, now, account: '000000000000' }).store.operation('a'),
    ],
    [
      'the targets',
      (db) => openTable({ table: 't', db: db as never, now, account: '000000000000' }).targets.list({ limit: 1 }),
    ],
    [
      'the state machines',
      () => openWorkflows('arn:').start('cleanup', { operationId: 'a', principal: 'drey:reconcile' }),
    ],
    [
      'the scheduler',
      () => openTimers({ group: 'g', queueArn: 'q', deadLetterQueueArn: 'd', roleArn: 'r' }).cancel('a'),
    ],
    [
      'the uploads',
      () => openJars({ bucket: 'b', now, newId: () => 'a' }).inspect('s3://b/uploads/local/1/a.jar', 'local'),
    ],
    ['the payloads', () => openPayloads({ bucket: 'b', now: () => new Date() }).read('a')],
    ['the specs', () => openSpecs('b').read('local', 'a')],
    [
      'the reconcile queue',
      (client) => queuesOf(client).reconcileQueue.send({ target: 'local', clusterIds: [] } as never),
    ],
    ['the admission queue', (client) => queuesOf(client).admissionQueue.send('local')],
    [
      'the commands',
      (client) => queuesOf(client).commandQueue.sendResume({ operationId: 'a', principal: 'sqs:a', ...clusterRef }),
    ],
    [
      'the bus',
      (client) =>
        openBus({ bus: 'b', rejectedQueueUrl: 'q' }, { events: client as never, queues: client as never }).publish([
          {
            type: 'Flink Orphans Found',
            subject: 'targets/local',
            detail: { at: '2026-11-23T12:00:00.000Z' },
          } as never,
        ]),
    ],
    ['the tasks', (client) => openCallbacks(client).complete('token', { verdict: 'FINISHED' } as never)],
  ])(`of %s is ${code}`, async (_, ask) => {
    await expect(ask(failing(named(name)))).rejects.toMatchObject({ code });
  });

  const queuesOf = (client: { readonly send: () => Promise<unknown> }) =>
    openQueues(
      { reconcileQueue: 'l', youngApplicationQueue: 'y', admissionQueue: 'a', commandQueue: 'c', deadLetters: 'd' },
      { readSender: () => ({ principal: 'sqs:a' }), client: client as never },
    );
});
