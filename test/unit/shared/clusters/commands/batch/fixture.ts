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

/** Sends verdicts through the stream of the table to the publish function. */
export const publishVerdicts = async (verdicts: Iterable<VerdictRecord> = world.store.verdicts.values()) => {
  const event = {
    Records: [...verdicts].map((verdict, index) => ({
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: String(index),
        Keys: { pk: { S: `operation#${verdict.operationId}` }, sk: { S: 'event#verdict' } },
        NewImage: marshall({ value: toVerdictEvent(verdict) }, { removeUndefinedValues: true }),
      },
    })),
  } as unknown as DynamoDBStreamEvent;
  const handler = publishHandler(world.ports) as unknown as (
    event: DynamoDBStreamEvent,
    context: Context,
  ) => Promise<DynamoDBBatchResponse>;
  await handler(event, {} as Context);
};
