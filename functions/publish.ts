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

const readsAtOnce = 16;

/** Table stream → bus, and to those who wait for verdicts. Lambda begins again at the first that was not taken, so that the order stays. */
export const publishHandler = (world: World) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(async ({ Records }, _context, { signal }) => {
    const ports = portsFor(world, signal);
    const records = Records.filter(isTold);
    const told = await pMap(records, (record) => toldOf(record, ports), { concurrency: readsAtOnce });
    const taken = await ports.bus.publish(told.map(({ busEvent }) => busEvent));
    for (const { busEvent } of told.slice(0, taken))
      ports.log.info('told', { subject: busEvent.subject, type: busEvent.type, id: idOf(busEvent.detail) });
    await notifyVerdicts(
      told.slice(0, taken).flatMap((one) => ('taskToken' in one ? [one] : [])),
      ports,
    );
    const next = records[taken];
    return { batchItemFailures: next === undefined ? [] : [{ itemIdentifier: next.dynamodb?.SequenceNumber ?? '' }] };
  });

const sortKeyOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.['sk']?.S ?? '';

const isTold = (record: DynamoDBRecord) =>
  record.eventName === 'INSERT' &&
  (sortKeyOf(record) === verdictSortKey ||
    sortKeyOf(record).startsWith(transitionPrefix) ||
    sortKeyOf(record).startsWith(warningPrefix));

const toldOf = async (record: DynamoDBRecord, ports: Ports) => {
  const value = valueOf(record);
  // Drey's own, as it was typed when it was written.
  if (sortKeyOf(record) === verdictSortKey) return toFinishedEvent(value as VerdictRecord, ports);
  if (sortKeyOf(record).startsWith(warningPrefix)) return { busEvent: toWarningEvent(LifetimeWarning.parse(value)) };
  return { busEvent: toBusEvent(Transition.parse(value)) };
};

const valueOf = ({ dynamodb }: DynamoDBRecord): unknown =>
  // The stream's attribute values are those of the SDK, under another name in the types.
  unmarshall((dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0])['value'];

const idOf = (detail: object) => ('id' in detail ? String(detail.id) : undefined);

export const handler = publishHandler(live);
