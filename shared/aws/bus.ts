import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';

import { subjectOf } from '#events/names.ts';
import { eventSource, eventTypeOf, type OrphansFound, type Rejection, type Transition } from '#events/transitions.ts';
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
    async publish(transitions) {
      let taken = 0;
      while (taken < transitions.length) {
        const batch = transitions.slice(taken, taken + batchSize);
        const results = await put(batch.map((transition) => transitionEntry(transition, bus)));
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
      const [result] = await put([rejectionEntry(rejection, bus)]);
      if (result?.ErrorCode !== undefined) throw new Error(`the bus refused the rejection: ${result.ErrorCode}`);
    },

    async tell(found) {
      const [result] = await put([orphansEntry(found, bus)]);
      if (result?.ErrorCode !== undefined) throw new Error(`the bus refused what was found: ${result.ErrorCode}`);
    },
  };
};

const transitionEntry = (transition: Transition, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: eventTypeOf(transition),
  Detail: JSON.stringify(transition),
  Resources: [subjectOf(transition)],
  Time: new Date(transition.at),
});

const rejectionEntry = (rejection: Rejection, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: 'Flink Command Rejected',
  Detail: JSON.stringify(rejection),
  Resources: rejection.subject === undefined ? [] : [rejection.subject],
  Time: new Date(rejection.at),
});

const orphansEntry = (found: OrphansFound, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: 'Flink Orphans Found',
  Detail: JSON.stringify(found),
  Resources: [`targets/${found.target}`],
  Time: new Date(found.at),
});
