import { randomUUID } from 'node:crypto';

import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';

import { subjectOf } from '#events/names.ts';
import type { Admissions, Commands, DeadCommand, Looks } from '#shared/clusters/ports.ts';
import { awsRetries } from '#shared/retries.ts';

/** SQS gives so many messages at once. */
const atOnce = 10;
const sendsAtOnce = 16;
const mostListed = 100;
/** How long a message that was listed cannot be listed again. */
const listedSeconds = 5;
const longestDetail = 1_000;

interface QueueUrls {
  readonly looks: string;
  readonly admissions: string;
  readonly commands: string;
  readonly deadCommands: string;
}

let client: SQSClient | undefined;
const sqs = async () => {
  const sdk = await import('@aws-sdk/client-sqs');
  client ??= new sdk.SQSClient(awsRetries);
  return { ...sdk, client };
};

const send = async (queueUrl: string, body: unknown) => {
  const { client, SendMessageCommand } = await sqs();
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }));
};

/** The queues between the functions, and that of the commands. */
export const openQueues = (
  urls: QueueUrls,
): { readonly looks: Looks; readonly admissions: Admissions; readonly commands: Commands } => {
  return {
    looks: { hand: (look) => send(urls.looks, look) },

    admissions: { ask: (target) => send(urls.admissions, { target }) },

    commands: {
      async carryOn(operation) {
        const { client, SendMessageCommand } = await sqs();
        const { operationId } = operation;
        await client.send(
          new SendMessageCommand({
            QueueUrl: urls.commands,
            MessageBody: JSON.stringify(deployOf(operation, { id: operationId, operationid: operationId })),
            MessageGroupId: subjectOf(operation),
            MessageDeduplicationId: randomUUID(),
          }),
        );
      },

      async sendElements(target, elements) {
        const { client, SendMessageCommand } = await sqs();
        // One by one: what allows that is one action of IAM everywhere, which it is not for batches on emulators.
        await pMap(
          elements,
          ({ batchId, batchIndex, clusterId }) => {
            const id = `${batchId}/${batchIndex}`;
            const place = { target, clusterId };
            return client.send(
              new SendMessageCommand({
                QueueUrl: urls.commands,
                MessageBody: JSON.stringify(deployOf(place, { id, batchid: batchId, batchindex: batchIndex })),
                MessageGroupId: subjectOf(place),
                MessageDeduplicationId: id,
              }),
            );
          },
          { concurrency: sendsAtOnce },
        );
      },

      async giveUp({ id, group, body }, { code, detail }) {
        const { client, SendMessageCommand } = await sqs();
        await client.send(
          new SendMessageCommand({
            QueueUrl: urls.deadCommands,
            MessageBody: body,
            MessageGroupId: group,
            MessageDeduplicationId: id,
            MessageAttributes: { code: text(code), detail: text(detail.slice(0, longestDetail) || code) },
          }),
        );
      },

      async dead() {
        const { client, ReceiveMessageCommand } = await sqs();
        const found = new Map<string, DeadCommand>();
        for (;;) {
          const { Messages = [] } = await client.send(
            new ReceiveMessageCommand({
              QueueUrl: urls.deadCommands,
              MaxNumberOfMessages: atOnce,
              VisibilityTimeout: listedSeconds,
              MessageAttributeNames: ['All'],
              MessageSystemAttributeNames: ['MessageGroupId'],
            }),
          );
          const fresh = Messages.map(asDead).filter(({ id }) => !found.has(id));
          for (const message of fresh) found.set(message.id, message);
          if (fresh.length === 0 || found.size >= mostListed) return [...found.values()];
        }
      },

      async redrive({ group, body, receipt }) {
        const { client, DeleteMessageCommand, SendMessageCommand } = await sqs();
        await client.send(
          new SendMessageCommand({
            QueueUrl: urls.commands,
            MessageBody: body,
            MessageGroupId: group,
            MessageDeduplicationId: randomUUID(),
          }),
        );
        await client.send(new DeleteMessageCommand({ QueueUrl: urls.deadCommands, ReceiptHandle: receipt }));
      },
    },
  };
};

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

const deployOf = (place: Parameters<typeof subjectOf>[0], fields: Readonly<Record<string, unknown>>) => ({
  specversion: '1.0',
  type: 'drey.command.deploy.v1',
  source: 'drey',
  subject: subjectOf(place),
  ...fields,
});

/** What the queue moved by itself has no reason with it: its function ended before it could say one. */
const asDead = ({
  MessageId = '',
  Body = '',
  ReceiptHandle = '',
  Attributes,
  MessageAttributes,
}: Message): DeadCommand => {
  const [code, detail] = [MessageAttributes?.['code']?.StringValue, MessageAttributes?.['detail']?.StringValue];
  return {
    id: MessageId,
    group: Attributes?.MessageGroupId ?? '',
    body: Body,
    receipt: ReceiptHandle,
    ...(code === undefined || detail === undefined ? {} : { problem: { code, detail } }),
  };
};
