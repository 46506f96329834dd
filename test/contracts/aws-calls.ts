/** What the adapters of AWS rely on: the AWS SDK and Drey's own requests answer and fail alike. */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import type { Action, Call } from '#shared/aws/transport/operations.ts';

/** What the requests are made to. */
export interface AwsResources {
  readonly table: string;
  readonly bucket: string;
  readonly bus: string;
  readonly queueUrl: string;
  readonly fifoQueueUrl: string;
  readonly stateMachineArn: string;
  readonly scheduleGroup: string;
  readonly schedulerRoleArn: string;
  /** A role that may be assumed with an external ID only. */
  readonly roleArn: string;
  readonly externalId: string;
  readonly eksCluster: string;
  readonly region: string;
}

const key = () => ({ pk: `contract#${randomUUID()}`, sk: 'a' });

export const awsCallsContract = (name: string, call: Call<Action>, of: () => AwsResources): void => {
  const at = () => ({ TableName: of().table });
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'it succeeded',
      (error: unknown) => error,
    );

  describe(`DynamoDB through ${name}`, () => {
    it('keeps the types of JavaScript, and drops undefined members', async () => {
      const value = {
        text: 'ü ☃ "',
        whole: 9_007_199_254_740_991,
        fraction: 0.1,
        yes: true,
        nothing: null,
        list: [1, ['a'], {}],
        constructor: { nested: '' },
      };
      const item = key();
      await call('dynamodb:PutItem', { ...at(), Item: { ...item, value: { ...value, missing: undefined } } });

      const { Item } = await call('dynamodb:GetItem', { ...at(), Key: item, ConsistentRead: true });

      expect(Item).toEqual({ ...item, value });
    });

    it('answers a missing item with none', async () => {
      expect((await call('dynamodb:GetItem', { ...at(), Key: key() })).Item).toBeUndefined();
    });

    it('continues a query where its last page ended', async () => {
      const { pk } = key();
      const TransactItems = ['a', 'b', 'c'].map((sk) => ({ Put: { ...at(), Item: { pk, sk } } }));
      await call('dynamodb:TransactWriteItems', { TransactItems });
      const query = {
        ...at(),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        Limit: 2,
        ConsistentRead: true,
      };

      const first = await call('dynamodb:Query', query);
      const second = await call('dynamodb:Query', { ...query, ExclusiveStartKey: first.LastEvaluatedKey });

      expect(first).toMatchObject({ Items: [{ sk: 'a' }, { sk: 'b' }], LastEvaluatedKey: { pk, sk: 'b' } });
      expect(second.Items).toEqual([{ pk, sk: 'c' }]);
    });

    it('returns the items of many keys, without those that are missing', async () => {
      const [one, other, missing] = [key(), key(), key()];
      const TransactItems = [one, other].map((item) => ({ Put: { ...at(), Item: { ...item, value: ['a', 1] } } }));
      await call('dynamodb:TransactWriteItems', { TransactItems });
      const { table } = of();
      const RequestItems = { [table]: { Keys: [one, missing, other], ConsistentRead: true } };

      const { Responses, UnprocessedKeys } = await call('dynamodb:BatchGetItem', { RequestItems });

      const found = [one, other].map((item) => ({ ...item, value: ['a', 1] }));
      expect(new Set(Responses?.[table])).toEqual(new Set(found));
      expect(UnprocessedKeys).toEqual({});
    });

    it('says for each item of a transaction why it was canceled', async () => {
      const [one, other] = [key(), key()];
      await call('dynamodb:PutItem', { ...at(), Item: one });
      const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
      const TransactItems = [{ Put: { ...at(), Item: other } }, { Put: { ...at(), Item: one, ...isNew } }];

      const error = await failureOf(call('dynamodb:TransactWriteItems', { TransactItems }));

      expect(error).toMatchObject({
        name: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
      });
      expect((await call('dynamodb:GetItem', { ...at(), Key: other, ConsistentRead: true })).Item).toBeUndefined();
    });

    it('updates and deletes', async () => {
      const item = key();
      const add = { UpdateExpression: 'ADD queueSize :one', ExpressionAttributeValues: { ':one': 1 } };
      await call('dynamodb:UpdateItem', { ...at(), Key: item, ...add });
      await call('dynamodb:UpdateItem', { ...at(), Key: item, ...add });
      expect((await call('dynamodb:GetItem', { ...at(), Key: item, ConsistentRead: true })).Item).toMatchObject({
        queueSize: 2,
      });

      await call('dynamodb:DeleteItem', { ...at(), Key: item });

      expect((await call('dynamodb:GetItem', { ...at(), Key: item, ConsistentRead: true })).Item).toBeUndefined();
    });

    it.each([
      [
        'a condition that fails',
        'ConditionalCheckFailedException',
        () => ({ ...at(), Item: key(), ConditionExpression: 'attribute_exists(pk)' }),
      ],
      ['a table that does not exist', 'ResourceNotFoundException', () => ({ TableName: 'drey-none', Item: key() })],
    ])('names %s', async (_what, code, input) => {
      expect(await failureOf(call('dynamodb:PutItem', input()))).toMatchObject({ name: code });
    });
  });

  describe(`S3 through ${name}`, () => {
    const place = (Key = `uploads/contract/${randomUUID()}/a b+ü'(1).jar`) => ({ Bucket: of().bucket, Key });
    const put = async (object = place(), Body = 'PK and more') => {
      await call('s3:PutObject', { ...object, Body, ContentType: 'application/json' });
      return object;
    };

    it('returns what was put, and a part of it', async () => {
      const object = await put(place(), '{"a":"ü ☃"}');

      const whole = await call('s3:GetObject', object);
      const part = await call('s3:GetObject', { ...object, Range: 'bytes=0-3' });

      expect(await text(whole.Body)).toBe('{"a":"ü ☃"}');
      expect([whole.ContentLength, whole.LastModified]).toEqual([14, expect.any(Date)]);
      expect([await text(part.Body), part.ContentRange]).toEqual(['{"a"', 'bytes 0-3/14']);
    });

    it('takes the segments of a key as they are', async () => {
      const folder = `uploads/contract-${randomUUID()}`;
      const object = await put(place(`${folder}/a.json`));

      const Key = `${folder}/b/../a.json`;
      expect(await failureOf(call('s3:GetObject', { Bucket: object.Bucket, Key }))).toMatchObject({
        name: 'NoSuchKey',
      });
    });

    it('lists the objects of a folder, page by page', async () => {
      const folder = `specs/contract-${randomUUID()}/`;
      for (const part of ['a', 'b&c', 'd']) await put(place(`${folder}${part}.json`));
      const list = { Bucket: of().bucket, Prefix: folder };

      const first = await call('s3:ListObjectsV2', { ...list, MaxKeys: 2 });
      const second = await call('s3:ListObjectsV2', { ...list, StartAfter: `${folder}b&c.json` });

      expect(first.IsTruncated).toBe(true);
      expect(first.Contents).toMatchObject([
        { Key: `${folder}a.json`, LastModified: expect.any(Date) },
        { Key: `${folder}b&c.json` },
      ]);
      expect([second.IsTruncated ?? false, second.Contents?.map(({ Key }) => Key)]).toEqual([
        false,
        [`${folder}d.json`],
      ]);
    });

    it('copies an object onto itself and deletes it', async () => {
      const object = await put();
      const CopySource = `${object.Bucket}/${object.Key.split('/').map(encodeURIComponent).join('/')}`;

      await call('s3:CopyObject', { ...object, CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/plain' });
      expect((await call('s3:HeadObject', object)).LastModified).toEqual(expect.any(Date));
      await call('s3:DeleteObject', object);

      expect(await failureOf(call('s3:HeadObject', object))).toMatchObject({ name: 'NotFound' });
      expect(await failureOf(call('s3:GetObject', object))).toMatchObject({ name: 'NoSuchKey' });
    });
  });

  describe(`SQS through ${name}`, () => {
    it('keeps body and attributes of a message', async () => {
      const QueueUrl = of().fifoQueueUrl;
      const group = randomUUID();
      await call('sqs:SendMessage', {
        QueueUrl,
        MessageBody: '{"a":"ü & <b>"}',
        MessageGroupId: group,
        MessageDeduplicationId: randomUUID(),
        MessageAttributes: { principal: { DataType: 'String', StringValue: 'drey:ü' } },
      });

      const { Messages = [] } = await call('sqs:ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: 60,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['MessageGroupId', 'SenderId'],
      });
      const mine = Messages.find(({ Attributes }) => Attributes?.MessageGroupId === group);

      expect(mine).toMatchObject({
        Body: '{"a":"ü & <b>"}',
        MessageAttributes: { principal: { StringValue: 'drey:ü' } },
        Attributes: { SenderId: expect.any(String) },
      });
      const receipt = { QueueUrl, ReceiptHandle: mine?.ReceiptHandle };
      await call('sqs:ChangeMessageVisibility', { ...receipt, VisibilityTimeout: 60 });
      await call('sqs:DeleteMessage', receipt);
    });

    it('names a queue that does not exist', async () => {
      const QueueUrl = `${of().queueUrl}-none`;

      expect(await failureOf(call('sqs:SendMessage', { QueueUrl, MessageBody: 'a' }))).toMatchObject({
        name: expect.stringMatching(/QueueDoesNotExist|NonExistentQueue/) as string,
      });
    });
  });

  describe(`other services through ${name}`, () => {
    it('EventBridge takes an event with its time', async () => {
      const entry = { EventBusName: of().bus, Source: 'drey.contract', DetailType: 'Contract', Detail: '{"a":1}' };

      const { Entries } = await call('events:PutEvents', {
        Entries: [{ ...entry, Time: new Date(), Resources: ['a'] }],
      });

      expect(Entries).toMatchObject([{ EventId: expect.any(String) as string }]);
    });

    it('Step Functions names a state machine that does not exist and a token that is none', async () => {
      const stateMachineArn = `${of().stateMachineArn}-none`;
      const started = call('states:StartExecution', { stateMachineArn, name: randomUUID(), input: '{}' });

      expect(await failureOf(started)).toMatchObject({ name: 'StateMachineDoesNotExist' });
      expect(await failureOf(call('states:SendTaskSuccess', { taskToken: 'none', output: '{}' }))).toMatchObject({
        name: expect.stringMatching(/InvalidToken|TaskTimedOut|TaskDoesNotExist/) as string,
      });
    });

    it('EventBridge Scheduler keeps a schedule until it is deleted', async () => {
      const schedule = { Name: `contract-${randomUUID()}`, GroupName: of().scheduleGroup };
      const definition = {
        ...schedule,
        ScheduleExpression: 'rate(2 hours)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: { Mode: 'OFF' } as const,
        State: 'DISABLED' as const,
        Target: { Arn: 'arn:aws:sqs:us-east-1:000000000000:none', RoleArn: of().schedulerRoleArn, Input: '{"a":1}' },
      };
      await call('scheduler:CreateSchedule', definition);
      expect(await failureOf(call('scheduler:CreateSchedule', definition))).toMatchObject({
        name: 'ConflictException',
      });
      await call('scheduler:UpdateSchedule', { ...definition, ScheduleExpression: 'rate(3 hours)' });

      expect(await call('scheduler:GetSchedule', schedule)).toMatchObject({
        ScheduleExpression: 'rate(3 hours)',
        Target: { Input: '{"a":1}' },
      });
      await call('scheduler:DeleteSchedule', schedule);
      expect(await failureOf(call('scheduler:GetSchedule', schedule))).toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });

    it('STS returns credentials of a role, and whose they are', async () => {
      const session = { RoleArn: of().roleArn, RoleSessionName: 'contract.a+b=c' };
      expect(await failureOf(call('sts:AssumeRole', session))).toMatchObject({ name: 'AccessDenied' });
      const { Credentials } = await call('sts:AssumeRole', { ...session, ExternalId: of().externalId });
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
      const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };

      expect(Expiration?.getTime()).toBeGreaterThan(Date.now());
      expect((await call('sts:GetCallerIdentity', {}, { credentials })).Arn).toContain('contract.a+b=c');
    });

    it('EKS describes a cluster, and names one that does not exist', async () => {
      const { region, eksCluster } = of();
      const { cluster } = await call('eks:DescribeCluster', { name: eksCluster }, { region });

      expect(cluster).toMatchObject({
        endpoint: expect.stringMatching(/^https:/) as string,
        certificateAuthority: { data: expect.any(String) as string },
      });
      expect(await failureOf(call('eks:DescribeCluster', { name: 'none' }, { region }))).toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });

    it('a request that is aborted fails as such', async () => {
      const signal = AbortSignal.abort();

      expect(await failureOf(call('dynamodb:GetItem', { ...at(), Key: key() }, { signal }))).toMatchObject({
        name: 'AbortError',
      });
    });
  });
};
