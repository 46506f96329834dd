import { commands } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { resumeAdmitted } from '#shared/clusters/admission/admit.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { startDeadlineMissed } from '#shared/clusters/admission/pending.ts';
import { resumeBatch } from '#shared/clusters/commands/batch/batch.ts';
import { cancel } from '#shared/clusters/commands/cancel.ts';
import { resumeApplied } from '#shared/clusters/commands/deploy/apply.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** Longer than a step takes: what did not move for so long may be carried on by nobody. */
const stalledAfterMs = 2 * 60_000;

/**
 * Carries on an operation that stands still, and ends it at its deadline: every wait ends. A process that died behind
 * its record and before the start of its state machine leaves such operations.
 */
export const resumeStalled = async (operationId: string, ports: Ports): Promise<void> => {
  const operation = await getOperation(operationId, ports.store);
  const { deadline, updatedAt } = operation.value;
  if (isTerminalOperation(operation.value)) return;
  if (ports.now().toISOString() > deadline) await endOverdue(operation.value, ports);
  // The line decides on it.
  else if (operation.value.state === 'QUEUED') return;
  else if (ports.now().getTime() - Date.parse(updatedAt) > stalledAfterMs) await resumeOperation(operation, ports);
};

/** Starting a state machine that runs already changes nothing: its execution has the operation's name. */
const resumeOperation = async (operation: Versioned<StoredOperation>, ports: Ports): Promise<void> => {
  const { kind, state, operationId, target, clusterId, origin, jobId = '' } = operation.value;
  if (kind === 'cancel') {
    await cancel.advance(operation, { kind, target, clusterId, data: { jobId }, key: undefined, origin }, ports);
  } else if (kind === 'extend') {
    // It is over with its record.
  } else if (kind === 'batch') {
    await resumeBatch(operation, ports);
  } else if (kind === 'deploy' && state === 'PENDING') {
    // What was to be created is kept only of those that waited: until its deadline only the same command can go on with
    // another that created nothing.
    if (hasPayload(operation.value)) await resumeAdmitted(operation.value, ports);
    else await resumeApplied(operation.value, ports);
  } else {
    await ports.workflows.start(commands[kind].workflow, operationId);
  }
};

const hasPayload = (operation: StoredOperation) => requestOf(operation, 'deploy')?.data.hasPayload === true;

const endOverdue = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  const { operationId, kind, deadline, state, target, clusterId } = operation;
  const fault = new Fault('deadline-exceeded', `the ${kind} was not over by ${deadline}`, {
    reason: 'DeadlineExceeded',
  });
  if (state === 'QUEUED') {
    await endQueued(operation, { state: 'FAILED', fault: startDeadlineMissed(deadline) }, ports);
  } else if (kind === 'deploy') {
    await failDeploy(operationId, fault, ports);
    await ports.payloads.remove(operationId);
    await ports.workflows.start('cleanup', operationId);
  } else {
    await finishOperation(operationId, { state: 'FAILED', fault }, ports);
  }
  if (kind === 'batch') await ports.payloads.remove(operationId);
  ports.log.warn('operation ended at its deadline', {
    operationId,
    command: kind,
    target,
    clusterId,
    outcome: 'failed',
    code: fault.code,
    state,
  });
};
