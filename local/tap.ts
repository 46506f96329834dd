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

import { EventOrder, parseEvent, type BusEvent } from './event-order.ts';
import { launch, type Launched } from './processes.ts';
import { account, awsConfig, awsEnvironment, region, type Settings } from './settings.ts';

/** Writes every event of the bus to a file, a line each, those of one cluster in their order. */
export const tapName = 'tap';

const queueName = 'drey-local-tap';

/** How long an event waits for its predecessor. */
const patienceMs = 10_000;

/** Has the bus send everything to a queue of the tap's own. */
export const connectTap = async (settings: Settings, bus: string): Promise<string> => {
  const queues = new SQSClient(awsConfig(settings));
  const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: queueName }));
  const queueArn = `arn:aws:sqs:${region}:${account}:${queueName}`;
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
  const rule = { Name: queueName, EventBusName: bus };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [{ prefix: '' }] }) }));
  await events.send(
    new PutTargetsCommand({ Rule: queueName, EventBusName: bus, Targets: [{ Id: 'tap', Arn: queueArn }] }),
  );
  return QueueUrl;
};

/** Starts the process that writes the events to the file. */
export const startTap = (settings: Settings, queueUrl: string): Promise<Launched> => {
  if (!existsSync(settings.eventsFile)) writeFileSync(settings.eventsFile, '');
  return launch(
    {
      name: tapName,
      command: process.execPath,
      args: [import.meta.filename, settings.awsUrl, queueUrl, settings.eventsFile],
      env: awsEnvironment(settings),
      address: settings.eventsFile,
    },
    settings,
  );
};

/** What an earlier tap has written already counts. */
const resume = (file: string): EventOrder => {
  const order = new EventOrder(patienceMs);
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const line of lines.filter((line) => line !== '')) order.add(parseEvent(line), 0);
  order.overdue(Number.POSITIVE_INFINITY);
  return order;
};

const write = (file: string, events: readonly BusEvent[]) => {
  if (events.length > 0) appendFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
};

const follow = async (awsUrl: string, QueueUrl: string, file: string): Promise<never> => {
  const queues = new SQSClient(awsConfig({ awsUrl }));
  const order = resume(file);
  for (;;) {
    const wait = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    const { Messages = [] } = await queues.send(wait);
    write(
      file,
      Messages.flatMap(({ Body = '' }) => order.add(parseEvent(Body), Date.now())),
    );
    write(file, order.overdue(Date.now()));
    if (Messages.length === 0) continue;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await queues.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
};

const main = async ([awsUrl = '', queueUrl = '', file = '']: string[]) => {
  for (;;) {
    await follow(awsUrl, queueUrl, file).catch((error: unknown) => console.error(new Date().toISOString(), error));
    await sleep(1_000);
  }
};

if (import.meta.main) await main(process.argv.slice(2));
