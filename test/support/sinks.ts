/** What Drey keeps and says on the running system, for tests that search it. */
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import {
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';

import { targetKey } from '#shared/aws/table/keys.ts';

import { output, queues } from './queue-messages.ts';
import { aws, until } from './system.ts';

const table = new DynamoDBClient(aws);
const bucket = new S3Client(aws);
const workflows = new SFNClient(aws);

/** The records that do not expire, and revisions, without that of the target itself, whose policy allows its secret. */
export const readTable = async (target: string): Promise<readonly unknown[]> => {
  const items: unknown[] = [];
  for await (const { Items = [] } of paginateScan({ client: table }, { TableName: output('TableName') }))
    items.push(
      ...Items.filter(
        ({ ttl, sk }) =>
          (ttl === undefined || sk?.S?.startsWith('revision#') === true) && sk?.S !== targetKey(target).sk,
      ),
    );
  return items;
};

export const readHistories = async (): Promise<readonly unknown[]> => {
  const events: unknown[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client: workflows }, {}))
    for (const { stateMachineArn } of stateMachines)
      for await (const { executions = [] } of paginateListExecutions({ client: workflows }, { stateMachineArn }))
        for (const { executionArn } of executions)
          for await (const page of paginateGetExecutionHistory({ client: workflows }, { executionArn }))
            events.push(...(page.events ?? []));
  return events;
};

/**
 * The messages of the rejected queue, with at least `count` about a target. They stay in it. Another test that has received
 * a message hides it for some time.
 */
export const readRejected = async (target: string, count: number): Promise<readonly string[]> => {
  const messages = new Map<string, string>();
  const request = { QueueUrl: output('RejectedCommandQueueUrl'), MaxNumberOfMessages: 10, VisibilityTimeout: 1 };
  return until(
    async () => {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand(request));
      for (const { MessageId = '', Body = '' } of Messages) messages.set(MessageId, Body);
      return [...messages.values()];
    },
    (bodies) => bodies.filter((body) => body.includes(`targets/${target}/`)).length >= count,
  );
};

/** The bodies of commands in the bucket. Those of running jobs and stored specs stay. */
export const readBucket = async (target: string): Promise<readonly unknown[]> => {
  const bodies: unknown[] = [];
  const Bucket = output('BucketName');
  for (const Prefix of ['commands/', `uploads/${target}/`])
    for await (const { Contents = [] } of paginateListObjectsV2({ client: bucket }, { Bucket, Prefix }))
      for (const { Key } of Contents)
        bodies.push(await (await bucket.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString());
  return bodies;
};
