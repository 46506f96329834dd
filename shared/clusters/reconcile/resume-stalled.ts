import { commands } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { resumeAdmitted } from '#shared/clusters/admission/admit.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { newStartDeadlineFault } from '#shared/clusters/admission/pending.ts';
import { resumeBatch } from '#shared/clusters/commands/batch/batch.ts';
import { cancel } from '#shared/clusters/commands/cancel.ts';
import { resumeApplied } from '#shared/clusters/commands/deploy/apply.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { isPastDeadline, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** Longer than any step takes: an operation without a change for so long may have no function that continues it. */
const stalledAfterMs = 2 * 60_000;

/**
 * Resumes an operation that is stalled, and fails it after its deadline. An operation stalls when its function stops
 * after the operation is recorded and before the state machine starts.
 *
 * @throws Fault `not-found`, and what resuming throws.
 */
export const resumeStalled = async (operationId: string, ports: Ports): Promise<void> => {
  const operation = await getOperation(operationId, ports.store);
  const { state, updatedAt } = operation.value;
  if (isTerminalOperation(operation.value)) return;
  if (isPastDeadline(operation.value, ports.now())) return failOverdue(operation.value, ports);
  const isStalled = ports.now().getTime() - Date.parse(updatedAt) > stalledAfterMs;
  // Admission decides about queued operations.
  if (state !== 'QUEUED' && isStalled) await resumeOperation(operation, ports.withOperation(operation.value));
};

const resumeOperation = async (operation: Versioned<StoredOperation>, ports: Ports): Promise<void> => {
  const { kind, state, target, clusterId, origin, principal, jobId = '' } = operation.value;
  switch (kind) {
    case 'extend':
      return; // An extend ends in the transaction that records it.
    case 'cancel':
      await cancel.advance(
        operation,
        { kind, target, clusterId, data: { jobId }, key: undefined, origin, principal },
        ports,
      );
      return;
    case 'batch':
      await resumeBatch(operation, ports);
      return;
    default:
      if (kind === 'deploy' && state === 'PENDING') return resumePendingDeploy(operation.value, ports);
      // A second start changes nothing, because the execution has the id of the operation as its name.
      return ports.workflows.start(commands[kind].workflow, operation.value);
  }
};

/**
 * A deploy that was queued has a payload to create its objects from. Another one can only be resumed when its objects
 * exist; without them, only the same command can resume the deploy until its deadline.
 */
const resumePendingDeploy = async (deploy: StoredOperation, ports: Ports): Promise<void> => {
  if (findRequest(deploy, 'deploy')?.data.hasPayload === true) await resumeAdmitted(deploy, ports);
  else await resumeApplied(deploy, ports);
};

const failOverdue = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  const { operationId, kind, deadline, state, target, clusterId } = operation;
  const fault = new Fault('deadline-exceeded', `The ${kind} did not end by ${deadline}.`, {
    reason: 'DeadlineExceeded',
  });
  const { reconcile: principal } = dreyPrincipals;
  if (state === 'QUEUED') {
    const end = { state: 'FAILED', fault: newStartDeadlineFault(deadline), principal } as const;
    await endQueued(operation, end, ports);
  } else if (kind === 'deploy') {
    await failDeploy(operationId, fault, ports, { principal });
    await ports.payloads.remove(operationId);
    await ports.workflows.start('cleanup', operation);
  } else {
    const { operation: ended } = await finishOperation(operationId, { state: 'FAILED', fault }, ports);
    if (kind === 'batch' || ended.state !== 'SUCCEEDED') await ports.payloads.remove(operationId);
  }
  const outcome = { outcome: 'failed', code: fault.code, state };
  ports.log.warn('operation failed at its deadline', { operationId, command: kind, target, clusterId, ...outcome });
};
