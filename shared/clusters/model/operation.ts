import * as z from 'zod';

import type { ClusterRef } from '#events/names.ts';
import { type DeployPhase, Operation, type OperationState } from '#events/records/operation.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { findRequest, OperationRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

/** An operation as the table stores it. Answers of the API leave out the members that `Operation` does not have. */
export const StoredOperation = Operation.extend({
  request: OperationRequest.optional(),
  /** The deploy of the incarnation on which a submit starts its job, or of the job of a rescale. It is recorded before Flink is asked. */
  clusterOperationId: z.string().optional(),
  /** The ready key of its queued command. Undefined while that waits for something besides capacity. */
  readyKey: z.string().optional(),
  /** The secret with which Drey proves that it sent a message about the operation. No caller gets to know it. */
  messageToken: z.string().optional(),
  /** The token of the Step Functions task that waits for the verdict of the operation. */
  taskToken: z.string().optional(),
});
export type StoredOperation = Readonly<z.output<typeof StoredOperation>>;

/** The states that may follow each state. An operation that is IN_PROGRESS may change its phase. */
const successors: Readonly<Record<OperationState, readonly OperationState[]>> = {
  QUEUED: ['PENDING', 'FAILED', 'CANCELED'],
  PENDING: ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED'],
  IN_PROGRESS: ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED'],
  SUCCEEDED: [],
  FAILED: [],
  CANCELED: [],
};

/** Who gave a command, as its operation stores it. */
export const toCaller = ({
  origin,
  principal,
  redrivenBy,
}: Pick<StoredOperation, 'origin' | 'principal' | 'redrivenBy'>) => ({
  origin,
  principal,
  ...omitUndefined({ redrivenBy }),
});

type NewOperation = Omit<StoredOperation, 'state' | 'createdAt' | 'updatedAt' | 'deadline'> & {
  readonly messageToken: string;
};

/** A PENDING operation that has to reach a terminal state within `deadlineMs`. */
export const newOperation = (fields: NewOperation, deadlineMs: number, now: Date): StoredOperation => ({
  ...fields,
  state: 'PENDING',
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  deadline: new Date(now.getTime() + deadlineMs).toISOString(),
});

/** The new state of an operation. Fields that a change does not name keep their values, except the phase, which is removed. */
export interface OperationChange {
  readonly state: OperationState;
  /** Why the operation failed or was canceled. */
  readonly fault?: Fault | undefined;
  /** What the operation waits for, as a sentence for people. */
  readonly phase?: string | undefined;
  readonly phases?: readonly DeployPhase[] | undefined;
  readonly fields?: Partial<
    Pick<
      StoredOperation,
      'startedAt' | 'deadline' | 'savepoint' | 'checkpoint' | 'warnings' | 'clusterOperationId' | 'request' | 'rollout'
    >
  >;
}

/**
 * The operation in its next state, as a write that expects the version that was read.
 *
 * @throws Fault `wrong-state` when that state cannot follow. A terminal state never changes.
 */
export const transitionOperation = (
  { value, version }: Versioned<StoredOperation>,
  { state, fault, phase, phases = [], fields = {} }: OperationChange,
  now: Date,
): { readonly value: StoredOperation; readonly previous: number } => {
  const { operationId } = value;
  if (!successors[value.state].includes(state))
    throw new Fault('wrong-state', `Operation ${operationId} is ${value.state} and cannot become ${state}.`);
  const { phase: _phase, ...rest } = value;
  const next: StoredOperation = {
    ...rest,
    ...fields,
    state,
    updatedAt: now.toISOString(),
    ...(phase === undefined ? {} : { phase }),
    ...(phases.length === 0 ? {} : { phases: [...phases] }),
    ...(fault === undefined ? {} : { problem: toProblem(fault, toOperationPath(value)) }),
  };
  return { value: next, previous: version };
};

/** The path of an operation in the API, which problems name as their `instance`. */
export const toOperationPath = ({ target, operationId }: Pick<Operation, 'target' | 'operationId'>): string =>
  `/v1/targets/${target}/operations/${operationId}`;

/** Whether the time that an operation, or a queued command, has for its end or start is over. */
export const isPastDeadline = ({ deadline }: Pick<Operation, 'deadline'>, now: Date): boolean =>
  now.toISOString() > deadline;

/**
 * Whether an operation is the deploy of a cluster. A Deployment names its operation in an annotation, which is the word of
 * everybody who may write in the namespace.
 */
export const isDeployOf = ({ kind, target, clusterId }: StoredOperation, cluster: ClusterRef): boolean =>
  kind === 'deploy' && target === cluster.target && clusterId === cluster.clusterId;

/** Whether the objects of a failed deploy stay, so that a person can examine them. */
export const keepsFailedObjects = (operation: StoredOperation): boolean =>
  findRequest(operation, 'deploy')?.data.onFailure === 'keep';

/** The longest time that a function and its last request to the API server take after they read a record. */
const maxInFlightMs = 60_000;

/** Until when a function that read a record at this time may still create objects, in ISO 8601. */
export const computeCreatesUntil = (at: Date): string => new Date(at.getTime() + maxInFlightMs).toISOString();
