import { randomUUID } from 'node:crypto';

import type { Message } from '@aws-sdk/client-sqs';
import pMap from 'p-map';

import type { Call } from '#shared/aws/transport/operations.ts';
import type { CommandQueue, DeadLetter } from '#shared/clusters/ports/messaging.ts';

import { type ReadSender, stringAttribute, toOwnAttributes } from './senders.ts';

/** SQS returns at most this many messages in one call. */
const maxReceived = 10;
const maxChangesAtOnce = 16;
const maxListed = 100;
/** A request to redrive dead letters has time for this many. */
const maxRedriven = 200;
/** Longer than a request takes, so that a request receives each message once. */
const visibilitySeconds = 60;
/** Long polling asks all servers of the queue. Without it SQS asks some of them. */
const waitSeconds = 1;
const maxDetailCharacters = 1_000;

/** The requests to SQS. */
export type SqsCall = Call<
  'sqs:SendMessage' | 'sqs:ReceiveMessage' | 'sqs:DeleteMessage' | 'sqs:ChangeMessageVisibility'
>;

interface QueueUrls {
  readonly commandQueue: string;
  readonly deadLetters: string;
}

interface DeadLetterOptions {
  readonly readSender: ReadSender;
  readonly call: SqsCall;
}

type DeadLetterMethods = Pick<CommandQueue, 'discard' | 'listDeadLetters' | 'redriveDeadLetters'>;

/** The queue of commands whose last delivery failed. */
export const openDeadLetters = (urls: QueueUrls, { readSender, call }: DeadLetterOptions): DeadLetterMethods => ({
  async discard({ id, group, body, ...sent }, { code, detail }) {
    await call('sqs:SendMessage', {
      QueueUrl: urls.deadLetters,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: id,
      MessageAttributes: {
        ...toOwnAttributes(sent),
        code: stringAttribute(code),
        detail: stringAttribute(detail.slice(0, maxDetailCharacters) || code),
      },
    });
  },

  async listDeadLetters() {
    const listed: DeadLetter[] = [];
    try {
      for await (const messages of receiveAll(urls, { readSender, call })) {
        listed.push(...messages);
        if (listed.length >= maxListed) return { commands: listed, more: true };
      }
    } finally {
      await makeVisible(listed, urls, call);
    }
    return { commands: listed, more: false };
  },

  async redriveDeadLetters(render) {
    const commands: DeadLetter[] = [];
    const kept: DeadLetter[] = [];
    try {
      for await (const messages of receiveAll(urls, { readSender, call })) {
        for (const message of messages) {
          const rendered = await render(message);
          if (rendered !== undefined) await redrive({ ...message, ...rendered }, urls, call);
          (rendered === undefined ? kept : commands).push(message);
        }
        if (commands.length + kept.length >= maxRedriven) return { commands, more: true };
      }
    } finally {
      await makeVisible(kept, urls, call);
    }
    return { commands, more: false };
  },
});

async function* receiveAll(
  urls: QueueUrls,
  { readSender, call }: DeadLetterOptions,
): AsyncGenerator<readonly DeadLetter[], void, undefined> {
  for (;;) {
    const { Messages = [] } = await call('sqs:ReceiveMessage', {
      QueueUrl: urls.deadLetters,
      MaxNumberOfMessages: maxReceived,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['MessageGroupId', 'SenderId'],
    });
    if (Messages.length === 0) return;
    yield Messages.map((message) => toDeadLetter(message, readSender));
  }
}

/** Ends the visibility timeout, so that the next request finds the messages. Otherwise SQS ends it after its time. */
const makeVisible = async (messages: readonly DeadLetter[], urls: QueueUrls, call: SqsCall): Promise<void> => {
  await pMap(
    messages,
    ({ receipt: ReceiptHandle }) =>
      call('sqs:ChangeMessageVisibility', { QueueUrl: urls.deadLetters, ReceiptHandle, VisibilityTimeout: 0 }),
    { concurrency: maxChangesAtOnce },
  );
};

const redrive = async (
  { group, body, receipt, ...sent }: DeadLetter,
  urls: QueueUrls,
  call: SqsCall,
): Promise<void> => {
  await call('sqs:SendMessage', {
    QueueUrl: urls.commandQueue,
    MessageBody: body,
    MessageGroupId: group,
    MessageDeduplicationId: randomUUID(),
    MessageAttributes: toOwnAttributes(sent),
  });
  await call('sqs:DeleteMessage', { QueueUrl: urls.deadLetters, ReceiptHandle: receipt });
};

/** A message that SQS itself moved has no reason, because its function ended before it could state one. */
const toDeadLetter = (
  { MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes }: Message,
  readSender: ReadSender,
): DeadLetter => {
  const [code, detail] = [MessageAttributes?.['code']?.StringValue, MessageAttributes?.['detail']?.StringValue];
  return {
    id: MessageId,
    group: Attributes?.MessageGroupId ?? '',
    body: Body,
    ...readSender({
      senderId: Attributes?.SenderId ?? '',
      claim: (attribute) => MessageAttributes?.[attribute]?.StringValue,
    }),
    receipt: ReceiptHandle,
    ...(code === undefined || detail === undefined ? {} : { problem: { code, detail } }),
  };
};
