import { randomUUID } from 'node:crypto';

import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';

import type { AdmissionQueue, CommandQueue, ReconcileQueue } from '#shared/clusters/ports/messaging.ts';

import { openCommandQueue } from './command-queue.ts';
import { withFaults } from '#shared/aws/faults.ts';
import type { ReadSender } from './senders.ts';
import { callJson } from '#shared/aws/services/json.ts';
import type { SqsCall } from './dead-letters.ts';

interface QueueUrls {
  readonly reconcileQueue: string;
  readonly youngApplicationQueue: string;
  readonly admissionQueue: string;
  readonly commandQueue: string;
  readonly deadLetters: string;
}

interface QueueOptions {
  readonly readSender: ReadSender;
  readonly call?: SqsCall;
}

interface Queues {
  readonly reconcileQueue: ReconcileQueue;
  readonly admissionQueue: AdmissionQueue;
  readonly commandQueue: CommandQueue;
}

type SendOptions = Pick<SendMessageCommandInput, 'DelaySeconds' | 'MessageGroupId' | 'MessageDeduplicationId'>;

/** The SQS queues between functions, and the queue of commands. */
export const openQueues = (urls: QueueUrls, { readSender, call = callJson }: QueueOptions): Queues => {
  const send = async (queueUrl: string, body: unknown, options: SendOptions = {}): Promise<void> => {
    await call('sqs:SendMessage', { QueueUrl: queueUrl, MessageBody: JSON.stringify(body), ...options });
  };
  return {
    reconcileQueue: withFaults<ReconcileQueue>({
      send: (request) => send(urls.reconcileQueue, request),
      follow: (request, delaySeconds) =>
        send(urls.youngApplicationQueue, request, delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds }),
    }),
    admissionQueue: withFaults<AdmissionQueue>({
      // A request is never the same as an earlier one, which may have been handled before the queue changed.
      send: (target, options = {}) =>
        send(
          urls.admissionQueue,
          { target, ...options },
          { MessageGroupId: target, MessageDeduplicationId: randomUUID() },
        ),
    }),
    commandQueue: withFaults(openCommandQueue(urls, { readSender, call })),
  };
};
