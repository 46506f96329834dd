import { randomUUID } from 'node:crypto';

import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import type { Accepted } from '#events/http/accepted.ts';
import type { QueueView } from '#events/http/queue.ts';
import type { Upload } from '#events/http/uploads.ts';
import type { Operation } from '#events/records/operation.ts';
import type { CommandFinished } from '#events/records/transitions.ts';

import { createNamespace, deleteNamespace, putTargetLikeOwn } from '../support/namespaces.ts';
import {
  aws,
  call,
  clusterPath,
  readEvents,
  freshId,
  stop,
  system,
  unschedulable,
  until,
  untilState,
} from '../support/system.ts';

const queues = new SQSClient(aws);
const workflows = new SFNClient(aws);
const output = (name: string) => system.outputs[name] ?? '';

/** A target of its own, on the same cluster as that of the other tests. */
const target = `queue-${randomUUID().slice(0, 6)}`;
const queuePath = `/v1/targets/${target}/queue`;
const message = (clusterId: string, data: unknown, fields: object = {}) => ({
  specversion: '1.0',
  id: randomUUID(),
  type: 'drey.command.deploy.v1',
  source: 'test',
  subject: `targets/${target}/clusters/${clusterId}`,
  data,
  ...fields,
});
const send = (clusterId: string, data: unknown, fields: object = {}) =>
  queues.send(
    new SendMessageCommand({
      QueueUrl: output('CommandQueueUrl'),
      MessageBody: JSON.stringify(message(clusterId, data, fields)),
      MessageGroupId: `targets/${target}/clusters/${clusterId}`,
      MessageDeduplicationId: randomUUID(),
    }),
  );

const session = { mode: 'session' };
const read = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId, target))).body;
const states = (clusterId: string, state: string) =>
  until(
    () => read(clusterId),
    (one) => one.state === state,
  );
const readQueue = async () => (await call<QueueView>('GET', queuePath)).body;
const operation = async (id: string) => (await call<Operation>('GET', `/v1/targets/${target}/operations/${id}`)).body;
const finishedOf = async (operationId: string) =>
  readEvents()
    .filter((event) => event['detail-type'] === 'Flink Command Finished')
    .map(({ detail }) => detail as unknown as CommandFinished)
    .filter((detail) => detail.operationId === operationId);
const setPaused = (value: boolean) => call<QueueView>('PUT', queuePath, { paused: value });

beforeAll(async () => {
  await createNamespace(target);
  await putTargetLikeOwn(target, { limits: { clusters: 1 } });
});

const started: string[] = [];
afterAll(async () => {
  await setPaused(false);
  await Promise.all(started.map((clusterId) => stop(clusterId, {}, target)));
  await Promise.all(started.map((clusterId) => untilState(clusterId, 'STOPPED', target)));
  await deleteNamespace(target);
});

describe('a target with a limit', () => {
  it('queues commands, and starts the next one when capacity becomes free', async () => {
    const [one, two] = [freshId('one'), freshId('two')];
    const waits = { ...session, config: unschedulable };
    await send(one, waits);
    await until(
      async () => (await read(one)).state,
      (state) => state !== undefined && state !== 'QUEUED',
    );
    await send(two, { ...waits, labels: { team: 'etl' } });
    const waiting = await states(two, 'QUEUED');
    const listed = await readQueue();
    await stop(one, {}, target);
    const next = await until(
      () => read(two),
      ({ state }) => state !== 'QUEUED',
    );
    started.push(two);

    expect(waiting).toMatchObject({
      reason: 'WaitingForQuota',
      message: 'The target uses 1 of 1 clusters; the command requests 1.',
    });
    expect(listed).toMatchObject({ usage: { clusters: 1 }, queued: [{ clusterId: two, team: 'etl', position: 1 }] });
    expect(['REQUESTED', 'DEPLOYING', 'RUNNING']).toContain(next.state);
    expect((await readQueue()).usage.clusters).toBe(1);
    await stop(two, {}, target);
    await states(two, 'STOPPED');
    started.pop();
    expect((await readQueue()).usage.clusters).toBe(0);
  });

  it('runs a command by reference', async () => {
    const clusterId = freshId('ref');
    const text = JSON.stringify({ ...session, labels: { by: 'reference' } });
    const { body } = await call<Upload>('POST', `/v1/targets/${target}/uploads`, {
      name: 'command.json',
      bytes: text.length,
    });
    await setPaused(true);
    const put = await fetch(body.url, { method: 'PUT', headers: body.headers, body: text });
    await send(clusterId, undefined, { dataref: body.jar });
    const waiting = await states(clusterId, 'QUEUED');
    await call('POST', `${queuePath}/${waiting.operationId}/cancel`);

    expect(put.status).toBe(200);
    expect(waiting).toMatchObject({ reason: 'Paused', labels: { by: 'reference' } });
    expect(await read(clusterId)).toMatchObject({ state: 'CANCELED', reason: 'Canceled' });
  });

  it('cancels a queued batch, and publishes its verdict', async () => {
    const name = freshId('batch');
    await setPaused(true);
    const { status, body } = await call<Accepted>('POST', `/v1/targets/${target}/batches`, {
      name,
      template: { mode: 'application', job: { jar: 'local:///a.jar', args: ['${param.day}'] } },
      parameters: [{ day: 1 }, { day: 2 }],
      correlationId: 'backfill',
    });
    expect({ status, body }).toMatchObject({ status: 202 });
    const { operationId } = body.operation;
    await Promise.all([states(`${name}-0`, 'QUEUED'), states(`${name}-1`, 'QUEUED')]);
    const { body: canceled } = await call('POST', `${queuePath}/${operationId}/cancel`);
    const over = await until(
      () => operation(operationId),
      ({ verdict }) => verdict !== undefined,
    );
    const published = await until(
      () => finishedOf(operationId),
      (all) => all.length > 0,
    );

    expect(canceled).toEqual({ canceled: 2 });
    expect(over).toMatchObject({ state: 'CANCELED', verdict: 'CANCELED', problem: { code: 'canceled' } });
    expect(published[0]).toMatchObject({ kind: 'batch', verdict: 'CANCELED', correlationId: 'backfill' });
  });
});

describe('a Step Functions task', () => {
  it.each(['FINISHED', 'CANCELED'])('is completed when its command is %s', async (verdict) => {
    const clusterId = freshId('task');
    await setPaused(verdict === 'CANCELED');
    const { stateMachineArn } = await workflows.send(
      new CreateStateMachineCommand({
        name: clusterId,
        roleArn: output('KubernetesRoleArn'),
        definition: JSON.stringify({
          StartAt: 'Deploy',
          States: {
            Deploy: {
              Type: 'Task',
              Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
              Parameters: {
                QueueUrl: output('CommandQueueUrl'),
                MessageGroupId: clusterId,
                MessageDeduplicationId: clusterId,
                MessageBody: message(clusterId, { ...session, 'taskToken.$': '$$.Task.Token' }),
              },
              End: true,
            },
          },
        }),
      }),
    );
    const { executionArn } = await workflows.send(new StartExecutionCommand({ stateMachineArn }));
    if (verdict === 'FINISHED') started.push(clusterId);
    else await call('POST', `${queuePath}/${(await states(clusterId, 'QUEUED')).operationId}/cancel`);
    const ended = await until(
      () => workflows.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );

    expect(ended).toMatchObject(
      verdict === 'FINISHED' ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: 'CANCELED' },
    );
    expect(ended.output ?? ended.cause).toContain(clusterId);
  });
});

describe('dead letters', () => {
  it('are listed with their reasons and redriven', async () => {
    const clusterId = freshId('dead-letter');
    await setPaused(true);
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    // The command queue function discards a message like this after its last attempt.
    await queues.send(
      new SendMessageCommand({
        QueueUrl: output('CommandDeadLetterQueueUrl'),
        MessageBody: JSON.stringify(message(clusterId, session)),
        MessageGroupId: clusterId,
        MessageDeduplicationId: clusterId,
        MessageAttributes: { code: text('target-unreachable'), detail: text('no answer') },
      }),
    );
    const list = async () =>
      (await call<{ commands: { id: string; subject?: string }[] }>('GET', '/v1/dead-letters')).body.commands;
    const found = await until(list, (all) => all.some(({ subject }) => subject?.endsWith(clusterId) === true), 6_000);
    const deadLetter = found.find(({ subject }) => subject?.endsWith(clusterId) === true);
    await until(
      () => call('POST', '/v1/dead-letters/redrive', { ids: [deadLetter?.id] }),
      ({ status }) => status === 200,
      6_000,
    );
    const back = await states(clusterId, 'QUEUED');
    await call('POST', `${queuePath}/${back.operationId}/cancel`);

    expect(deadLetter).toMatchObject({ code: 'target-unreachable', detail: 'no answer' });
    expect(await read(clusterId)).toMatchObject({ state: 'CANCELED' });
  });
});
