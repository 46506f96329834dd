import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

import { type BusEvent, EventOrder, parseEvent } from './event-order.ts';
import { type BackgroundProcess, launch } from './processes.ts';
import { account, awsConfig, awsEnvironment, region, type Settings } from '#local/settings.ts';

/** The event recorder writes each event of the bus as a line of a file. The events of one cluster are in order. */
export const recorderName = 'event-recorder';

/** The name of the queue, and of the rule that sends to it. */
export const recorderQueue = 'drey-local-event-recorder';

/** How long an event waits for its predecessor. */
const maxWaitMs = 10_000;

/** Creates a queue, and a rule by which the bus sends every event to the queue. Returns the URL of the queue. */
export const connectRecorder = async (settings: Settings, bus: string): Promise<string> => {
  const queues = new SQSClient(awsConfig(settings));
  const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: recorderQueue }));
  const queueArn = `arn:aws:sqs:${region}:${account}:${recorderQueue}`;
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
      },
    ],
  };
  await queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(policy) } }));
  const events = new EventBridgeClient(awsConfig(settings));
  const rule = { Name: recorderQueue, EventBusName: bus };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [{ prefix: '' }] }) }));
  await events.send(
    new PutTargetsCommand({
      Rule: recorderQueue,
      EventBusName: bus,
      Targets: [{ Id: 'event-recorder', Arn: queueArn }],
    }),
  );
  return QueueUrl;
};

/** Starts the process that writes the events to the file. */
export const startRecorder = (settings: Settings, queueUrl: string): Promise<BackgroundProcess> => {
  if (!existsSync(settings.eventsFile)) writeFileSync(settings.eventsFile, '');
  return launch(
    {
      name: recorderName,
      command: process.execPath,
      args: [import.meta.filename, settings.awsUrl, queueUrl, settings.eventsFile],
      env: awsEnvironment(settings),
      address: settings.eventsFile,
    },
    settings,
  );
};

/** Restores the order from the events that an earlier process has written. */
const restoreOrder = (file: string): EventOrder => {
  const order = new EventOrder(maxWaitMs);
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const line of lines.filter((line) => line !== '')) order.add(parseEvent(line), 0);
  order.releaseExpired(Number.POSITIVE_INFINITY);
  return order;
};

const appendEvents = (file: string, events: readonly BusEvent[]) => {
  if (events.length > 0) appendFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
};

const record = async (awsUrl: string, QueueUrl: string, file: string): Promise<never> => {
  const queues = new SQSClient(awsConfig({ awsUrl }));
  const order = restoreOrder(file);
  for (;;) {
    const wait = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    const { Messages = [] } = await queues.send(wait);
    appendEvents(
      file,
      Messages.flatMap(({ Body = '' }) => order.add(parseEvent(Body), Date.now())),
    );
    appendEvents(file, order.releaseExpired(Date.now()));
    if (Messages.length === 0) continue;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await queues.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
};

const main = async ([awsUrl = '', queueUrl = '', file = '']: string[]) => {
  for (;;) {
    await record(awsUrl, queueUrl, file).catch((error: unknown) => console.error(new Date().toISOString(), error));
    await sleep(1_000);
  }
};

if (import.meta.main) await main(process.argv.slice(2));
