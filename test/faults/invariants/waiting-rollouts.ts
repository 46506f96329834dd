import { isTerminalOperation } from '#events/records/operation.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listClusters, listOperations } from './stored.ts';

const waiting = 'WaitingForRollout';

export const hasWaited = ({ rollout }: StoredOperation): boolean => rollout?.phases[0]?.name === waiting;

/** A rollout that has waited is the only one of its cluster then, and gives its place only to a command that takes it. */
export const checkWaitingRollouts = (world: ModelWorld): readonly string[] => {
  const operations = listOperations(world);
  return [
    ...checkNext(world, operations),
    ...operations.flatMap((operation) => [
      ...checkRollback(operation, world),
      ...checkRequested(operation, operations),
    ]),
    ...operations
      .filter(hasWaited)
      .flatMap((operation) => [...checkAlone(operation, operations), ...checkPlace(operation, operations)]),
  ];
};

/** A rollback that has succeeded has left the spec of the revision that it names, also if it had nothing to do. */
const checkRollback = (
  { operationId, clusterId, kind, state, rollout }: StoredOperation,
  { table }: ModelWorld,
): readonly string[] => {
  if (kind !== 'rollback' || state !== 'SUCCEEDED') return [];
  const { to, specOf } = rollout ?? {};
  const digestOf = (wanted: number | undefined) =>
    [...table.items.values()]
      .filter(({ sk }) => sk.startsWith('revision#'))
      .map(({ value }) => value as StoredRevision)
      .find((one) => one.clusterId === clusterId && one.number === wanted)?.digest;
  return digestOf(to) !== undefined && digestOf(to) === digestOf(specOf)
    ? []
    : [`the rollback ${operationId} of ${clusterId} to ${specOf} has left revision ${to} with another spec`];
};

/** A rollout ends as `RollbackRequested` for a rollback only. */
const checkRequested = (
  { operationId, clusterId, problem, updatedAt }: StoredOperation,
  operations: readonly StoredOperation[],
): readonly string[] =>
  problem?.reason !== 'RollbackRequested' ||
  operations.some((one) => one.kind === 'rollback' && one.clusterId === clusterId && one.createdAt <= updatedAt)
    ? []
    : [`the rollout ${operationId} of ${clusterId} has ended without the rollback that it names`];

/** No cluster names a next rollout that has begun or ended. */
const checkNext = (world: ModelWorld, operations: readonly StoredOperation[]) =>
  listClusters(world).flatMap(({ clusterId, nextRollout }) => {
    const next = operations.find(({ operationId }) => operationId === nextRollout?.operationId);
    return next === undefined || (next.state === 'PENDING' && next.rollout?.phase === waiting)
      ? []
      : [`the next rollout of ${clusterId} is ${next.operationId}, which is ${next.state}`];
  });

/** When a rollout had the lock of its cluster. Undefined: it has only waited, or its ID had no cluster with a lock. */
const findSpan = (operation: StoredOperation): { readonly from: string; readonly to: string } | undefined => {
  const { rollout, updatedAt } = operation;
  const begun = rollout?.phases.find(({ name }) => name !== waiting);
  if (begun === undefined || (rollout?.from === undefined && !hasWaited(operation))) return undefined;
  return { from: begun.at, to: isTerminalOperation(operation) ? updatedAt : '9' };
};

const checkAlone = (operation: StoredOperation, operations: readonly StoredOperation[]): readonly string[] => {
  const span = findSpan(operation);
  if (span === undefined) return [];
  return operations
    .filter(({ operationId, clusterId }) => operationId !== operation.operationId && clusterId === operation.clusterId)
    .flatMap((other) => {
      const another = findSpan(other);
      return another !== undefined && another.from < span.to && span.from < another.to
        ? [`the rollouts ${operation.operationId} and ${other.operationId} of ${operation.clusterId} ran at once`]
        : [];
    });
};

const checkPlace = (
  { operationId, clusterId, createdAt, state, rollout, problem }: StoredOperation,
  operations: readonly StoredOperation[],
): readonly string[] => {
  if (state !== 'CANCELED' || rollout?.phase !== waiting) return [];
  const successor = /^The [a-z]+ of operation (\w+) has taken/.exec(problem?.detail ?? '')?.[1];
  const isTaken =
    successor === undefined
      ? // A deploy of a caller. Those of rollouts come from Drey itself.
        operations.some(
          (one) =>
            one.kind === 'deploy' &&
            one.clusterId === clusterId &&
            one.origin !== 'reconciler' &&
            one.createdAt >= createdAt,
        )
      : operations.some((one) => one.operationId === successor);
  return isTaken ? [] : [`the rollout ${operationId} of ${clusterId} waited, and no command has taken its place`];
};
