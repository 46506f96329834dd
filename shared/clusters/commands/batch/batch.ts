import type { UseCase } from '#shared/clusters/commands/use-case.ts';
import { newOperation, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { commit, transact, withPayload } from '#shared/clusters/store/transact.ts';

import { finishBatch } from './finish.ts';
import { batchItemOf, checkBatchItems, draftOf } from './items.ts';

/** As long as the keys of its deploys are known. */
const deadlineMs = 7 * 24 * 3_600_000;

export const batch: UseCase<'batch'> = {
  async record({ target: name, data, origin }, key, ports) {
    const target = await ports.targets.get(name);
    const operationId = ports.newId();
    checkBatchItems(data, { target, operationId, now: ports.now() });
    const { correlationId, taskToken } = data;
    const request = { kind: 'batch' as const, data: { size: data.parameters.length } };
    const fields = { operationId, kind: 'batch' as const, target: name, clusterId: data.name, origin };
    const operation = newOperation({ ...fields, correlationId, taskToken, request }, deadlineMs, ports.now());
    const write = () => commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) }, ports);
    await withPayload(operationId, data, write, ports);
    return { value: operation, version: 1 };
  },

  advance: (operation, _command, ports) => resumeBatch(operation, ports),
};

/** Sends its deploys, if that is not done yet; else looks whether all of them have ended. */
export const resumeBatch = async (operation: Versioned<StoredOperation>, ports: Ports): Promise<StoredOperation> => {
  const { operationId, target, state } = operation.value;
  if (state !== 'PENDING') {
    await finishBatch(operationId, ports);
    return operation.value;
  }
  const data = await draftOf(operationId, ports);
  const batchItems = data.parameters.map((_row, index) => ({
    batchId: operationId,
    batchIndex: index,
    clusterId: batchItemOf(data, index).clusterId ?? '',
  }));
  await ports.commandQueue.sendBatchItems(target, batchItems);
  return transact<StoredOperation>(ports, async () => {
    const current = await getOperation(operationId, ports.store);
    if (current.value.state !== 'PENDING') return { result: current.value };
    const change = transitionOperation(
      current,
      { state: 'IN_PROGRESS', phase: `${batchItems.length} deploys sent` },
      ports.now(),
    );
    return { change: { operations: [change] }, result: change.value };
  });
};
