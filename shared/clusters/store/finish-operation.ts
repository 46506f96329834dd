import { isTerminalOperation } from '#events/records/operation.ts';
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

/** How an operation ends, and the records that change in the same transaction. */
interface Decision {
  readonly end: OperationEnd;
  readonly changes?: Omit<Change, 'operations'>;
}

/**
 * Decides from the records how an operation ends. Without a decision it does not end. It is called again after a
 * concurrent write, so it reads each record once and returns what follows from this read.
 */
type Decide = (operation: StoredOperation) => Decision | undefined | Promise<Decision | undefined>;

/** The operation after an attempt to end it, and whether this attempt ended it. */
export interface FinishResult {
  readonly operation: StoredOperation;
  readonly isFinished: boolean;
}

/**
 * Ends an operation, unless it is terminal: the first end stays.
 *
 * @param end The end, or the function that decides it.
 * @throws Fault `not-found` for an unknown operation, `wrong-state` when the end cannot follow its state, `conflict` when
 *   concurrent writes won each time.
 */
export const finishOperation = (operationId: string, end: OperationEnd | Decide, ports: Ports): Promise<FinishResult> =>
  transact<FinishResult>(ports, async () => {
    const current: Versioned<StoredOperation> = await getOperation(operationId, ports.store);
    const unchanged = { result: { operation: current.value, isFinished: false } };
    if (isTerminalOperation(current.value)) return unchanged;
    const decision = typeof end === 'function' ? await end(current.value) : { end };
    if (decision === undefined) return unchanged;
    const operation = transitionOperation(current, decision.end, ports.now());
    return {
      change: { ...decision.changes, operations: [operation] },
      result: { operation: operation.value, isFinished: true },
    };
  });
