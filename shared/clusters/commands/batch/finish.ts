import pMap from 'p-map';

import { isTerminalOperation, type Verdict } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { BatchItem } from '#shared/clusters/model/records.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { commit } from '#shared/clusters/store/transact.ts';

const mostCauses = 20;

const atOnce = 16;

type Ended = BatchItem & { readonly verdict: Verdict };

/** Notes how some elements ended, and ends the batches that are complete with them. Repeating it changes nothing. */
export const recordBatchItems = async (batchItems: readonly Ended[], ports: Ports): Promise<void> => {
  for (const batchItem of batchItems) await commit({ batchItems: [batchItem] }, ports);
  for (const batchId of new Set(batchItems.map((batchItem) => batchItem.batchId))) await finishBatch(batchId, ports);
};

export const finishBatch = async (batchId: string, ports: Ports): Promise<void> => {
  const batchItems = await ports.store.batchItems(batchId);
  const open = batchItems.filter(({ verdict }) => verdict === undefined);
  const failed = batchItems.filter(({ verdict }) => verdict !== 'FINISHED');
  const { isFinished } = await finishOperation(
    batchId,
    failed.length === 0 ? { state: 'SUCCEEDED' } : { state: 'FAILED', fault: itemsFailed(failed, batchItems.length) },
    ports,
    { onlyIf: (batch) => open.length === 0 && batchItems.length >= sizeOf(batch) },
  );
  if (isFinished) await ports.payloads.remove(batchId);
};

const sizeOf = (operation: StoredOperation): number => requestOf(operation, 'batch')?.data.size ?? 0;

/**
 * Takes back what of a batch waits: in the line, or still in the queue, which takes no element of a batch that is over.
 * What runs goes on.
 *
 * @returns How many.
 */
export const cancelQueuedBatch = async (batch: StoredOperation, fault: Fault, ports: Ports): Promise<number> => {
  const { operationId } = batch;
  const isToCome = (await ports.store.batchItems(operationId)).length < sizeOf(batch);
  if (isTerminalOperation(batch) || !(isToCome || (await waitingOf(operationId, ports)).length > 0)) return 0;
  await finishOperation(operationId, { state: 'CANCELED', fault }, ports);
  await ports.payloads.remove(operationId);
  const [batchItems, waiting] = await Promise.all([ports.store.batchItems(operationId), waitingOf(operationId, ports)]);
  const ended = await pMap(waiting, (one) => endQueued(one, { state: 'CANCELED', fault }, ports), {
    concurrency: atOnce,
  });
  return ended.filter(Boolean).length + Math.max(sizeOf(batch) - batchItems.length, 0);
};

/** Those of its elements that wait in the line. */
const waitingOf = async (batchId: string, { store }: Ports): Promise<readonly StoredOperation[]> => {
  const open = (await store.batchItems(batchId)).filter(({ verdict }) => verdict === undefined);
  const ids = open.flatMap(({ operationId }) => operationId ?? []);
  const operations = await pMap(ids, async (id) => store.operation(id), { concurrency: atOnce });
  return operations.flatMap((one) => (one?.value.state === 'QUEUED' ? [one.value] : []));
};

const itemsFailed = (failed: readonly BatchItem[], size: number) =>
  new Fault('items-failed', `${failed.length} of ${size} did not finish`, {
    errors: failed.slice(0, mostCauses).map(({ batchIndex, clusterId, verdict, message = '' }) => ({
      pointer: `/parameters/${batchIndex}`,
      detail: `${clusterId} ${verdict ?? ''}${message === '' ? '' : `: ${message.slice(0, 300)}`}`,
    })),
  });
