import type { OperationRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { changeQueueControl } from '#shared/clusters/admission/usage.ts';
import { toReadyKey } from '#shared/clusters/model/admission/ready-key.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { cancelQueuedBatch } from '#shared/clusters/commands/batch/finish.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getTargetOperation } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict, transact } from '#shared/clusters/store/transact.ts';

import { forgetRecentQueueView } from './queue-view.ts';

/**
 * Pauses the admission queue of a target, or resumes it. Commands that were admitted continue.
 *
 * @throws Fault `not-found` for the target.
 */
export const setPaused = async (
  { target, paused }: { readonly target: string; readonly paused: boolean },
  ports: Ports,
): Promise<void> => {
  await ports.targets.get(target);
  await retryOnConflict(ports, async () => {
    const head = await ports.store.queueHead(target);
    if ((head.paused !== undefined) === paused) return;
    const next = paused ? { since: ports.now().toISOString(), principal: ports.principal } : undefined;
    await commit({ queueControl: changeQueueControl(target, head, { paused: next }) }, ports);
  });
  ports.log.info(paused ? 'queue paused' : 'queue resumed', { target });
  if (!paused) await ports.admissionQueue.send(target);
};

/** @throws Fault `not-found` for the operation; `wrong-state` when the command is no longer queued. */
export const setPriority = async (
  { target, operationId, priority }: OperationRef & { readonly priority: number },
  ports: Ports,
): Promise<void> => {
  await transact(ports, async () => {
    const { value: operation, version } = await getTargetOperation({ target, operationId }, ports.store);
    const { readyKey } = operation;
    if (operation.state !== 'QUEUED') throw await newNotQueuedFault({ target, operationId }, ports);
    const record = await ports.store.queuedCommand({ target, operationId, readyKey });
    // A pass has changed the ready key since the operation was read.
    if (record === undefined)
      throw new Fault('conflict', `The place of operation ${operationId} in the queue changed.`);
    const value = { ...record.value, priority, updatedBy: ports.principal };
    const nextKey = readyKey === undefined ? undefined : toReadyKey(value);
    const change: Change =
      nextKey === readyKey
        ? { queued: [{ value, readyKey, previous: record.version }] }
        : {
            operations: [{ value: { ...operation, readyKey: nextKey }, previous: version }],
            queued: [{ value, readyKey: nextKey, previous: undefined }],
            dequeued: [{ target, operationId, readyKey, version: record.version }],
          };
    return { change, result: undefined };
  });
  forgetRecentQueueView(target, ports);
  await ports.admissionQueue.send(target);
};

/**
 * Cancels a queued command, or all queued commands of a batch.
 *
 * @returns How many commands were canceled.
 * @throws Fault `not-found` for the operation; `wrong-state` when no command of it is queued.
 */
export const cancelQueued = async ({ target, operationId }: OperationRef, ports: Ports): Promise<number> => {
  const { value } = await getTargetOperation({ target, operationId }, ports.store);
  const { principal } = ports;
  const message = `The command was canceled while it was queued, by ${principal}.`;
  const fault = new Fault('canceled', message, { reason: 'Canceled' });
  const canceled =
    value.kind === 'batch'
      ? await cancelQueuedBatch(value, { fault, principal }, ports)
      : Number(await endQueued(value, { state: 'CANCELED', fault, principal }, ports));
  if (canceled === 0) throw await newNotQueuedFault({ target, operationId }, ports);
  await ports.admissionQueue.send(target);
  return canceled;
};

const newNotQueuedFault = async (operationRef: OperationRef, { store }: Ports): Promise<Fault> => {
  const { kind, target, clusterId, state } = (await getTargetOperation(operationRef, store)).value;
  return new Fault('wrong-state', `The ${kind} of ${clusterId} in target ${target} is ${state}. It is not queued.`);
};
