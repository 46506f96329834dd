import type { QueueState } from '#shared/clusters/model/admission/queue.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import type { TableContext } from './context.ts';
import { hasSortKey, type Item, versioned } from './items.ts';
import { queueControlKey, queuedRange, queueRange, queueSizeKey, queueSummaryRange } from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type QueueAccess = Pick<Store, 'queue' | 'queueControl' | 'queueSummary' | 'updateApproximateSize'>;

const toQueuedCommand = recordParser('queued command');
const toQueueControl = recordParser('queue control');

export const openQueue = (reader: TableReader, { table, db }: TableContext): QueueAccess => ({
  async queue(target) {
    const items = await reader.query(queueRange(target));
    return {
      ...controlAndAdmitted(items),
      queued: startingWith('queued#', items).map((item) => versioned(item, toQueuedCommand)),
      approximateSize: sizeIn(items),
    };
  },

  async queueControl(target) {
    return toControl(await reader.get(queueControlKey(target)));
  },

  async queueSummary(target) {
    const [items, first] = await Promise.all([
      reader.query(queueSummaryRange(target)),
      reader.query(queuedRange(target), 1),
    ]);
    return { ...controlAndAdmitted(items), queued: first.length === 0 ? 0 : Math.max(sizeIn(items), 1) };
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

const startingWith = (prefix: string, items: readonly Item[]) =>
  items.filter((item) => String(item['sk']).startsWith(prefix));

const controlAndAdmitted = (items: readonly Item[]): Omit<QueueState, 'queued' | 'approximateSize'> => {
  return {
    ...toControl(items.find((item) => hasSortKey(item, queueControlKey('')))),
    admitted: startingWith('admitted#', items).map((item) => toQueuedCommand(item['value'])),
  };
};

const toControl = (control: Item | undefined): Pick<QueueState, 'queueVersion' | 'paused'> => ({
  queueVersion: control === undefined ? undefined : Number(control['version']),
  paused: control === undefined ? undefined : toQueueControl(control).paused,
});

const sizeIn = (items: readonly Item[]): number =>
  Number(items.find((item) => hasSortKey(item, queueSizeKey('')))?.['queueSize'] ?? 0);
