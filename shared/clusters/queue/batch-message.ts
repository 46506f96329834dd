import type { OwnFields } from '#events/message.ts';
import type { Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { getBatchSize } from '#shared/clusters/commands/batch/finish.ts';
import { readBatchItem, type RowCommand } from '#shared/clusters/commands/batch/items.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** The row that a message of Drey is about. */
interface BatchMessage extends NonNullable<OwnFields['batchItem']> {
  readonly target: string;
}

/**
 * The command of a batch item, and the caller of its batch.
 *
 * @throws Fault `not-found` for an unknown batch, `canceled` for a batch that has ended, `malformed-request` for a row
 *   that is not one of the batch, or a batch of another target.
 */
export const readBatchMessage = async (
  message: BatchMessage,
  ports: Ports,
): Promise<RowCommand & { readonly principal: Principal }> => {
  const { batch, kind, data } = await readBatchItem(message.batchId, message.batchIndex, ports);
  if (!isRow(message, batch)) {
    const detail = `Batch ${message.batchId} in target ${message.target} has no row ${message.batchIndex}.`;
    throw new Fault('malformed-request', detail, { errors: [{ pointer: '/subject', detail }] });
  }
  return { kind, data, principal: batch.principal };
};

const isRow = ({ target, batchIndex }: BatchMessage, batch: StoredOperation): boolean =>
  batch.target === target && batchIndex < getBatchSize(batch);

/**
 * Whether the refusal of the message ends its row. An operation of the row ends it with its own verdict, and an apply that
 * changed nothing has ended it.
 */
export const endsItem = async (message: BatchMessage, { store }: Ports): Promise<boolean> => {
  const batch = await store.operation(message.batchId);
  if (batch === undefined || !isRow(message, batch.value)) return false;
  const rows = await store.batchItems(message.batchId);
  const row = rows.find(({ batchIndex }) => batchIndex === message.batchIndex);
  return row?.operationId === undefined && row?.verdict !== 'FINISHED';
};
