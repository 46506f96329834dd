import pMap from 'p-map';

import type { BatchItem } from '#events/batch-item.ts';
import { isTerminalOperation, type Verdict } from '#events/records/operation.ts';
import type { Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { shorten } from '#events/problems/shorten.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation, type OperationEnd } from '#shared/clusters/store/finish-operation.ts';
import { commit } from '#shared/clusters/store/transact.ts';

/** How many failed items the problem of a batch lists. */
const maxListedItems = 20;
const maxMessageCharacters = 300;

const maxConcurrency = 16;

type EndedBatchItem = BatchItem & { readonly verdict: Verdict };

/** Records how batch items ended, and finishes the batches whose last items they are. It may be repeated. */
export const recordBatchItems = async (batchItems: readonly EndedBatchItem[], ports: Ports): Promise<void> => {
  for (const batchItem of batchItems) await commit({ batchItems: [batchItem] }, ports);
  for (const batchId of new Set(batchItems.map((batchItem) => batchItem.batchId))) await finishBatch(batchId, ports);
};

/** Finishes a batch when all of its items have a verdict. It succeeds when all of them are FINISHED. */
export const finishBatch = async (batchId: string, ports: Ports): Promise<void> => {
  const batchItems = await ports.store.batchItems(batchId);
  if (batchItems.some(({ verdict }) => verdict === undefined)) return;
  const failed = batchItems.filter(({ verdict }) => verdict !== 'FINISHED');
  const end: OperationEnd =
    failed.length === 0
      ? { state: 'SUCCEEDED' }
      : { state: 'FAILED', fault: newItemsFailedFault(failed, batchItems.length) };
  const decide = (batch: StoredOperation) => (batchItems.length < getBatchSize(batch) ? undefined : { end });
  const { isFinished } = await finishOperation(batchId, decide, ports);
  if (isFinished) await ports.payloads.remove(batchId);
};

/** The number of rows of a batch. */
export const getBatchSize = (operation: StoredOperation): number => findRequest(operation, 'batch')?.data.size ?? 0;

const newItemsFailedFault = (failed: readonly BatchItem[], size: number) =>
  new Fault('items-failed', `${failed.length} of ${size} batch items did not finish.`, {
    errors: failed.slice(0, maxListedItems).map(({ batchIndex, clusterId, verdict, message = '' }) => ({
      pointer: `/parameters/${batchIndex}`,
      detail: `${clusterId} ${verdict ?? ''}${message === '' ? '' : `: ${shorten(message, maxMessageCharacters)}`}`,
    })),
  });

/**
 * Cancels a batch and its queued items. Items that are still in the command queue are rejected there, because the batch
 * has ended. Running items continue.
 *
 * @returns The number of canceled items. 0 when the batch has ended, and when all of its items are running.
 */
export const cancelQueuedBatch = async (
  batch: StoredOperation,
  { fault, principal }: { readonly fault: Fault; readonly principal: Principal },
  ports: Ports,
): Promise<number> => {
  const { operationId } = batch;
  const hasUnrecordedItems = (await ports.store.batchItems(operationId)).length < getBatchSize(batch);
  if (isTerminalOperation(batch)) return 0;
  if (!hasUnrecordedItems && (await listQueuedItems(operationId, ports)).length === 0) return 0;
  await finishOperation(operationId, { state: 'CANCELED', fault }, ports);
  await ports.payloads.remove(operationId);
  const [batchItems, queued] = await Promise.all([
    ports.store.batchItems(operationId),
    listQueuedItems(operationId, ports),
  ]);
  const ended = await pMap(queued, (item) => endQueued(item, { state: 'CANCELED', fault, principal }, ports), {
    concurrency: maxConcurrency,
  });
  return ended.filter(Boolean).length + Math.max(getBatchSize(batch) - batchItems.length, 0);
};

/** The operations of the items that are in the admission queue. */
const listQueuedItems = async (batchId: string, { store }: Ports): Promise<readonly StoredOperation[]> => {
  const open = (await store.batchItems(batchId)).filter(({ verdict }) => verdict === undefined);
  const ids = open.flatMap(({ operationId }) => operationId ?? []);
  const operations = await pMap(ids, async (id) => store.operation(id), { concurrency: maxConcurrency });
  return operations.flatMap((operation) => (operation?.value.state === 'QUEUED' ? [operation.value] : []));
};
