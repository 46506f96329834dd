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

/** The SQS queues between functions, and the queue of commands. */
export const openQueues = (urls: QueueUrls, { readSender, call = callJson }: QueueOptions): Queues => {
  const send = async (queueUrl: string, body: unknown, delaySeconds = 0): Promise<void> => {
    const delay = delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds };
    await call('sqs:SendMessage', { QueueUrl: queueUrl, MessageBody: JSON.stringify(body), ...delay });
  };
  return {
    reconcileQueue: withFaults<ReconcileQueue>({
      send: (request) => send(urls.reconcileQueue, request),
      follow: (request, delaySeconds) => send(urls.youngApplicationQueue, request, delaySeconds),
    }),
    admissionQueue: withFaults<AdmissionQueue>({ send: (target) => send(urls.admissionQueue, { target }) }),
    commandQueue: withFaults(openCommandQueue(urls, { readSender, call })),
  };
};
