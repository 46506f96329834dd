import pMap from 'p-map';

import { type ClusterRef, subjectOf } from '#events/names.ts';
import type { Principal } from '#events/principal.ts';
import type { CommandQueue } from '#shared/clusters/ports/messaging.ts';

import { openDeadLetters } from './dead-letters.ts';
import { type ReadPrincipal, toPrincipalAttribute } from './senders.ts';
import type { LazySqs } from './sqs.ts';

const maxSendsAtOnce = 16;

interface CommandQueueUrls {
  readonly commandQueue: string;
  readonly deadLetters: string;
}

interface CommandQueueOptions {
  readonly now: () => Date;
  readonly readPrincipal: ReadPrincipal;
  readonly sqs: LazySqs;
}

interface SentMessage {
  readonly principal: Principal;
  readonly body: object;
  readonly group: string;
  readonly deduplicationId: string;
}

/** The FIFO queue of commands, and the queue of its dead letters. */
export const openCommandQueue = (
  urls: CommandQueueUrls,
  { now, readPrincipal, sqs }: CommandQueueOptions,
): CommandQueue => {
  const send = async (message: SentMessage) => {
    const { client, SendMessageCommand } = await sqs();
    await client.send(
      new SendMessageCommand({
        QueueUrl: urls.commandQueue,
        MessageBody: JSON.stringify(message.body),
        MessageGroupId: message.group,
        MessageDeduplicationId: message.deduplicationId,
        MessageAttributes: toPrincipalAttribute(message.principal),
      }),
    );
  };

  return {
    ...openDeadLetters(urls, { readPrincipal, sqs }),

    sendResume: ({ operationId, principal, ...clusterRef }) =>
      send({
        principal,
        body: deployMessage(clusterRef, { id: operationId, operationid: operationId }),
        // Not the group of its cluster: a stop in that group, which waits for this deploy, would block the message.
        group: `resume/${operationId}`,
        // One message a minute: reconcile requests it until the operation proceeds.
        deduplicationId: `${operationId}/${Math.floor(now().getTime() / 60_000)}`,
      }),

    async sendBatchItems({ target, principal }, batchItems) {
      // SendMessageBatch needs no permission of its own on AWS, but on emulators.
      await pMap(
        batchItems,
        ({ batchId, batchIndex, clusterId }) => {
          const id = `${batchId}/${batchIndex}`;
          const clusterRef = { target, clusterId };
          const body = deployMessage(clusterRef, { id, batchid: batchId, batchindex: batchIndex });
          return send({ principal, body, group: subjectOf(clusterRef), deduplicationId: id });
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
