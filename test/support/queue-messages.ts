/** Messages to the command queue, and clusters that a test file stops at its end. */
import { randomUUID } from 'node:crypto';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll } from 'vitest';

import { aws, call, clusterPath, stop, system, unschedulable, until, untilState } from './system.ts';

export const queues = new SQSClient(aws);
export const output = (name: string) => system.outputs[name] ?? '';

export const send = (body: unknown, group: string) =>
  queues.send(
    new SendMessageCommand({
      QueueUrl: output('CommandQueueUrl'),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      MessageGroupId: group,
      MessageDeduplicationId: randomUUID(),
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
