import type { BatchItem } from '#events/batch-item.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { eventTypes } from '#events/records/transitions.ts';
import { revisionRetentionDays } from '#shared/clusters/model/revision.ts';
import { isExpiring, snapshotRetentionDays } from '#shared/clusters/model/snapshot.ts';
import type { OutboxEvent } from '#shared/clusters/model/records/outbox.ts';
import type { Change, CommandRef, Idempotency, Refusal } from '#shared/clusters/model/records/records.ts';

import type { TableContext, Write } from './context.ts';
import { toTtl } from './items.ts';
import {
  admittedKey,
  batchItemKey,
  clusterKey,
  eventKey,
  idempotencyKey,
  jobKey,
  openKey,
  operationKey,
  queueControlKey,
  queuedKey,
  refusalKey,
  releasedKey,
  revisionKey,
  runKey,
  scheduleKey,
  snapshotKey,
  stateKey,
  type TableKey,
} from './keys.ts';
import { checkRevision } from './target-revision.ts';

type WriteContext = Pick<TableContext, 'table' | 'now'>;
type Changed<K extends keyof Change> = NonNullable<Change[K]>;
type ElementOf<K extends keyof Change> = Changed<K> extends readonly (infer T)[] ? T : never;

const runRetentionSeconds = 90 * 86_400;

/** The items of the transaction that writes a change. */
export const toWrites = (change: Change, context: WriteContext): readonly Write[] => {
  const one = <T>(value: T | undefined, write: (value: T, context: WriteContext) => Write): readonly Write[] =>
    value === undefined ? [] : [write(value, context)];
  const each = <T>(values: readonly T[] = [], write: (value: T, context: WriteContext) => Write): readonly Write[] =>
    values.map((value) => write(value, context));
  return [
    ...one(change.unchangedTarget, (target) =>
      checkRevision(target, change.operations?.[0]?.value.operationId ?? '', context),
    ),
    ...one(change.cluster, putCluster),
    ...each(change.clusters, putCluster),
    ...one(change.schedule, writeSchedule),
    ...one(change.run, putRun),
    ...each(change.operations, putOperation),
    ...each(change.jobs, putJob),
    ...each(change.revisions, putRevision),
    ...each(change.snapshots, putSnapshot),
    ...each(change.events, writeEvent),
    ...one(change.idempotency, putIdempotency),
    ...one(change.refusal, putRefusal),
    ...each(change.batchItems, putBatchItem),
    ...one(change.queueControl, putQueueControl),
    ...each(change.queued, putQueued),
    ...each(change.admitted, putAdmitted),
    ...each(uniqueRecords(change.dequeued), deleteQueued),
    ...each(releasedOnly(change), putReleased),
    ...unique(change.settled).flatMap((command) => [
      deleteAdmitted(command, context),
      deleteReleased(command, context),
    ]),
  ];
};

const putCluster = ({ value, previous }: Changed<'cluster'>, context: WriteContext): Write =>
  writeVersioned(
    { key: clusterKey(value), previous, attributes: { value, byState: stateKey(value.target, value.state) } },
    context,
  );

const putOperation = ({ value, previous }: ElementOf<'operations'>, context: WriteContext): Write => {
  const byState = isTerminalOperation(value) ? undefined : openKey(value.target);
  return writeVersioned({ key: operationKey(value.operationId), previous, attributes: { value, byState } }, context);
};

const putJob = ({ value, previous }: ElementOf<'jobs'>, context: WriteContext): Write =>
  writeVersioned({ key: jobKey(value, value.jobId), previous, attributes: { value } }, context);

const putRun = ({ value, previous }: Changed<'run'>, context: WriteContext): Write => {
  const ttl = toTtl(context.now()) + runRetentionSeconds;
  return writeVersioned({ key: runKey(value, value.runId), previous, attributes: { value, ttl } }, context);
};

const putRevision = ({ value, previous }: ElementOf<'revisions'>, context: WriteContext): Write => {
  const ttl = toTtl(context.now()) + revisionRetentionDays * 86_400;
  return writeVersioned({ key: revisionKey(value, value.number), previous, attributes: { value, ttl } }, context);
};

const putSnapshot = ({ value, previous }: ElementOf<'snapshots'>, context: WriteContext): Write => {
  const ttl = isExpiring(value) ? toTtl(context.now()) + snapshotRetentionDays * 86_400 : undefined;
  return writeVersioned({ key: snapshotKey(value, value.snapshotId), previous, attributes: { value, ttl } }, context);
};

const writeSchedule = ({ value, previous, ...name }: Changed<'schedule'>, context: WriteContext): Write =>
  value === undefined
    ? {
        Delete: {
          TableName: context.table,
          Key: { ...scheduleKey(name) },
          ConditionExpression: 'version = :previous',
          ExpressionAttributeValues: { ':previous': previous },
        },
      }
    : writeVersioned({ key: scheduleKey(name), previous, attributes: { value } }, context);

const writeEvent = (event: OutboxEvent, { table }: WriteContext): Write =>
  eventTypes[event.type].ordering === 'sequence' ? insertEvent(event, table) : putFirstEvent(event, table);

/** Fails when an event with this key exists: no two transitions of a cluster have one sequence number. */
const insertEvent = (event: OutboxEvent, table: string): Write => ({
  Put: {
    TableName: table,
    Item: { ...eventKey(event), value: event },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

/** Keeps an event with this key that exists: the first verdict of an operation stays. */
const putFirstEvent = (event: OutboxEvent, table: string): Write => ({
  Update: {
    TableName: table,
    Key: { ...eventKey(event) },
    UpdateExpression: 'SET #value = if_not_exists(#value, :value)',
    ExpressionAttributeNames: { '#value': 'value' },
    ExpressionAttributeValues: { ':value': event },
  },
});

const putIdempotency = (
  { target, key, fingerprint, operationId, expiresAt }: Idempotency,
  { table, now }: WriteContext,
): Write => ({
  Put: {
    TableName: table,
    Item: { ...idempotencyKey(target, key), fingerprint, operationId, ttl: toTtl(expiresAt) },
    // DynamoDB deletes items up to two days after they expire.
    ConditionExpression: 'attribute_not_exists(pk) or #ttl < :now',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':now': toTtl(now()) },
  },
});

const putRefusal = ({ target, key, code, expiresAt }: Refusal, { table }: WriteContext): Write => ({
  Put: { TableName: table, Item: { ...refusalKey(target, key), value: { code }, ttl: toTtl(expiresAt) } },
});

const putBatchItem = (batchItem: BatchItem, { table }: WriteContext): Write => ({
  Put: { TableName: table, Item: { ...batchItemKey(batchItem.batchId, batchItem.batchIndex), value: batchItem } },
});

const putQueueControl = ({ target, previous, ...attributes }: Changed<'queueControl'>, context: WriteContext): Write =>
  writeVersioned({ key: queueControlKey(target), previous, attributes }, context);

const putQueued = ({ value, readyKey, previous }: ElementOf<'queued'>, context: WriteContext): Write =>
  writeVersioned({ key: queuedKey({ ...value, readyKey }), previous, attributes: { value } }, context);

const putAdmitted = (command: ElementOf<'admitted'>, { table }: WriteContext): Write => ({
  Put: { TableName: table, Item: { ...admittedKey(command), value: command } },
});

const deleteQueued = ({ version, ...record }: ElementOf<'dequeued'>, { table }: WriteContext): Write => ({
  Delete: {
    TableName: table,
    Key: { ...queuedKey(record) },
    ...(version === undefined
      ? {}
      : { ConditionExpression: 'version = :previous', ExpressionAttributeValues: { ':previous': version } }),
  },
});

const putReleased = (command: CommandRef, { table }: WriteContext): Write => ({
  Put: { TableName: table, Item: { ...releasedKey(command) } },
});

const deleteReleased = (command: CommandRef, { table }: WriteContext): Write => ({
  Delete: { TableName: table, Key: { ...releasedKey(command) } },
});

const deleteAdmitted = (command: CommandRef, { table }: WriteContext): Write => ({
  Delete: { TableName: table, Key: { ...admittedKey(command) } },
});

interface VersionedItem {
  readonly key: TableKey;
  readonly previous: number | undefined;
  /** An attribute without a value is removed. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * The optimistic lock: writes version `previous + 1`, and fails unless the stored version is `previous`. A change keeps
 * attributes of the item that only a newer version of Drey has.
 */
const writeVersioned = ({ key, previous, attributes }: VersionedItem, { table }: WriteContext): Write => {
  const written = { ...attributes, version: (previous ?? 0) + 1 };
  return previous === undefined
    ? { Put: { TableName: table, Item: { ...key, ...written }, ConditionExpression: 'attribute_not_exists(pk)' } }
    : { Update: { TableName: table, Key: { ...key }, ...changeTo(written, previous) } };
};

/** Sets and removes attributes by name, because `value` and `ttl` are reserved words. */
const changeTo = (written: Readonly<Record<string, unknown>>, previous: number) => {
  const entries = Object.entries(written);
  const set = entries.filter(([, value]) => value !== undefined);
  const removed = entries.filter(([, value]) => value === undefined);
  const sets = set.map(([name]) => `#${name} = :${name}`).join(', ');
  const removes = removed.map(([name]) => `#${name}`).join(', ');
  return {
    UpdateExpression: `SET ${sets}${removes === '' ? '' : ` REMOVE ${removes}`}`,
    ConditionExpression: 'version = :previous',
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      ':previous': previous,
    },
  };
};

const uniqueRecords = (records: Changed<'dequeued'> = []): Changed<'dequeued'> => [
  ...new Map(records.map((record) => [queuedKey(record).sk, record])).values(),
];

/** A transaction may name each item only once. */
const unique = (commands: readonly CommandRef[] = []): readonly CommandRef[] => [
  ...new Map(commands.map((command) => [command.operationId, command])).values(),
];

/** A command that is admitted and released in one transaction stays admitted. */
const releasedOnly = ({ released, admitted = [], settled = [] }: Change): readonly CommandRef[] => {
  const others = new Set([...admitted, ...settled].map(({ operationId }) => operationId));
  return unique(released).filter(({ operationId }) => !others.has(operationId));
};
