import { randomUUID } from 'node:crypto';

import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';

import { subjectOf } from '#events/names.ts';
import type { AdmissionQueue, CommandQueue, DeadLetter, ReconcileQueue } from '#shared/clusters/ports/messaging.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

/** SQS gives so many messages at once. */
const atOnce = 10;
const sendsAtOnce = 16;
const mostListed = 100;
/** What a request to bring commands back has time for. */
const mostRedriven = 200;
/** Longer than a request takes: what it has seen it does not see again. */
const seenSeconds = 60;
/** Asks all of the queue's servers, not only some. */
const waitSeconds = 1;
const longestDetail = 1_000;

interface QueueUrls {
  readonly reconcileQueue: string;
  readonly admissionQueue: string;
  readonly commandQueue: string;
  readonly deadLetters: string;
}

interface QueueOptions {
  readonly now: () => Date;
  readonly client?: Pick<SQSClient, 'send'>;
}

/** The queues between the functions, and that of the commands. */
export const openQueues = (
  urls: QueueUrls,
  { now, client }: QueueOptions,
): {
  readonly reconcileQueue: ReconcileQueue;
  readonly admissionQueue: AdmissionQueue;
  readonly commandQueue: CommandQueue;
} => {
  let kept = client;
  const sqs = async () => {
    const sdk = await import('@aws-sdk/client-sqs');
    kept ??= new sdk.SQSClient(awsRetries);
    return { ...sdk, client: kept };
  };

  const send = async (queueUrl: string, body: unknown) => {
    const { client, SendMessageCommand } = await sqs();
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }));
  };

  const receiveDead = async (): Promise<readonly DeadLetter[]> => {
    const { client, ReceiveMessageCommand } = await sqs();
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: urls.deadLetters,
        MaxNumberOfMessages: atOnce,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: seenSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    return Messages.map(asDead);
  };

  /** For the next one who lists them. What is not done is done by time. */
  const showAgain = async (commands: readonly DeadLetter[]) => {
    const { client, ChangeMessageVisibilityCommand } = await sqs();
    await pMap(
      commands,
      ({ receipt: ReceiptHandle }) =>
        client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: urls.deadLetters, ReceiptHandle, VisibilityTimeout: 0 }),
        ),
      { concurrency: sendsAtOnce },
    );
  };

  const bringBack = async ({ group, receipt }: DeadLetter, body: string) => {
    const { client, DeleteMessageCommand, SendMessageCommand } = await sqs();
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.commandQueue,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: randomUUID(),
      }),
    );
    await client.send(new DeleteMessageCommand({ QueueUrl: urls.deadLetters, ReceiptHandle: receipt }));
  };

  return {
    reconcileQueue: withFaults<ReconcileQueue>({ send: (look) => send(urls.reconcileQueue, look) }),

    admissionQueue: withFaults<AdmissionQueue>({ send: (target) => send(urls.admissionQueue, { target }) }),

    commandQueue: withFaults<CommandQueue>({
      async sendResume(operation) {
        const { client, SendMessageCommand } = await sqs();
        const { operationId } = operation;
        await client.send(
          new SendMessageCommand({
            QueueUrl: urls.commandQueue,
            MessageBody: JSON.stringify(deployOf(operation, { id: operationId, operationid: operationId })),
            // Not that of its cluster: a stop there that waits until the cluster is up would wait for what is behind it.
            MessageGroupId: `carry-on/${operationId}`,
            MessageDeduplicationId: `${operationId}/${Math.floor(now().getTime() / 60_000)}`,
          }),
        );
      },

      async sendBatchItems(target, batchItems) {
        const { client, SendMessageCommand } = await sqs();
        // One by one: what allows that is one action of IAM everywhere, which it is not for batches on emulators.
        await pMap(
          batchItems,
          ({ batchId, batchIndex, clusterId }) => {
            const id = `${batchId}/${batchIndex}`;
            const clusterRef = { target, clusterId };
            return client.send(
              new SendMessageCommand({
                QueueUrl: urls.commandQueue,
                MessageBody: JSON.stringify(deployOf(clusterRef, { id, batchid: batchId, batchindex: batchIndex })),
                MessageGroupId: subjectOf(clusterRef),
                MessageDeduplicationId: id,
              }),
            );
          },
          { concurrency: sendsAtOnce },
        );
      },

      async discard({ id, group, body }, { code, detail }) {
        const { client, SendMessageCommand } = await sqs();
        await client.send(
          new SendMessageCommand({
            QueueUrl: urls.deadLetters,
            MessageBody: body,
            MessageGroupId: group,
            MessageDeduplicationId: id,
            MessageAttributes: { code: text(code), detail: text(detail.slice(0, longestDetail) || code) },
          }),
        );
      },

      async listDeadLetters() {
        const found: DeadLetter[] = [];
        try {
          for (let next = await receiveDead(); next.length > 0; next = await receiveDead()) {
            found.push(...next);
            if (found.length >= mostListed) break;
          }
        } finally {
          await showAgain(found);
        }
        return found;
      },

      async redriveDeadLetters(again) {
        const commands: DeadLetter[] = [];
        const left: DeadLetter[] = [];
        try {
          for (let next = await receiveDead(); next.length > 0; next = await receiveDead()) {
            for (const command of next) {
              const body = await again(command);
              if (body === undefined) left.push(command);
              else {
                await bringBack(command, body);
                commands.push(command);
              }
            }
            if (commands.length + left.length >= mostRedriven) return { commands, more: true };
          }
        } finally {
          await showAgain(left);
        }
        return { commands, more: false };
      },
    }),
  };
};

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

const deployOf = (clusterRef: Parameters<typeof subjectOf>[0], fields: Readonly<Record<string, unknown>>) => ({
  specversion: '1.0',
  type: 'drey.command.deploy.v1',
  source: 'drey',
  subject: subjectOf(clusterRef),
  ...fields,
});

/** What the queue moved by itself has no reason with it: its function ended before it could say one. */
const asDead = ({
  MessageId = '',
  Body = '',
  ReceiptHandle = '',
  Attributes,
  MessageAttributes,
}: Message): DeadLetter => {
  const [code, detail] = [MessageAttributes?.['code']?.StringValue, MessageAttributes?.['detail']?.StringValue];
  return {
    id: MessageId,
    group: Attributes?.MessageGroupId ?? '',
    body: Body,
    receipt: ReceiptHandle,
    ...(code === undefined || detail === undefined ? {} : { problem: { code, detail } }),
  };
};
