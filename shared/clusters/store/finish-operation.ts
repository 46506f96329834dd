import { isTerminalOperation } from '#events/operation.ts';
import { type OperationChange, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { getOperation } from './read.ts';
import { transact } from './transact.ts';

/** The end of an operation: a success, or a failure or cancellation with its reason. */
export type OperationEnd = Omit<OperationChange, 'state'> & {
  readonly state: Extract<StoredOperation['state'], 'SUCCEEDED' | 'FAILED' | 'CANCELED'>;
};

interface FinishOptions {
  /** Whether the operation may end now. A terminal operation never ends again. */
  readonly onlyIf?: (operation: StoredOperation) => boolean | Promise<boolean>;
  /** Records that change in the same transaction. */
  readonly alsoWrite?: (operation: StoredOperation) => Promise<Omit<Change, 'operations'>>;
}

/** The operation after an attempt to end it, and whether this attempt ended it. */
export interface FinishResult {
  readonly operation: StoredOperation;
  readonly isFinished: boolean;
}

/**
 * Ends an operation, unless it is terminal: the first end stays.
 *
 * @throws Fault `not-found` for an unknown operation, `wrong-state` when the end cannot follow its state, `conflict` when
 *   concurrent writes won each time.
 */
export const finishOperation = (
  operationId: string,
  end: OperationEnd,
  ports: Ports,
  { onlyIf = () => true, alsoWrite = async () => ({}) }: FinishOptions = {},
): Promise<FinishResult> =>
  transact<FinishResult>(ports, async () => {
    const current: Versioned<StoredOperation> = await getOperation(operationId, ports.store);
    if (isTerminalOperation(current.value) || !(await onlyIf(current.value)))
      return { result: { operation: current.value, isFinished: false } };
    const operation = transitionOperation(current, end, ports.now());
    const otherChanges = await alsoWrite(operation.value);
    return {
      change: { ...otherChanges, operations: [operation] },
      result: { operation: operation.value, isFinished: true },
    };
  });
