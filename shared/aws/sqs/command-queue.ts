import { randomUUID } from 'node:crypto';

import pMap from 'p-map';

import type { BatchCommand } from '#events/commands/batch.ts';
import { type ClusterRef, subjectOf } from '#events/names.ts';
import type { CommandQueue, QueuedMessage } from '#shared/clusters/ports/messaging.ts';

import { openDeadLetters, type SqsCall } from './dead-letters.ts';
import { type ReadSender, toOwnAttributes } from './senders.ts';

const maxSendsAtOnce = 16;

interface CommandQueueUrls {
  readonly commandQueue: string;
  readonly deadLetters: string;
}

interface CommandQueueOptions {
  readonly readSender: ReadSender;
  readonly call: SqsCall;
}

interface SentMessage extends Pick<QueuedMessage, 'principal' | 'own'> {
  readonly clusterRef: ClusterRef;
  readonly command: BatchCommand;
  readonly group: string;
}

/** The FIFO queue of commands, and the queue of its dead letters. */
export const openCommandQueue = (urls: CommandQueueUrls, { readSender, call }: CommandQueueOptions): CommandQueue => {
  const send = async ({ clusterRef, command, group, ...sent }: SentMessage) => {
    await call('sqs:SendMessage', {
      QueueUrl: urls.commandQueue,
      MessageBody: JSON.stringify(toMessage(clusterRef, command)),
      MessageGroupId: group,
      // With an ID that others can tell, they could send a message before, and SQS would drop this one.
      MessageDeduplicationId: randomUUID(),
      MessageAttributes: toOwnAttributes(sent),
    });
  };

  return {
    ...openDeadLetters(urls, { readSender, call }),

    sendResume: ({ operationId, principal, messageToken: token = '', target, clusterId }) =>
      send({
        principal,
        clusterRef: { target, clusterId },
        command: 'deploy',
        own: { token, operationId },
        // Not the group of its cluster: a stop in that group, which waits for this deploy, would block the message.
        group: `resume/${operationId}`,
      }),

    async sendBatchItems({ target, principal, messageToken: token = '' }, batchItems) {
      // SendMessageBatch needs no permission of its own on AWS, but on emulators.
      await pMap(
        batchItems,
        ({ command, batchId, batchIndex, clusterId }) => {
          const clusterRef = { target, clusterId };
          const own = { token, batchItem: { batchId, batchIndex } };
          return send({ principal, clusterRef, command, own, group: subjectOf(clusterRef) });
        },
        { concurrency: maxSendsAtOnce },
      );
    },
  };
};

const toMessage = ({ target, clusterId }: ClusterRef, command: BatchCommand) => ({
  specversion: '1.0',
  id: randomUUID(),
  type: `drey.command.${command}.v1`,
  source: 'drey',
  subject: subjectOf({ target, clusterId }),
});
