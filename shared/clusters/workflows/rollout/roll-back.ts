import { isIdleCluster } from '#events/records/cluster-states.ts';
import type { RolloutStep } from '#events/commands/index.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { parseStepError } from '#shared/clusters/model/step-error.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { giveStop, hasStopFailed } from './end-incarnation.ts';
import { readRollout, recordRolloutPhase, type RolloutRecords } from './records.ts';
import {
  findFailure,
  newUnknownFailure,
  type RolloutFailure,
  type RolloutState,
  toFailure,
  toFault,
  toNext,
} from './rollout-state.ts';

/**
 * Step of the rollout machine: ends the incarnation that is not stable, unless it is to be kept. The stable revision then starts
 * again from the same state, or the cluster is SUSPENDED with it.
 */
export const rollBack = async (given: RolloutState, ports: Ports): Promise<RolloutState> => {
  const failure = findFailure(given) ?? newUnknownFailure('revision');
  const state = { ...given, failure };
  const records =
    state.unwindId === undefined
      ? await enterRollback(state, failure, ports)
      : await readRollout(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  if (records === 'kept' || records.cluster === undefined) return toNext(state, 'kept');
  return unwind(state, { records, end: findEnd(records), name: 'unwind' }, ports);
};

/** The stable revision starts again if there is one. Otherwise the cluster is as before a resume: SUSPENDED. */
const findEnd = ({ request: { stable, options } }: RolloutRecords): NonNullable<RolloutStep['end']> =>
  stable !== undefined && options.onFailure === 'rollback' ? 'UPGRADING' : 'SUSPENDED';

/** Begins the rollback. `kept`: nothing ends, because there is nothing to return to, or because the caller wants that. */
const enterRollback = async (
  { operationId, deployId }: RolloutState,
  failure: RolloutFailure,
  ports: Ports,
): Promise<RolloutRecords | 'kept' | undefined> => {
  const records = await readRollout(operationId, ports);
  if (records === undefined) return undefined;
  const changes = () => markUnstable(records, { deployId, failure }, ports);
  const keeps = records.request.options.onFailure === 'keep' && records.cluster?.value.state === 'RUNNING';
  // The number of a revision that did not start is not recorded yet.
  const isNew = deployId !== undefined && records.cluster?.value.operationId === deployId;
  const fields = isNew ? omitUndefined({ to: records.cluster?.value.revision }) : {};
  if (records.request.from === undefined || keeps) {
    const { phase } = records.operation.rollout;
    return (await recordRolloutPhase(operationId, phase, ports, { changes, fields })) === undefined
      ? undefined
      : 'kept';
  }
  return recordRolloutPhase(operationId, 'RollingBack', ports, { changes, fields });
};

/** The record of a revision that was RUNNING and not stable. Its deploy has succeeded, so that its operation does not tell. */
const markUnstable = async (
  { cluster, operation }: RolloutRecords,
  { deployId, failure }: { readonly deployId: string | undefined; readonly failure: RolloutFailure },
  { store }: Ports,
): Promise<Pick<Change, 'revisions'>> => {
  if (cluster === undefined || deployId === undefined || cluster.value.operationId !== deployId) return {};
  // A deploy that has failed says so itself.
  if ((await getOperation(deployId, store)).value.state !== 'SUCCEEDED') return {};
  const { revision: number } = cluster.value;
  const found = number === undefined ? undefined : await store.revision(operation.value, number);
  if (found === undefined || found.value.unstable !== undefined) return {};
  const unstable = toProblem(toFault(failure));
  return { revisions: [{ value: { ...found.value, unstable }, previous: found.version }] };
};

/** Step of the rollout machine: ends a stable revision that did not start again. The cluster is SUSPENDED with its state. */
export const suspendCluster = async (given: RolloutState, ports: Ports): Promise<RolloutState> => {
  const {
    error,
    rollbackFailure = error === undefined ? newUnknownFailure('revision') : toFailure(parseStepError(error)),
  } = given;
  const state = { ...given, rollbackFailure };
  const records =
    state.suspendId === undefined
      ? await enterSuspension(state, rollbackFailure, ports)
      : await readRollout(state.operationId, ports);
  if (records?.cluster === undefined) return toNext(state, 'over');
  return unwind(state, { records, end: 'SUSPENDED', name: 'suspend' }, ports);
};

/** The stable revision that did not run is as unstable as the one before. */
const enterSuspension = (
  { operationId, stableId }: RolloutState,
  failure: RolloutFailure,
  ports: Ports,
): Promise<RolloutRecords | undefined> =>
  recordRolloutPhase(operationId, 'RollingBack', ports, {
    changes: (records) => markUnstable(records, { deployId: stableId, failure }, ports),
  });

interface Unwinding {
  readonly records: RolloutRecords;
  readonly end: NonNullable<RolloutStep['end']>;
  readonly name: 'unwind' | 'suspend';
}

const stopIdOf = { unwind: 'unwindId', suspend: 'suspendId' } as const;

/** Stops the incarnation without a savepoint, and waits for its end. The snapshot and the jobs of the rollout stay those of the cluster. */
const unwind = async (state: RolloutState, { records, end, name }: Unwinding, ports: Ports): Promise<RolloutState> => {
  const cluster = records.cluster?.value;
  if (cluster === undefined) return toNext(state, 'over');
  if (cluster.state === 'UPGRADING' && end === 'UPGRADING') return toNext(state, 'start');
  if (isIdleCluster(cluster)) return suspendIdle(state, ports);
  const stopId = state[stopIdOf[name]];
  if (stopId === undefined) {
    const { from } = records.request;
    const snapshot = from?.snapshot ?? records.operation.rollout.snapshot;
    // The jobs of a session stay those of the incarnation that the rollout has ended, or that was suspended.
    const jobsFrom = from?.mode === 'session' ? from.operationId : undefined;
    const rollout = { ...records.step, end, ...omitUndefined({ snapshot, jobsFrom }) };
    const data = { savepoint: 'none', ha: 'purge', reason: 'RolloutFailed' } as const;
    const given = await giveStop({ operation: records.operation, data, rollout, name }, ports);
    if (given instanceof Fault) return toNext(state, 'kept', { rollbackFailure: toFailure(given) });
    return toNext(state, 'waiting', { [stopIdOf[name]]: given });
  }
  const { value: stopOperation } = await getOperation(stopId, ports.store);
  return toNext(state, hasStopFailed(stopOperation, cluster) ? 'kept' : 'waiting');
};

/** An UPGRADING cluster becomes SUSPENDED, because no revision starts. */
const suspendIdle = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const isSuspended = await transact<boolean>(ports, async () => {
    const records = await readRollout(state.operationId, ports);
    const cluster = records?.cluster;
    if (records === undefined || cluster === undefined) return { result: false };
    if (cluster.value.state !== 'UPGRADING') return { result: true };
    const { operationId, principal } = records.operation.value;
    const cause = { at: ports.now(), operationId, principal, reason: 'RolloutFailed' };
    const { cluster: value, events } = transitionCluster(cluster.value, 'SUSPENDED', cause);
    return { change: { cluster: { value, previous: cluster.version }, events }, result: true };
  });
  return toNext(state, isSuspended ? 'suspended' : 'over');
};
