import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteRuleCommand, EventBridgeClient, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';

import { findStackOutputs, getOutput, osls } from '#local/steps/deploy.ts';
import { recorderQueue } from '#local/services/event-recorder.ts';
import { awsConfig, type Settings } from '../settings.ts';
import { answers } from './inspect.ts';

/**
 * Removes the stack from an emulator that keeps running, with its records and files, which belong to clusters that are
 * gone. Does nothing where there is no stack, or where no emulator answers.
 */
export const removeStack = async (settings: Settings): Promise<void> => {
  if (!(await answers(settings.awsUrl))) return;
  const outputs = await findStackOutputs(settings);
  if (outputs === undefined) return;
  const bucket = getOutput(outputs, 'BucketName');
  await disconnectRecorder(settings, getOutput(outputs, 'EventBusName'));
  await emptyBucket(settings, bucket);
  await osls(['remove'], settings);
  // CloudFormation retains both.
  await new DynamoDBClient(awsConfig(settings))
    .send(new DeleteTableCommand({ TableName: getOutput(outputs, 'TableName') }))
    .catch(ignore('ResourceNotFoundException'));
  await new S3Client(awsConfig(settings))
    .send(new DeleteBucketCommand({ Bucket: bucket }))
    .catch(ignore('NoSuchBucket'));
};

const ignore =
  (name: string) =>
  (error: unknown): void => {
    if (!(error instanceof Error && error.name === name)) throw error;
  };

/** A bus is removed only without rules. */
const disconnectRecorder = async (settings: Settings, bus: string): Promise<void> => {
  const events = new EventBridgeClient(awsConfig(settings));
  const queues = new SQSClient(awsConfig(settings));
  const rule = { EventBusName: bus, Force: true };
  await events
    .send(new RemoveTargetsCommand({ ...rule, Rule: recorderQueue, Ids: ['event-recorder'] }))
    .catch(ignore('ResourceNotFoundException'));
  await events.send(new DeleteRuleCommand({ ...rule, Name: recorderQueue })).catch(ignore('ResourceNotFoundException'));
  await queues
    .send(new GetQueueUrlCommand({ QueueName: recorderQueue }))
    .then(({ QueueUrl }) => queues.send(new DeleteQueueCommand({ QueueUrl })))
    .catch(ignore('QueueDoesNotExist'));
};

const emptyBucket = async (settings: Settings, Bucket: string): Promise<void> => {
  const s3 = new S3Client(awsConfig(settings));
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const objects = [...Versions, ...DeleteMarkers];
    if (objects.length === 0) return;
    for (const { Key, VersionId } of objects) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
};
