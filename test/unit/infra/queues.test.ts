import { describe, expect, it } from 'vitest';

import { maxReceives } from '#shared/retries.ts';

import { type FunctionEntry, functions } from '../../../infra/functions.ts';
import { defaultTimeoutSeconds, queueResources } from '../../../infra/queues.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const resources: Readonly<Record<string, Resource>> = queueResources;
const queues = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
const sources = Object.entries<FunctionEntry>(functions).flatMap(
  ([name, { events, timeout = defaultTimeoutSeconds }]) =>
    events.flatMap((event) =>
      'sqs' in event ? [{ name, timeout, sqs: event.sqs, queue: event.sqs.arn['Fn::GetAtt'][0] }] : [],
    ),
);

describe('the queues', () => {
  it('each have a function that receives from them, but for those that a person reads', () => {
    expect(sources.map(({ queue }) => queue).toSorted()).toEqual([
      'AdmissionQueue',
      'CommandQueue',
      'ReconcileQueue',
      'TimerEventQueue',
      'YoungApplicationQueue',
    ]);
  });

  it.each(sources)('keep a message of $queue invisible for six times the timeout of $name', (source) => {
    const { VisibilityTimeout } = resources[source.queue]?.Properties ?? {};

    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * source.timeout);
  });

  it.each(sources)('bound how many executions of $name run at once', ({ sqs }) => {
    expect(sqs.maximumConcurrency).toBeGreaterThanOrEqual(2);
    expect(sqs.maximumConcurrency).toBeLessThanOrEqual(20);
  });

  it('deliver commands one by one, so that only the message that failed counts a receive', () => {
    expect(sources.find(({ queue }) => queue === 'CommandQueue')?.sqs).toMatchObject({
      batchSize: 1,
      functionResponseType: 'ReportBatchItemFailures',
    });
  });

  it('deliver the admission requests of a target one after the other, and those of several targets at once', () => {
    expect(resources['AdmissionQueue']?.Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(resources['AdmissionQueue']?.Properties).not.toHaveProperty('ContentBasedDeduplication');
  });

  it.each([
    ['CommandQueue', 'CommandDeadLetterQueue', maxReceives],
    ['TimerEventQueue', 'TimerEventDeadLetterQueue', maxReceives],
  ])('move a message of %s to %s after as many receives as its function counts', (queue, deadLetters, receives) => {
    expect(resources[queue]?.Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] },
      maxReceiveCount: receives,
    });
  });

  it('keep the order of the commands of a cluster, and no order between clusters', () => {
    expect(resources['CommandQueue']?.Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(resources['CommandDeadLetterQueue']?.Properties).toMatchObject({ FifoQueue: true });
  });

  it.each(queues)('%s is encrypted', (_name, { Properties }) => {
    expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });

  it('are reached with TLS only', () => {
    const covered = Object.values(resources)
      .filter(({ Type }) => Type === 'AWS::SQS::QueuePolicy')
      .flatMap(({ Properties }) => (Properties['Queues'] as { readonly Ref: string }[]).map(({ Ref }) => Ref));

    expect(covered.toSorted()).toEqual(queues.map(([name]) => name).toSorted());
  });
});
