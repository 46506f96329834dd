import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';

import { LifetimeWarning, toBusEvent, toWarningEvent, Transition } from '#events/transitions.ts';
import { transitionPrefix, verdictSortKey, warningPrefix } from '#shared/aws/table.ts';
import { notifyVerdicts, toFinishedEvent } from '#shared/clusters/commands/notify-verdict.ts';
import type { VerdictRecord } from '#shared/clusters/model/records.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

const maxConcurrentReads = 16;

/**
 * Publishes the events of the table's stream to the bus, and then notifies the tasks and batches that wait for verdicts.
 * Lambda continues at the first record that was not published, so that the order is kept.
 */
export const publishHandler = (world: World) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(async ({ Records }, _context, { signal }) => {
    const ports = portsFor(world, signal);
    const records = Records.filter(isEvent);
    const events = await pMap(records, (record) => eventOf(record, ports), { concurrency: maxConcurrentReads });
    const count = await ports.bus.publish(events.map(({ busEvent }) => busEvent));
    const published = events.slice(0, count);
    for (const { busEvent } of published)
      ports.log.info('event published', { subject: busEvent.subject, type: busEvent.type, id: idOf(busEvent.detail) });
    await notifyVerdicts(
      published.flatMap((event) => ('taskToken' in event ? [event] : [])),
      ports,
    );
    const next = records[count];
    return { batchItemFailures: next === undefined ? [] : [{ itemIdentifier: next.dynamodb?.SequenceNumber ?? '' }] };
  });

const sortKeyOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.['sk']?.S ?? '';

const isEvent = (record: DynamoDBRecord) =>
  record.eventName === 'INSERT' &&
  (sortKeyOf(record) === verdictSortKey ||
    sortKeyOf(record).startsWith(transitionPrefix) ||
    sortKeyOf(record).startsWith(warningPrefix));

const eventOf = async (record: DynamoDBRecord, ports: Ports) => {
  const value = valueOf(record);
  // The store wrote the record from this type.
  if (sortKeyOf(record) === verdictSortKey) return toFinishedEvent(value as VerdictRecord, ports);
  if (sortKeyOf(record).startsWith(warningPrefix)) return { busEvent: toWarningEvent(LifetimeWarning.parse(value)) };
  return { busEvent: toBusEvent(Transition.parse(value)) };
};

const valueOf = ({ dynamodb }: DynamoDBRecord): unknown =>
  // The types of the stream and of the SDK name the same attribute values differently.
  unmarshall((dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0])['value'];

const idOf = (detail: object) => ('id' in detail ? String(detail.id) : undefined);

export const handler = publishHandler(live);
