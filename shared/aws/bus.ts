import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';

import { type BusEvent, eventSource, type Rejection } from '#events/records/transitions.ts';
import type { Bus } from '#shared/clusters/ports/messaging.ts';

import { withFaults } from './faults.ts';
import { callJson } from './services/json.ts';
import type { Call } from './transport/operations.ts';

/** PutEvents takes at most this many entries, with this size in total. */
const maxEntries = 10;
const maxRequestBytes = 256 * 1024;
/** The maximum size of a message in every SQS queue. */
const maxMessageBytes = 256 * 1024;

interface BusOptions {
  readonly bus: string;
  readonly rejectedQueueUrl: string;
}

type BusCall = Call<'events:PutEvents' | 'sqs:SendMessage'>;

/** The event bus, and the queue that stores rejected commands. */
export const openBus = ({ bus, rejectedQueueUrl }: BusOptions, call: BusCall = callJson): Bus => {
  const putEvents = async (entries: PutEventsRequestEntry[]): Promise<readonly PutEventsResultEntry[]> =>
    (await call('events:PutEvents', { Entries: entries })).Entries ?? [];
  return withFaults<Bus>({
    async publish(busEvents) {
      const entries = busEvents.map((busEvent) => toEntry(busEvent, bus));
      let published = 0;
      while (published < entries.length) {
        const batch = takeBatch(entries.slice(published, published + maxEntries));
        const results = await putEvents(batch);
        const firstRefused = results.findIndex(({ ErrorCode }) => ErrorCode !== undefined);
        if (firstRefused >= 0) return published + firstRefused;
        published += batch.length;
      }
      return published;
    },

    async reject(rejection, message) {
      const MessageBody = toStoredRejection(rejection, message);
      await call('sqs:SendMessage', { QueueUrl: rejectedQueueUrl, MessageBody });
      const { subject } = rejection;
      const [result] = await putEvents([toEntry({ type: 'Flink Command Rejected', subject, detail: rejection }, bus)]);
      if (result?.ErrorCode !== undefined)
        throw Object.assign(new Error('the bus refused the rejection'), { name: result.ErrorCode });
    },
  });
};

/** The first entries that fit into one request: at least one. */
const takeBatch = (entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[] => {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += measureEntry(entry);
    return bytes > maxRequestBytes && index > 0;
  });
  return entries.slice(0, end === -1 ? entries.length : end);
};

/** The size of an entry, as EventBridge counts it. @see "Calculating PutEvents event entry size" of its user guide */
const measureEntry = ({ Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry): number =>
  timeBytes + [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const timeBytes = 14;

/** The rejection with its message, which is shortened when both together exceed the size of a message. */
const toStoredRejection = (rejection: Rejection, message: string): string => {
  let stored = JSON.stringify({ rejection, message });
  for (let length = message.length; Buffer.byteLength(stored) > maxMessageBytes && length > 0;) {
    length = Math.floor(length * 0.9);
    stored = JSON.stringify({ rejection, message: message.slice(0, length), cut: true });
  }
  return stored;
};

const toEntry = ({ type, subject, detail }: BusEvent, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: eventSource,
  DetailType: type,
  Detail: JSON.stringify(detail),
  Resources: subject === undefined ? [] : [subject],
  Time: new Date(detail.at),
});
