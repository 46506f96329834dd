import pMap from 'p-map';

import { type ClusterRef, subjectOf } from '#events/names.ts';
import type { CommandQueue } from '#shared/clusters/ports/messaging.ts';

import { openDeadLetters } from './dead-letters.ts';
import type { LazySqs } from './sqs.ts';

const maxSendsAtOnce = 16;

interface CommandQueueUrls {
  readonly commandQueue: string;
  readonly deadLetters: string;
}

interface CommandQueueOptions {
  readonly now: () => Date;
  readonly sqs: LazySqs;
}

/** The FIFO queue of commands, and the queue of its dead letters. */
export const openCommandQueue = (urls: CommandQueueUrls, { now, sqs }: CommandQueueOptions): CommandQueue => {
  const send = async (message: { readonly body: object; readonly group: string; readonly deduplicationId: string }) => {
    const { client, SendMessageCommand } = await sqs();
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.commandQueue,
        MessageBody: JSON.stringify(message.body),
        MessageGroupId: message.group,
        MessageDeduplicationId: message.deduplicationId,
      }),
    );
  };

  return {
    ...openDeadLetters(urls, sqs),

    sendResume: ({ operationId, ...clusterRef }) =>
      send({
        body: deployMessage(clusterRef, { id: operationId, operationid: operationId }),
        // Not the group of its cluster: a stop in that group, which waits for this deploy, would block the message.
        group: `resume/${operationId}`,
        // One message a minute: reconcile requests it until the operation proceeds.
        deduplicationId: `${operationId}/${Math.floor(now().getTime() / 60_000)}`,
      }),

    async sendBatchItems(target, batchItems) {
      // SendMessageBatch needs no permission of its own on AWS, but on emulators.
      await pMap(
        batchItems,
        ({ batchId, batchIndex, clusterId }) => {
          const id = `${batchId}/${batchIndex}`;
          const clusterRef = { target, clusterId };
          const body = deployMessage(clusterRef, { id, batchid: batchId, batchindex: batchIndex });
          return send({ body, group: subjectOf(clusterRef), deduplicationId: id });
        },
        { concurrency: maxSendsAtOnce },
      );
    },
  };
};

const deployMessage = ({ target, clusterId }: ClusterRef, fields: Readonly<Record<string, unknown>>) => ({
  specversion: '1.0',
  type: 'drey.command.deploy.v1',
  source: 'drey',
  subject: subjectOf({ target, clusterId }),
  ...fields,
});
