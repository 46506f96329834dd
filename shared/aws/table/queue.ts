import type { QueuedCommand, QueuedRecord, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import type { TableContext } from './context.ts';
import { hasSortKey, type Item, versioned, versionedIfFound } from './items.ts';
import {
  admittedKey,
  admittedRange,
  clusterKey,
  operationKey,
  queueControlKey,
  queuedKey,
  readyKeyOf,
  readyRange,
  waitingRange,
  queueHeadRange,
  queueRange,
  queueSizeKey,
  releasedPrefix,
  type TableKey,
} from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type QueueAccess = Pick<
  Store,
  | 'queue'
  | 'queuedRecords'
  | 'readyCommands'
  | 'waitingCommands'
  | 'queuedCommand'
  | 'queueHead'
  | 'admittedCommands'
  | 'admittedByIds'
  | 'updateApproximateSize'
>;

const toOperation = recordParser('operation');
const toCluster = recordParser('cluster');
const toQueuedCommand = recordParser('queued command');
const toQueueControl = recordParser('queue control');

export const openQueue = (reader: TableReader, { table, db }: TableContext): QueueAccess => ({
  ...openQueueReads(reader),

  async queue(target) {
    const items = await reader.query(queueRange(target));
    const head = toHead(items);
    const released = new Set(head.released);
    return {
      ...head,
      admitted: toAdmitted(startingWith('admitted#', items)).filter(({ operationId }) => !released.has(operationId)),
      queued: toQueued(startingWith('queued#', items)),
    };
  },

  async updateApproximateSize(target, queued) {
    const isExact = 'to' in queued;
    await db('dynamodb:UpdateItem', {
      TableName: table,
      Key: { ...queueSizeKey(target) },
      UpdateExpression: isExact ? 'SET queueSize = :size' : 'ADD queueSize :size',
      ExpressionAttributeValues: { ':size': isExact ? queued.to : queued.by },
    });
  },
});

type QueueReads = Omit<QueueAccess, 'queue' | 'updateApproximateSize'>;

/** Reads of parts of a queue. */
const openQueueReads = (reader: TableReader): QueueReads => ({
  async queuedRecords(commands) {
    const keys = commands.flatMap((command) => [operationKey(command.operationId), clusterKey(command)]);
    const items = new Map(
      (await reader.getMany(keys)).map((item) => [`${String(item['pk'])}|${String(item['sk'])}`, item]),
    );
    const find = ({ pk, sk }: TableKey) => items.get(`${pk}|${sk}`);
    return commands.map((command) => ({
      command,
      operation: versionedIfFound(find(operationKey(command.operationId)), toOperation),
      cluster: versionedIfFound(find(clusterKey(command)), toCluster),
    }));
  },

  async queueHead(target) {
    return toHead(await reader.query(queueHeadRange(target)));
  },

  async admittedCommands(target) {
    return toAdmitted(await reader.query(admittedRange(target)));
  },

  async admittedByIds(target, operationIds) {
    return toAdmitted(await reader.getMany(operationIds.map((operationId) => admittedKey({ target, operationId }))));
  },

  async readyCommands(target, { after, limit }) {
    const { items, hasMore } = await reader.queryPage(readyRange(target, after), { limit });
    return { commands: toQueued(items), hasMore };
  },

  async waitingCommands(target) {
    return toQueued(await reader.query(waitingRange(target)));
  },

  async queuedCommand(record) {
    const item = await reader.get(queuedKey(record));
    return item === undefined ? undefined : toQueuedRecord(item);
  },
});

const startingWith = (prefix: string, items: readonly Item[]) =>
  items.filter((item) => String(item['sk']).startsWith(prefix));

const toHead = (items: readonly Item[]): QueueHead => {
  const control = items.find((item) => hasSortKey(item, queueControlKey('')));
  const size = items.find((item) => hasSortKey(item, queueSizeKey('')));
  const { paused, usage, reservations = {} } = control === undefined ? {} : toQueueControl(control);
  return {
    queueVersion: control === undefined ? undefined : Number(control['version']),
    paused,
    usage,
    reservations,
    released: startingWith(releasedPrefix, items).map(({ sk }) => String(sk).slice(releasedPrefix.length)),
    // It may be below zero for a moment, because it is set and incremented at the same time.
    approximateSize: Math.max(0, Number(size?.['queueSize'] ?? 0)),
  };
};

const toAdmitted = (items: readonly Item[]): readonly QueuedCommand[] =>
  items.map((item) => toQueuedCommand(item['value']));

const toQueued = (items: readonly Item[]): readonly QueuedRecord[] => items.map(toQueuedRecord);

const toQueuedRecord = (item: Item): QueuedRecord => ({
  ...versioned(item, toQueuedCommand),
  readyKey: readyKeyOf(String(item['sk'])),
});
