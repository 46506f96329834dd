import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';

import { dreyPrincipals } from '#events/principal.ts';
import type { BusEvent } from '#events/records/transitions.ts';
import { eventOf } from '#shared/aws/table/items.ts';
import { eventPrefix } from '#shared/aws/table/keys.ts';
import { toDurations } from '#shared/clusters/model/durations.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';
import { notifyVerdicts, toFinishedEvent } from '#shared/clusters/commands/notify-verdict.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { bus, callbacks, payloads, queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { failEarly } from './handlers/timeout.ts';
import { background } from './middleware/background.ts';

const maxConcurrentReads = 16;

const toVerdict = recordParser('verdict');

/**
 * Publishes the events of the table's stream to the bus, as their writer recorded them, and then notifies the admission
 * queues, tasks and batches that wait for verdicts.
 * Lambda continues at the first record that was not published, so that the order is kept.
 */
export const publishHandler = (world: World) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(failEarly())
    .use(background(dreyPrincipals.publish))
    .handler(async ({ Records }, _context, { signal }) => {
      const ports = portsFor(world, { signal, principal: dreyPrincipals.publish });
      const records = Records.filter(isEvent);
      const events = await pMap(records, (record) => toPublished(record, ports), { concurrency: maxConcurrentReads });
      const count = await ports.bus.publish(events.map(({ busEvent }) => busEvent));
      const published = events.slice(0, count);
      for (const { busEvent } of published)
        ports.log.info('event published', {
          principal: busEvent.detail.principal,
          subject: busEvent.subject,
          type: busEvent.type,
          id: idOf(busEvent.detail),
        });
      if (count < events.length) ports.metrics.record('RefusedEvents', { value: events.length - count });
      await notifyVerdicts(
        published.flatMap((event) => ('taskToken' in event ? [event] : [])),
        ports,
      );
      // What failed before is repeated, and would be measured twice.
      for (const event of published) measure(event, ports);
      const next = records[count];
      return { batchItemFailures: next === undefined ? [] : [{ itemIdentifier: next.dynamodb?.SequenceNumber ?? '' }] };
    });

const isEvent = ({ eventName, dynamodb }: DynamoDBRecord) =>
  eventName === 'INSERT' && dynamodb?.Keys?.['sk']?.S?.startsWith(eventPrefix) === true;

const itemOf = ({ dynamodb }: DynamoDBRecord) =>
  // The types of the stream and of the SDK name the same attribute values differently.
  unmarshall((dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0]);

const toPublished = async (record: DynamoDBRecord, ports: Ports) => {
  const event = eventOf(itemOf(record));
  return event.type === 'Flink Command Finished'
    ? toFinishedEvent(toVerdict(event.detail), ports)
    : { busEvent: event };
};

const measure = (event: Awaited<ReturnType<typeof toPublished>>, ports: Ports): void => {
  countVerdict(event.busEvent, ports);
  measureRollout(event.busEvent, ports);
  if ('createdAt' in event) measureStop(event, ports);
};

const countVerdict = ({ type, detail }: BusEvent, { metrics }: Ports) => {
  if (type !== 'Flink Command Finished') return;
  const { verdict, problem, kind, target, operationId, principal } = detail;
  const fields = { command: kind, target, operationId, principal };
  metrics.record('Verdicts', { verdict, fields });
  if (verdict === 'FAILED' && problem !== undefined) metrics.record('FailedOperations', { code: problem.code, fields });
};

/** The event about the end of a rollout has its phases with the times when they began. */
const measureRollout = ({ type, detail }: BusEvent, { metrics }: Ports) => {
  if (type !== 'Flink Rollout State Change' || (detail.state !== 'SUCCEEDED' && detail.state !== 'FAILED')) return;
  const { kind: command, target, clusterId, operationId, principal, phases, at } = detail;
  const durations = toDurations([...phases.map((phase) => phase.at), at]);
  for (const [index, { name: phase }] of phases.entries()) {
    const fields = { command, target, clusterId, operationId, principal };
    metrics.record('RolloutPhaseMilliseconds', { phase, value: durations[index] ?? 0, fields });
  }
};

const measureStop = (
  { busEvent: { detail }, createdAt }: Awaited<ReturnType<typeof toFinishedEvent>>,
  ports: Ports,
) => {
  const { kind, verdict, target, clusterId, operationId, principal, at } = detail;
  if (kind !== 'stop' || verdict !== 'FINISHED') return;
  const [value = 0] = toDurations([createdAt, at]);
  ports.metrics.record('StopMilliseconds', { value, fields: { target, clusterId, operationId, principal } });
};

const idOf = (detail: object) => ('id' in detail ? String(detail.id) : undefined);

export const handler = publishHandler(openWorld<'publish'>({ table, payloads, bus, callbacks, queues }));
