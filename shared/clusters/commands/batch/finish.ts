import pMap from 'p-map';

import type { BatchItem } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { transitionOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { commit, transact } from '#shared/clusters/store/transact.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { isTerminalOperation, type Verdict } from '#events/operation.ts';

import { batch } from './batch.ts';

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
  const isEnded = await transact(ports, async () => {
    const operation = await getOperation(batchId, ports.store);
    const size = sizeOf(operation.value);
    if (isTerminalOperation(operation.value) || open.length > 0 || batchItems.length < size) return { result: false };
    const lost = batchItems.filter(({ verdict }) => verdict !== 'FINISHED');
    const ended =
      lost.length === 0
        ? ({ state: 'SUCCEEDED' } as const)
        : ({ state: 'FAILED', problem: toProblem(lostOf(lost, size), `/v1/operations/${batchId}`) } as const);
    return { change: { operations: [transitionOperation(operation, ended, ports.now())] }, result: true };
  });
  if (isEnded) await ports.payloads.remove(batchId);
};

const sizeOf = ({ plan }: StoredOperation): number => (plan !== undefined && 'batch' in plan ? plan.batch.size : 0);

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
  await transact(ports, async () => {
    const current = await getOperation(operationId, ports.store);
    if (isTerminalOperation(current.value)) return { result: undefined };
    const problem = toProblem(fault, `/v1/operations/${operationId}`);
    return {
      change: { operations: [transitionOperation(current, { state: 'CANCELED', problem }, ports.now())] },
      result: undefined,
    };
  });
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

const lostOf = (lost: readonly BatchItem[], size: number) =>
  new Fault('items-failed', `${lost.length} of ${size} did not finish`, {
    errors: lost.slice(0, mostCauses).map(({ batchIndex, clusterId, verdict, message = '' }) => ({
      pointer: `/parameters/${batchIndex}`,
      detail: `${clusterId} ${verdict ?? ''}${message === '' ? '' : `: ${message.slice(0, 300)}`}`,
    })),
  });
