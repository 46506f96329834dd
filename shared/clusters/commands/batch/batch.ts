import type { BatchCommand } from '#events/commands/batch.ts';
import type { UseCase } from '#shared/clusters/commands/use-case.ts';
import { newOperation, type StoredOperation, toCaller, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { commit, transact, withPayload } from '#shared/clusters/store/transact.ts';

import { finishBatch } from './finish.ts';
import { readBatch, renderStoredItem } from './items.ts';
import { validateBatchItems } from './validate.ts';

/** The idempotency keys of the batch items expire after the same time. */
const deadlineMs = 7 * 24 * 3_600_000;

export const batch: UseCase<'batch'> = {
  async record({ target: targetName, data, ...command }, keyFor, ports) {
    const target = await ports.targets.get(targetName);
    const operationId = ports.newId();
    validateBatchItems(data, { target, operationId, now: ports.now() });
    const { correlationId, taskToken } = data;
    const request = { kind: 'batch' as const, data: { size: data.parameters.length } };
    const fields = {
      operationId,
      kind: 'batch' as const,
      target: targetName,
      clusterId: data.name,
      ...toCaller(command),
    };
    const operation = newOperation(
      { ...fields, messageToken: ports.newToken(), correlationId, taskToken, request },
      deadlineMs,
      ports.now(),
    );
    const operations = [{ value: operation, previous: undefined }];
    await withPayload({ operationId, payload: data }, ports, () =>
      commit({ operations, ...keyFor(operationId) }, ports),
    );
    return { value: operation, version: 1 };
  },

  advance: (operation, _command, ports) => resumeBatch(operation, ports),
};

/** Sends the commands of a PENDING batch to the command queue. Finishes any other batch whose items have all ended. */
export const resumeBatch = async (operation: Versioned<StoredOperation>, ports: Ports): Promise<StoredOperation> => {
  const { operationId, state } = operation.value;
  if (state !== 'PENDING') {
    await finishBatch(operationId, ports);
    return operation.value;
  }
  const data = await readBatch(operationId, ports);
  const { command } = data;
  const batchItems = data.parameters.map((_row, index) => ({
    command,
    batchId: operationId,
    batchIndex: index,
    clusterId: renderStoredItem(data, index).data.clusterId ?? '',
  }));
  await ports.commandQueue.sendBatchItems(operation.value, batchItems);
  const phase = batchItems.length === 1 ? `1 ${command} sent.` : `${batchItems.length} ${plurals[command]} sent.`;
  return recordSent(operationId, phase, ports);
};

const plurals: Readonly<Record<BatchCommand, string>> = { deploy: 'deploys', apply: 'applies' };

const recordSent = (operationId: string, phase: string, ports: Ports): Promise<StoredOperation> =>
  transact<StoredOperation>(ports, async () => {
    const current = await getOperation(operationId, ports.store);
    if (current.value.state !== 'PENDING') return { result: current.value };
    const change = transitionOperation(current, { state: 'IN_PROGRESS', phase }, ports.now());
    return { change: { operations: [change] }, result: change.value };
  });
