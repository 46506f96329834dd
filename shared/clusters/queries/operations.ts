import type { BatchItem } from '#events/batch-item.ts';
import type { OperationRef } from '#events/names.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { cutPage, type Page, type PageRequest } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation, getTargetOperation } from '#shared/clusters/store/read.ts';

const pollMs = 500;

/** Waits until the operation has ended, but not longer than `maxWaitMs`. @returns The operation as it is then. */
export const waitForOperation = async (
  operation: StoredOperation,
  maxWaitMs: number,
  { store, now, sleep }: Ports,
): Promise<StoredOperation> => {
  const untilMs = now().getTime() + maxWaitMs;
  let latest = operation;
  while (!isTerminalOperation(latest) && now().getTime() < untilMs) {
    await sleep(Math.min(pollMs, untilMs - now().getTime()));
    latest = (await getOperation(operation.operationId, store)).value;
  }
  return latest;
};

/** The items of a batch. @throws Fault `not-found` for the operation. */
export const listBatchItems = async (
  operationRef: OperationRef,
  page: PageRequest,
  { store }: Ports,
): Promise<Page<BatchItem>> => {
  const { value } = await getTargetOperation(operationRef, store);
  return cutPage(await store.batchItems(value.operationId), page);
};
