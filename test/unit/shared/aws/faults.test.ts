import { describe, expect, it } from 'vitest';

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
import { toCanceled } from '#test/fakes/table.ts';

const named = (name: string) => Object.assign(new Error('arn:aws:secret'), { name });
const cancelled = (...codes: readonly string[]) => toCanceled(codes);
const failing = (error: unknown) => ({
  send: async (): Promise<never> => {
    throw error;
  },
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

  it.each<[string, (call: () => Promise<never>) => Promise<unknown>]>([
    ['the table', (db) => openTable({ table: 't', db, now, account: '000000000000' }).store.operation('a')],
    ['the targets', (db) => openTable({ table: 't', db, now, account: '000000000000' }).targets.list({ limit: 1 })],
    [
      'the state machines',
      (call) => openWorkflows('arn:', call).start('cleanup', { operationId: 'a', principal: 'drey:reconcile' }),
    ],
    [
      'the scheduler',
      (call) => openTimers({ group: 'g', queueArn: 'q', deadLetterQueueArn: 'd', roleArn: 'r' }, call).cancel('a'),
    ],
    [
      'the uploads',
      (call) => openJars({ bucket: 'b', now, newId: () => 'a', call }).inspect('s3://b/uploads/local/1/a.jar', 'local'),
    ],
    ['the payloads', (call) => openPayloads({ bucket: 'b', now: () => new Date(), call }).read('a')],
    ['the specs', (call) => openSpecs('b', call).read('local', 'a')],
    ['the reconcile queue', (call) => queuesOf(call).reconcileQueue.send({ target: 'local', clusterIds: [] } as never)],
    ['the admission queue', (call) => queuesOf(call).admissionQueue.send('local')],
    [
      'the commands',
      (call) => queuesOf(call).commandQueue.sendResume({ operationId: 'a', principal: 'sqs:a', ...clusterRef }),
    ],
    [
      'the bus',
      (call) =>
        openBus({ bus: 'b', rejectedQueueUrl: 'q' }, call).publish([
          {
            type: 'Flink Orphans Found',
            subject: 'targets/local',
            detail: { at: '2026-11-23T12:00:00.000Z' },
          } as never,
        ]),
    ],
    ['the tasks', (call) => openCallbacks(call).complete('token', { verdict: 'FINISHED' } as never)],
  ])(`of %s is ${code}`, async (_, ask) => {
    await expect(ask(failing(named(name)).send)).rejects.toMatchObject({ code });
  });

  const queuesOf = (call: () => Promise<never>) =>
    openQueues(
      { reconcileQueue: 'l', youngApplicationQueue: 'y', admissionQueue: 'a', commandQueue: 'c', deadLetters: 'd' },
      { readSender: () => ({ principal: 'sqs:a' }), call },
    );
});
