import type { CommandData } from '#events/commands/index.ts';
import type { Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { getBatchSize } from '#shared/clusters/commands/batch/finish.ts';
import { readBatchItem } from '#shared/clusters/commands/batch/items.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** What a message says about the batch item that it deploys. */
interface BatchMessage {
  readonly target: string;
  /** The idempotency key. */
  readonly key: string;
  readonly batchId: string;
  readonly batchIndex: number;
}

/**
 * The deploy of a batch item, and the caller of its batch.
 *
 * @throws Fault `not-found` for an unknown batch, `canceled` for a batch that has ended, `malformed-request` for a
 *   message that would deploy a row twice or in another target: it would count as a command of the caller.
 */
export const readBatchMessage = async (
  message: BatchMessage,
  ports: Ports,
): Promise<{ readonly data: CommandData<'deploy'>; readonly principal: Principal }> => {
  const { batch, data } = await readBatchItem(message.batchId, message.batchIndex, ports);
  if (!(await isItemMessage(message, batch, ports))) {
    const detail = 'Only Drey sends the items of a batch, each of them once.';
    throw new Fault('malformed-request', `/batchid: ${detail}`, { errors: [{ pointer: '/batchid', detail }] });
  }
  return { data, principal: batch.principal };
};

/** Whether Drey would send the message: for a row of the batch, in its target, and not twice. */
const isItemMessage = async (message: BatchMessage, batch: StoredOperation, ports: Ports): Promise<boolean> => {
  const isRow = batch.target === message.target && message.batchIndex < getBatchSize(batch);
  return isRow && (await isItemKey(message, ports));
};

/** Whether the refusal of the message ends its row. An operation of the row ends it with its own verdict. */
export const endsItem = async (message: BatchMessage, ports: Ports): Promise<boolean> => {
  const batch = await ports.store.operation(message.batchId);
  if (batch === undefined || !(await isItemMessage(message, batch.value, ports))) return false;
  const rows = await ports.store.batchItems(message.batchId);
  return rows.every(({ batchIndex, operationId }) => batchIndex !== message.batchIndex || operationId === undefined);
};

/** The key of an item in the command queue. */
const toItemKey = ({ batchId, batchIndex }: Pick<BatchMessage, 'batchId' | 'batchIndex'>) => `${batchId}/${batchIndex}`;

/** The item's own key, or the key of the redriven item whose operation failed. */
const isItemKey = async (message: BatchMessage, { store }: Ports): Promise<boolean> => {
  if (message.key === toItemKey(message)) return true;
  const failedId = findRedrivenId(message.key);
  const failed = failedId === undefined ? undefined : (await store.operation(failedId))?.value;
  return failed !== undefined && isFailedItem(failed, message);
};

const isFailedItem = ({ state, batchId, batchIndex }: StoredOperation, message: BatchMessage): boolean =>
  state === 'FAILED' && batchId === message.batchId && batchIndex === message.batchIndex;

const redrivenPrefix = 'redriven/';

/** The idempotency key of a redriven dead letter whose operation failed, because its former key stands for that operation. */
export const toRedrivenKey = ({ operationId }: Pick<StoredOperation, 'operationId'>): string =>
  `${redrivenPrefix}${operationId}`;

const findRedrivenId = (key: string): string | undefined =>
  key.startsWith(redrivenPrefix) ? key.slice(redrivenPrefix.length) : undefined;
