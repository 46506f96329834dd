import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { publishHandler } from '#functions/publish.ts';
import { toVerdictEvent, type VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import { listOperations, world } from '#test/unit/shared/clusters/fixture.ts';

export const template = {
  mode: 'application',
  job: { jar: 'local:///opt/flink/usrlib/etl.jar', args: ['--day', '${param.day}', '--row=${param.index}'] },
  config: { 'pipeline.name': 'etl ${param.day}' },
};
/** A batch of two rows. */
export const data = { name: 'days', template, parameters: [{ day: '2026-11-21' }, { day: '2026-11-22' }] };

export const getBatch = () => listOperations().find(({ kind }) => kind === 'batch');
export const getBatchId = () => getBatch()?.operationId ?? '';
export const listDeploys = () => listOperations().filter(({ kind }) => kind === 'deploy');

interface StreamItem {
  readonly pk: string;
  readonly sk: string;
  readonly value: object;
}

const publish = async (items: readonly StreamItem[]): Promise<void> => {
  const event = {
    Records: items.map(({ pk, sk, value }, index) => ({
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: String(index),
        Keys: { pk: { S: pk }, sk: { S: sk } },
        NewImage: marshall({ value }, { removeUndefinedValues: true }),
      },
    })),
  } as unknown as DynamoDBStreamEvent;
  const handler = publishHandler(world.ports) as unknown as (
    event: DynamoDBStreamEvent,
    context: Context,
  ) => Promise<DynamoDBBatchResponse>;
  await handler(event, {} as Context);
};

/** Sends verdicts through the stream of the table to the publish function. */
export const publishVerdicts = (verdicts: Iterable<VerdictRecord> = world.store.verdicts.values()) =>
  publish(
    [...verdicts].map((verdict) => ({
      pk: `operation#${verdict.operationId}`,
      sk: 'event#verdict',
      value: toVerdictEvent(verdict),
    })),
  );

/** Sends all events of clusters through the stream of the table to the publish function. */
export const publishEvents = () =>
  publish([...world.store.events.values()].map((value) => ({ pk: 'cluster', sk: 'event#any', value })));
