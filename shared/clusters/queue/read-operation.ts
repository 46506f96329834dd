import type { OperationRef } from '#events/names.ts';
import type { Operation } from '#events/records/operation.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getTargetOperation } from '#shared/clusters/store/read.ts';

import { readRecentQueueView } from './queue-view.ts';

/**
 * An operation with its verdict, or with its position in the admission queue as of at most five seconds ago.
 *
 * @throws Fault `not-found`
 */
export const readOperation = async (operationRef: OperationRef, ports: Ports): Promise<Operation> => {
  const { value } = await getTargetOperation(operationRef, ports.store);
  if (value.state === 'QUEUED') return { ...value, ...(await findPosition(value, ports)) };
  const record = await ports.store.verdict(value.operationId);
  if (record === undefined) return value;
  const { verdict, message } = record;
  return { ...value, verdict, ...(message === undefined ? {} : { verdictMessage: message }) };
};

const findPosition = async (
  { target, operationId }: StoredOperation,
  ports: Ports,
): Promise<Pick<Operation, 'position' | 'phase'>> => {
  const { queued } = await readRecentQueueView(target, ports);
  const command = queued.find((candidate) => candidate.operationId === operationId);
  if (command === undefined) return {};
  const { position, reason, message } = command;
  return { position, phase: `Position ${position} of ${queued.length}. ${reason}: ${message}` };
};
