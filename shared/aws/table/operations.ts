import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import type { BatchItem, Refusal } from '#shared/clusters/model/records/records.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { eventOf, isExpired, type Item, versionedIfFound } from './items.ts';
import { batchItemRange, idempotencyKey, openKey, operationKey, refusalKey, verdictKey } from './keys.ts';
import type { TableReader } from './reader.ts';

type OperationReads = Pick<
  Store,
  'operation' | 'openOperations' | 'batchItems' | 'idempotency' | 'refusal' | 'verdict'
>;

/** Only Drey writes operations, so that their requests have the types that they were written with. */
const toOperation = (value: unknown) => value as StoredOperation;

export const openOperationReads = (reader: TableReader, now: () => Date): OperationReads => ({
  async operation(operationId) {
    return versionedIfFound(await reader.get(operationKey(operationId)), toOperation);
  },

  async openOperations(target) {
    const found: StoredOperation[] = [];
    let start: Item | undefined;
    do {
      const page = await reader.queryIndex(openKey(target), { start });
      found.push(...page.items.map((item) => toOperation(item['value'])));
      start = page.next;
    } while (start !== undefined);
    return found;
  },

  async batchItems(batchId) {
    const items = await reader.query(batchItemRange(batchId));
    return items.map((item) => item['value'] as BatchItem); // Only Drey writes it, from this type.
  },

  async idempotency(target, key) {
    const item = await reader.get(idempotencyKey(target, key));
    if (item === undefined || isExpired(item, now())) return undefined;
    return {
      target,
      key,
      fingerprint: String(item['fingerprint']),
      operationId: String(item['operationId']),
      expiresAt: new Date(Number(item['ttl']) * 1000),
    };
  },

  async refusal(target, key) {
    const item = await reader.get(refusalKey(target, key));
    if (item === undefined || isExpired(item, now())) return undefined;
    return item['value'] as Pick<Refusal, 'code'>; // Only Drey writes it, from this type.
  },

  async verdict(operationId) {
    const item = await reader.get(verdictKey({ operationId }));
    return item === undefined ? undefined : (eventOf(item).detail as VerdictRecord); // The event has the key of a verdict.
  },
});
