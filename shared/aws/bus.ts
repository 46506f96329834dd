import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';

import { eventSource, type Tidings } from '#events/transitions.ts';
import type { Bus } from '#shared/clusters/ports.ts';
import { awsRetries } from '#shared/retries.ts';

/** PutEvents takes so many at once. */
const batchSize = 10;

interface BusOptions {
  readonly bus: string;
  readonly rejectedQueueUrl: string;
}

/** The event bus, and the queue that keeps refused commands. */
export const openBus = ({ bus, rejectedQueueUrl }: BusOptions): Bus => {
  let events: EventBridgeClient | undefined;
  let queues: SQSClient | undefined;

  const put = async (entries: PutEventsRequestEntry[]) => {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    events ??= new EventBridgeClient(awsRetries);
    return (await events.send(new PutEventsCommand({ Entries: entries }))).Entries ?? [];
  };

  return {
    async publish(tidings) {
      let taken = 0;
      while (taken < tidings.length) {
        const batch = tidings.slice(taken, taken + batchSize);
        const results = await put(batch.map((one) => entryOf(one, bus)));
        const refused = results.findIndex(({ ErrorCode }) => ErrorCode !== undefined);
        if (refused >= 0) return taken + refused;
        taken += batch.length;
      }
      return taken;
    },

    async reject(rejection, message) {
      const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
      queues ??= new SQSClient(awsRetries);
      await queues.send(
        new SendMessageCommand({ QueueUrl: rejectedQueueUrl, MessageBody: JSON.stringify({ rejection, message }) }),
      );
      const { subject } = rejection;
      const [result] = await put([entryOf({ type: 'Flink Command Rejected', subject, detail: rejection }, bus)]);
      if (result?.ErrorCode !== undefined) throw new Error(`the bus refused the rejection: ${result.ErrorCode}`);
    },
  };
};

const entryOf = ({ type, subject, detail }: Tidings, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: type,
  Detail: JSON.stringify(detail),
  Resources: subject === undefined ? [] : [subject],
  Time: new Date(detail.at),
});
