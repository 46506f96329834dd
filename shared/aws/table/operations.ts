import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { eventOf, isExpired, type Item, readListed, versionedIfFound } from './items.ts';
import { batchItemRange, idempotencyKey, openKey, operationKey, refusalKey, verdictKey } from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type OperationReads = Pick<
  Store,
  'operation' | 'operationsByIds' | 'openOperations' | 'batchItems' | 'idempotency' | 'refusal' | 'verdict'
>;

const toOperation = recordParser('operation');
const toBatchItem = recordParser('batch item');
const toRefusal = recordParser('refusal');
const toVerdict = recordParser('verdict');
const toIdempotency = recordParser('idempotency key');

export const openOperationReads = (reader: TableReader, now: () => Date): OperationReads => ({
  async operation(operationId) {
    return versionedIfFound(await reader.get(operationKey(operationId)), toOperation);
  },

  async operationsByIds(operationIds) {
    const items = await reader.getMany(operationIds.map((operationId) => operationKey(operationId)));
    return items.map((item) => toOperation(item['value']));
  },

  async openOperations(target) {
    const items: StoredOperation[] = [];
    const unreadable: string[] = [];
    let start: Item | undefined;
    do {
      const page = await reader.queryIndex(openKey(target), { start });
      const listed = readListed(page.items, toOperation);
      items.push(...listed.items);
      unreadable.push(...listed.unreadable);
      start = page.next;
    } while (start !== undefined);
    return { items, unreadable };
  },

  async batchItems(batchId) {
    const items = await reader.query(batchItemRange(batchId));
    return items.map((item) => toBatchItem(item['value']));
  },

  async idempotency(target, key) {
    const item = await reader.get(idempotencyKey(target, key));
    if (item === undefined || isExpired(item, now())) return undefined;
    const { fingerprint, operationId, ttl } = toIdempotency(item);
    return { target, key, fingerprint, operationId, expiresAt: new Date(ttl * 1000) };
  },

  async refusal(target, key) {
    const item = await reader.get(refusalKey(target, key));
    if (item === undefined || isExpired(item, now())) return undefined;
    return toRefusal(item['value']);
  },

  async verdict(operationId) {
    const item = await reader.get(verdictKey({ operationId }));
    return item === undefined ? undefined : toVerdict(eventOf(item).detail);
  },
});
