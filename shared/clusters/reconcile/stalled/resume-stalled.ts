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
import { isRolloutKind } from '#shared/clusters/model/rollout.ts';
import { failOverdueJobApply } from '#shared/clusters/workflows/job-apply/record-job-result.ts';
import { failOverdueRollout } from '#shared/clusters/workflows/rollout/record-result.ts';
import { isPastDeadline, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getOperation, logUnreadable } from '#shared/clusters/store/read.ts';
import { failRescale, restoreRequirements } from '#shared/clusters/workflows/rescaling.ts';

import { stalledAfterMs, type StartedWork, type StalledWork } from './stalled-work.ts';

/** The open operations of a target that this version of Drey can read. Eventually consistent. */
export const listOpenOperations = async (
  target: string,
  { store, log }: Ports,
): Promise<readonly StoredOperation[]> => {
  const { items, unreadable } = await store.openOperations(target);
  logUnreadable('operations', { target, unreadable, log });
  return items;
};

/**
 * The operations that are stalled or overdue. Queued ones, which may be thousands, only when they are overdue: admission
 * decides about the others.
 */
export const selectStalled = (operations: readonly StoredOperation[], ports: Ports): readonly StalledWork[] => {
  const { now } = ports;
  return operations
    .filter((operation) => isPastDeadline(operation, now()) || isStalled(operation, now()))
    .map((operation) => {
      const { operationId, target, clusterId, updatedAt } = operation;
      return {
        since: updatedAt,
        clusterId,
        isOverdue: isPastDeadline(operation, now()),
        message: 'resume of operation failed',
        fields: { target, operationId },
        run: () => resumeStalled(operationId, ports),
      };
    });
};

const isStalled = ({ state, updatedAt }: StoredOperation, now: Date): boolean =>
  state !== 'QUEUED' && now.getTime() - Date.parse(updatedAt) > stalledAfterMs;

/**
 * Resumes an operation that is stalled, and fails it after its deadline. An operation stalls when its function stops
 * after the operation is recorded and before the state machine starts.
 *
 * @returns Undefined when nothing was started.
 * @throws Fault `not-found`, and what resuming throws.
 */
export const resumeStalled = async (operationId: string, ports: Ports): Promise<StartedWork | undefined> => {
  const operation = await getOperation(operationId, ports.store);
  if (isTerminalOperation(operation.value)) return undefined;
  if (isPastDeadline(operation.value, ports.now())) return failOverdue(operation.value, ports);
  return isStalled(operation.value, ports.now())
    ? resumeOperation(operation, ports.withOperation(operation.value))
    : undefined;
};

const resumeOperation = async (
  operation: Versioned<StoredOperation>,
  ports: Ports,
): Promise<StartedWork | undefined> => {
  const { kind, state, target, clusterId, operationId, origin, principal, jobId = '' } = operation.value;
  switch (kind) {
    case 'extend':
      return undefined; // An extend ends in the transaction that records it.
    case 'cancel':
      await cancel.advance(
        operation,
        { kind, target, clusterId, data: { jobId }, key: undefined, origin, principal },
        ports,
      );
      return {};
    case 'batch':
      await resumeBatch(operation, ports);
      return {};
    default:
      if (kind === 'deploy' && state === 'PENDING') return resumePendingDeploy(operation.value, ports);
      // A second start changes nothing, because the execution has the id of the operation as its name.
      return (await ports.workflows.start(commands[kind].workflow, operation.value)) ? { operationId } : undefined;
  }
};

/**
 * A deploy that was queued has a payload to create its objects from. Another one can only be resumed when its objects
 * exist; without them, only the same command can resume the deploy until its deadline.
 */
const resumePendingDeploy = async (deploy: StoredOperation, ports: Ports): Promise<StartedWork | undefined> => {
  const { operationId } = deploy;
  if (findRequest(deploy, 'deploy')?.data.hasPayload !== true)
    return (await resumeApplied(deploy, ports)) ? { operationId } : undefined;
  await resumeAdmitted(deploy, ports);
  return { operationId };
};

const failOverdue = async (operation: StoredOperation, ports: Ports): Promise<StartedWork | undefined> => {
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
  } else if (isRolloutKind(kind)) {
    await failOverdueRollout(operationId, fault, ports);
  } else if (kind === 'apply-job') {
    await failOverdueJobApply(operationId, fault, ports);
  } else if (kind === 'rescale') {
    // The workflow restores the parallelism before the deadline, so that this is the second attempt.
    await isolate({ message: 'parallelism not restored', fields: { target, operationId }, ports }, () =>
      restoreRequirements(operation, ports),
    );
    await failRescale(operationId, fault, ports);
  } else {
    const { operation: ended } = await finishOperation(operationId, { state: 'FAILED', fault }, ports);
    if (kind === 'batch' || ended.state !== 'SUCCEEDED') await ports.payloads.remove(operationId);
  }
  const outcome = { outcome: 'failed', code: fault.code, state };
  ports.log.warn('operation failed at its deadline', { operationId, command: kind, target, clusterId, ...outcome });
  // The cleanup of a deploy loads the API server.
  return kind === 'deploy' && state !== 'QUEUED' ? {} : undefined;
};
