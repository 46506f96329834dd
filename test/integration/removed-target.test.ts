import { randomUUID } from 'node:crypto';

import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Accepted } from '#events/http/accepted.ts';
import type { Upload } from '#events/http/uploads.ts';
import { targetKey } from '#shared/aws/table/keys.ts';
import { listRevisionKeys } from '#shared/aws/table/target-revision.ts';

import { putTargetLikeOwn } from '../support/namespaces.ts';
import { type Answer, aws, call, clusterPath, freshId, readEvents, stop, system, until } from '../support/system.ts';

const table = new DynamoDBClient(aws);
const queues = new SQSClient(aws);

/** A target of its own. */
const target = `removed-${randomUUID().slice(0, 6)}`;
/** Each test has its own session. */
let clusterId = '';

/** A call that must succeed. */
const done = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
  return body;
};

const putTarget = () => putTargetLikeOwn(target);
/** The API refuses to remove a target that is in use. Here the removal comes after the command has read the target. */
const removeTarget = () =>
  Promise.all(
    [targetKey(target), ...listRevisionKeys(target)].map((key) =>
      table.send(new DeleteItemCommand({ TableName: system.outputs['TableName'], Key: marshall(key) })),
    ),
  );

const uploadJar = async (): Promise<string> => {
  const content = 'PK\u0003\u0004';
  const upload = call<Upload>('POST', `/v1/targets/${target}/uploads`, { name: 'a.jar', bytes: 4 });
  const { url, headers, jar } = await done(upload);
  await fetch(url, { method: 'PUT', headers, body: content });
  return jar;
};

const submit = (jar: string) => call<Accepted>('POST', `${clusterPath(clusterId, target)}/jobs`, { jar });
const sendSubmit = (jar: string) =>
  queues.send(
    new SendMessageCommand({
      QueueUrl: system.outputs['CommandQueueUrl'],
      MessageBody: JSON.stringify({
        specversion: '1.0',
        id: randomUUID(),
        type: 'drey.command.submit.v1',
        source: 'test',
        subject: `targets/${target}/clusters/${clusterId}`,
        data: { jar },
      }),
      MessageGroupId: randomUUID(),
      MessageDeduplicationId: randomUUID(),
    }),
  );

const isRejection = (event: Readonly<Record<string, unknown>>) => event['detail-type'] === 'Flink Command Rejected';

describe('a target that is removed while a submit is recorded', () => {
  beforeEach(async () => {
    clusterId = freshId('queued');
    await putTarget();
    await done(call('PUT', `/v1/targets/${target}/queue`, { paused: true }));
    await done(call('POST', `/v1/targets/${target}/clusters`, { mode: 'session', clusterId }));
  });
  afterEach(async () => {
    await putTarget();
    await stop(clusterId, {}, target);
  });

  it('fails the submit with not-found by HTTP', async () => {
    const jar = await uploadJar();
    const queued = await submit(jar);
    await removeTarget();
    const refused = await submit(jar);

    expect(queued).toMatchObject({ status: 202, body: { operation: { state: 'QUEUED' } } });
    expect(refused).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('rejects the submit with not-found by the command queue', async () => {
    const jar = await uploadJar();
    await removeTarget();
    await sendSubmit(jar);
    const subject = `targets/${target}/clusters/${clusterId}`;
    const rejected = await until(
      async () => readEvents().filter((event) => isRejection(event) && event.detail['subject'] === subject),
      (all) => all.length > 0,
    );

    expect(rejected).toMatchObject([{ detail: { problem: { code: 'not-found' } } }]);
  });
});
