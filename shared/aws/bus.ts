import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';

import { type BusEvent, eventSource, type Rejection } from '#events/transitions.ts';
import type { Bus } from '#shared/clusters/ports/messaging.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

/** PutEvents takes so many at once. */
const batchSize = 10;
/** What any queue takes. */
const longestMessageBytes = 256 * 1024;

interface BusOptions {
  readonly bus: string;
  readonly rejectedQueueUrl: string;
}

interface BusClients {
  events?: Pick<EventBridgeClient, 'send'>;
  queues?: Pick<SQSClient, 'send'>;
}

/** The event bus, and the queue that keeps refused commands. */
export const openBus = ({ bus, rejectedQueueUrl }: BusOptions, clients: BusClients = {}): Bus => {
  let { events, queues } = clients;

  const put = async (entries: PutEventsRequestEntry[]) => {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    events ??= new EventBridgeClient(awsRetries);
    return (await events.send(new PutEventsCommand({ Entries: entries }))).Entries ?? [];
  };

  return withFaults<Bus>({
    async publish(busEvent) {
      let taken = 0;
      while (taken < busEvent.length) {
        const batch = busEvent.slice(taken, taken + batchSize);
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
        new SendMessageCommand({ QueueUrl: rejectedQueueUrl, MessageBody: keptOf(rejection, message) }),
      );
      const { subject } = rejection;
      const [result] = await put([entryOf({ type: 'Flink Command Rejected', subject, detail: rejection }, bus)]);
      if (result?.ErrorCode !== undefined)
        throw Object.assign(new Error('the bus refused the rejection'), { name: result.ErrorCode });
    },
  });
};

/** A message that is as large as it may be does not fit beside what is said of it: as much of it as does. */
const keptOf = (rejection: Rejection, message: string): string => {
  let kept = JSON.stringify({ rejection, message });
  for (let length = message.length; Buffer.byteLength(kept) > longestMessageBytes && length > 0;) {
    length = Math.floor(length * 0.9);
    kept = JSON.stringify({ rejection, message: message.slice(0, length), cut: true });
  }
  return kept;
};

const entryOf = ({ type, subject, detail }: BusEvent, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: type,
  Detail: JSON.stringify(detail),
  Resources: subject === undefined ? [] : [subject],
  Time: new Date(detail.at),
});
