/** Messages to the command queue, and clusters that a test file stops at its end. */
import { randomUUID } from 'node:crypto';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll } from 'vitest';

import { aws, call, clusterPath, stop, system, unschedulable, until, untilState } from './system.ts';

export const queues = new SQSClient(aws);
export const output = (name: string) => system.outputs[name] ?? '';

/** Sends a message to the command queue, with message attributes, which any sender can set. */
export const send = (body: unknown, group: string, attributes: Readonly<Record<string, string>> = {}) =>
  queues.send(
    new SendMessageCommand({
      QueueUrl: output('CommandQueueUrl'),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      MessageGroupId: group,
      MessageDeduplicationId: randomUUID(),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );

export const message = (kind: string, clusterId: string, data: unknown, id: string = randomUUID()) => ({
  specversion: '1.0',
  id,
  type: `drey.command.${kind}.v1`,
  source: 'test',
  subject: `targets/${system.target}/clusters/${clusterId}`,
  data,
});

/** A session whose pods no node can run. */
export const spec = {
  mode: 'session',
  config: { ...unschedulable, 'taskmanager.numberOfTaskSlots': 3, 'kubernetes.jobmanager.labels': 'team:etl' },
  labels: { team: 'etl' },
};

/** Waits until the API knows a cluster that a message deploys. */
export const known = (clusterId: string) =>
  until(
    async () => (await call('GET', clusterPath(clusterId))).status,
    (status) => status === 200,
  );

/** The clusters of a test file. They are stopped after its tests. */
export const stopAfterAll = (): string[] => {
  const started: string[] = [];
  afterAll(async () => {
    await Promise.all(started.map(async (clusterId) => stop(clusterId)));
    await Promise.all(started.map(async (clusterId) => untilState(clusterId, 'STOPPED')));
  });
  return started;
};
