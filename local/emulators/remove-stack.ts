import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteRuleCommand, EventBridgeClient, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';

import { findStackOutputs, getOutput, osls } from '#local/steps/deploy.ts';
import { removePodStorage } from '#local/steps/pod-storage.ts';
import { recorderQueue } from '#local/services/event-recorder.ts';
import { awsConfig, type Settings } from '../settings.ts';
import { deleteBucket, ignore } from './buckets.ts';
import { answers } from './inspect.ts';

/**
 * Removes the stack from an emulator that keeps running, with its records and files, which belong to clusters that are
 * gone. Does nothing where there is no stack, or where no emulator answers.
 */
export const removeStack = async (settings: Settings): Promise<void> => {
  if (!(await answers(settings.awsUrl))) return;
  const outputs = await findStackOutputs(settings);
  if (outputs === undefined) return;
  await disconnectRecorder(settings, getOutput(outputs, 'EventBusName'));
  await osls(['remove'], settings);
  // CloudFormation retains both.
  await deleteBucket(settings, getOutput(outputs, 'BucketName'));
  await new DynamoDBClient(awsConfig(settings))
    .send(new DeleteTableCommand({ TableName: getOutput(outputs, 'TableName') }))
    .catch(ignore('ResourceNotFoundException'));
  if (settings.hasPodStorage) await removePodStorage(settings);
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
