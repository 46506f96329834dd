import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { RolloutResult } from '#events/records/rollout.ts';
import { type OperationChange, transitionOperation } from '#shared/clusters/model/operation.ts';
import { listRolloutEvents } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { describeFailure } from '#shared/clusters/workflows/rollout/failure-text.ts';
import {
  findFailure,
  newUnknownFailure,
  type RolloutState,
  toFault,
  toSentence,
} from '#shared/clusters/workflows/rollout/rollout-state.ts';

import { readJobApply, withoutStopMark } from './records.ts';

/** Step of the rollout machine for a job: records how the apply ended. */
export const recordJobResult = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  await endJobApply(state, ports);
  return state;
};

/** Ends an apply whose execution has ended without a verdict. */
export const failOverdueJobApply = (operationId: string, fault: Fault, ports: Ports): Promise<void> =>
  endJobApply({ operationId, failure: { code: fault.code, reason: fault.reason, message: fault.message } }, ports);

const endJobApply = async (state: RolloutState, ports: Ports): Promise<void> => {
  await transact(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    if (isTerminalOperation(operation.value)) return { result: undefined };
    const records = await readJobApply(state.operationId, ports);
    const path = operation.value.rollout?.snapshot?.path;
    const end = decideEnd(state, {
      isLost: records === undefined,
      phases: operation.value.rollout?.phases ?? [],
      suffix: path === undefined ? '' : ` The old job ended with the savepoint ${path}.`,
    });
    const next = transitionOperation(operation, end, ports.now());
    const labels = records?.cluster.value.labels ?? {};
    // The caller has ended the job, so that no later session starts it again.
    const isCanceled = state.outcome === 'canceled' && records !== undefined;
    return {
      change: {
        operations: [next],
        events: listRolloutEvents(next.value, { labels }),
        ...(isCanceled ? { jobs: [{ value: withoutStopMark(records.old.value), previous: records.old.version }] } : {}),
      },
      result: undefined,
    };
  });
  await ports.payloads.remove(state.operationId);
};

interface EndOptions {
  /** The session has ended, or has been started again. */
  readonly isLost: boolean;
  /** The sentence about the savepoint of the old job, if it has ended with one. */
  readonly suffix: string;
  readonly phases: RolloutResult['phases'];
}

const decideEnd = (state: RolloutState, { isLost, suffix, phases }: EndOptions): OperationChange => {
  if (state.outcome === 'canceled')
    return toCanceled(`The job was stopped or canceled before the apply had ended.${suffix}`);
  // The session may be RUNNING again, because its stop has failed after a step has noticed it.
  if (isLost || state.outcome === 'over')
    return toCanceled(`The session was stopped or started again before the apply had ended.${suffix}`);
  if (state.outcome === 'stable') return { state: 'SUCCEEDED' };
  const failure = findFailure(state) ?? newUnknownFailure('job');
  const { stableId, rollbackFailure } = state;
  const rolledBack = stableId !== undefined && rollbackFailure === undefined && state.outcome === 'done';
  const sentences = rolledBack
    ? ` Job ${stableId} runs the old program again.`
    : rollbackFailure === undefined
      ? suffix
      : ` The rollback failed, too: ${toSentence(rollbackFailure.message)}${suffix}`;
  const message = describeFailure(failure, { phases }, 'The new job');
  const code = rolledBack ? 'rollout-failed' : failure.code;
  return { state: 'FAILED', fault: toFault({ ...failure, code, message }, sentences) };
};

const toCanceled = (message: string): OperationChange => ({
  state: 'CANCELED',
  fault: new Fault('superseded', message),
});
