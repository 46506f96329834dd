import { hasIncarnation, isIdleCluster, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RolloutResult } from '#events/records/rollout.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { releaseCapacity } from '#shared/clusters/commands/rollouts/supersede.ts';
import { type ClusterChange, transitionCluster, withCondition } from '#shared/clusters/model/cluster.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { type OperationChange, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import {
  listRolloutEvents,
  type StabilityReason,
  toEndedProgressing,
  toStability,
  withoutNextRollout,
  withoutRollout,
} from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { stopEndedApplication } from '#shared/clusters/workflows/application.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { describeFailure } from './failure-text.ts';
import { readRollout, type RolloutRecords } from './records.ts';
import { findFailure, type RolloutState, toFault, toSentence } from './rollout-state.ts';

/** Step of the rollout machine: records how the rollout ended, and frees its cluster. */
export const recordResult = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  await endRollout(state, ports);
  return state;
};

/** Ends a rollout whose execution has ended without a verdict. The cluster stays as it is, or SUSPENDED with its state. */
export const failOverdueRollout = (operationId: string, fault: Fault, ports: Ports): Promise<void> =>
  endRollout({ operationId, failure: { code: fault.code, reason: fault.reason, message: fault.message } }, ports);

const endRollout = async (state: RolloutState, ports: Ports): Promise<void> => {
  const last = await transact<RolloutRecords | undefined>(ports, async () => {
    const records = await readRollout(state.operationId, ports);
    const now = ports.now();
    if (records === undefined) return { change: await endUnlocked(state, now, ports), result: undefined };
    const { operation, cluster } = records;
    const { result, ...ended } = decideEnd(state, records);
    const { end } = ended;
    const rollout = { ...operation.rollout, ...result };
    // An operation that was never advanced becomes IN_PROGRESS by its end.
    const next = transitionOperation(operation, { ...end, fields: { rollout } }, now);
    if (cluster === undefined)
      return { change: { operations: [next], events: listRolloutEvents(next.value, { labels: {} }) }, result: records };
    const freed = freeCluster(cluster.value, { ...ended, records, now });
    return {
      change: {
        operations: [next],
        cluster: { value: freed.cluster, previous: cluster.version },
        events: [...freed.events, ...listRolloutEvents(next.value, cluster.value)],
        ...(await releaseCapacity(cluster.value, operation.value, ports)),
      },
      result: records,
    };
  });
  if (last === undefined) return removeUnused(state.operationId, ports);
  const { operation, request, cluster } = last;
  // The deploy of a revision has its own copy of the spec. A change in place has none.
  const isRevision = request.rescale !== undefined && operation.rollout.to !== undefined;
  if (operation.value.kind === 'apply' && !isRevision) await ports.revisionSpecs.remove(state.operationId);
  // The reconciler leaves the end of a program to the rollout.
  if (cluster !== undefined) await stopEndedApplication(operation.value, ports);
};

/** Removes the spec of an apply that has ended before it started a revision, so that no revision has it. */
const removeUnused = async (operationId: string, ports: Ports): Promise<void> => {
  const { value: operation } = await getOperation(operationId, ports.store);
  const hasNotBegun = findRolloutRequest(operation)?.data.waiting !== undefined;
  const isUnused = hasNotBegun || (isTerminalOperation(operation) && operation.rollout?.to === undefined);
  if (isUnused && operation.kind === 'apply') await ports.revisionSpecs.remove(operationId);
};

/**
 * Ends a rollout without the lock of its cluster: it has waited for another one and does not begin, or another command has
 * taken its place. Undefined when its end is recorded.
 */
const endUnlocked = async (state: RolloutState, now: Date, { store }: Ports): Promise<Change | undefined> => {
  const operation = await getOperation(state.operationId, store);
  if (isTerminalOperation(operation.value)) return undefined;
  const cluster = await store.cluster(operation.value);
  const waiting = cluster?.value.nextRollout?.operationId === state.operationId ? cluster : undefined;
  const next = transitionOperation(operation, decideUnlockedEnd(state, operation.value, cluster?.value), now);
  return {
    operations: [next],
    ...(waiting === undefined
      ? {}
      : { cluster: { value: withoutNextRollout(waiting.value), previous: waiting.version } }),
    events: listRolloutEvents(next.value, cluster?.value ?? { labels: {} }),
  };
};

const decideUnlockedEnd = (
  state: RolloutState,
  operation: StoredOperation,
  cluster: Cluster | undefined,
): OperationChange => {
  const { rollout } = operation;
  const failure = findFailure(state);
  const isWaiting = cluster?.nextRollout?.operationId === state.operationId;
  if (isWaiting && failure !== undefined) return { state: 'FAILED', fault: toFault(failure) };
  const waited = findRolloutRequest(operation)?.data.waiting;
  if (!isWaiting || rollout === undefined || state.outcome !== 'unchanged')
    return { state: 'CANCELED', fault: newOvertakenFault(waited === undefined ? cluster : undefined) };
  const { revision } = cluster;
  const specOf = waited?.to;
  return {
    state: 'SUCCEEDED',
    fields: { rollout: { ...rollout, ...omitUndefined({ from: revision, to: revision, specOf }) } },
  };
};

/**
 * A stop or a newer rollout of a cluster ends the older one itself. Of two applies of a new ID, the first to deploy it wins.
 *
 * @param cluster Undefined: it is not known what has taken the place.
 */
const newOvertakenFault = (cluster: Cluster | undefined): Fault => {
  if (cluster === undefined) return new Fault('superseded', 'Another command has taken the place of the rollout.');
  const { clusterId, target, operationId: deployId, rollout } = cluster;
  const by =
    rollout === undefined ? `deploy of operation ${deployId}` : `${rollout.kind} of operation ${rollout.operationId}`;
  return new Fault(
    'superseded',
    `The ${by} has taken the place of the rollout: it deployed cluster ${clusterId} in target ${target} first. Repeat the command to change the cluster.`,
  );
};

interface RolloutEnd {
  readonly end: Pick<OperationChange, 'fault'> & { readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELED' };
  readonly result: Partial<RolloutResult>;
  /** Why the cluster is stable, or not. Default: the message of the fault. */
  readonly stability?: string;
  /** The stable revision runs again. */
  readonly isRolledBack?: true | undefined;
}

const decideEnd = (state: RolloutState, { request, cluster, operation }: RolloutRecords): RolloutEnd => {
  const failure = findFailure(state);
  if (state.outcome === 'canceled')
    return {
      end: {
        state: 'CANCELED',
        fault: new Fault('superseded', 'The job was canceled before the revision was stable.'),
      },
      result: {},
    };
  // A rescale that has recorded its revision has succeeded, also if its execution has died then.
  const isRescaled = request.rescale !== undefined && operation.rollout.to !== undefined;
  if (failure === undefined || isRescaled) return { end: { state: 'SUCCEEDED' }, result: {} };
  const { stable } = request;
  const isRolledBack = state.stableId !== undefined && state.rollbackFailure === undefined && state.outcome === 'done';
  const message = describeFailure(failure, operation.rollout, toName(operation.rollout.to));
  if (isRolledBack) {
    const runs = describeStable({ request, cluster, operation });
    return {
      end: { state: 'FAILED', fault: toFault({ ...failure, code: 'rollout-failed', message }, ` ${runs}`) },
      result: stable?.number === undefined ? {} : { rolledBackTo: stable.number },
      stability: `${runs} ${message}`,
      isRolledBack,
    };
  }
  const isSuspended = cluster !== undefined && isIdleCluster(cluster.value);
  const path = (cluster?.value.snapshot ?? operation.rollout.snapshot)?.path;
  const suffix = [
    state.rollbackFailure === undefined
      ? undefined
      : `The rollback failed, too: ${toSentence(state.rollbackFailure.message)}`,
    isSuspended ? 'The cluster is SUSPENDED: apply or resume starts it.' : undefined,
    cluster?.value.state === 'STOPPING' ? 'The cluster will be SUSPENDED: apply or resume starts it then.' : undefined,
    // The cluster of a program that has failed is stopped next.
    failure.reason === 'ProgramFailed' ? undefined : describeRunning({ request, cluster, operation }),
    path === undefined || cluster?.value.state === 'RUNNING' ? undefined : `Its state is ${path}.`,
  ].filter((sentence) => sentence !== undefined);
  return {
    end: {
      state: 'FAILED',
      fault: toFault({ ...failure, message }, suffix.map((sentence) => ` ${sentence}`).join('')),
    },
    result: isSuspended ? { suspended: true } : {},
  };
};

const toName = (revision: number | undefined): string =>
  revision === undefined ? 'The new revision' : `Revision ${revision}`;

type EndedRecords = Pick<RolloutRecords, 'request' | 'cluster' | 'operation'>;

/** What runs after a rollback, and from which state. */
const describeStable = ({ request: { stable, from }, cluster, operation }: EndedRecords): string => {
  const snapshot = from?.snapshot ?? operation.rollout.snapshot;
  const state = snapshot === undefined ? 'without state' : `from ${snapshot.kind} ${snapshot.path}`;
  const start = from?.mode === 'session' ? '' : ` ${state}`;
  return `${toName(cluster?.value.revision)}, the spec of revision ${stable?.number ?? ''}, runs again${start}.`;
};

/** What has become of a cluster that its rollout leaves as it is. Undefined where other sentences say it. */
const describeRunning = ({ request: { from }, cluster }: EndedRecords): string | undefined => {
  if (cluster?.value.state === 'RUNNING') return `${toName(cluster.value.revision)} runs on.`;
  const hasEnded = cluster !== undefined && isTerminalCluster(cluster.value);
  return hasEnded && from === undefined ? `The cluster is ${cluster.value.state}.` : undefined;
};

interface FreeOptions extends Pick<RolloutEnd, 'end' | 'isRolledBack' | 'stability'> {
  readonly records: RolloutRecords;
  readonly now: Date;
}

/** The cluster without its rollout. No cluster stays UPGRADING without one. */
const freeCluster = (cluster: Cluster, { records, now, ...ended }: FreeOptions): ClusterChange => {
  const { end } = ended;
  const { operationId, principal } = records.operation.value;
  const cause = {
    at: now,
    operationId,
    principal,
    reason: 'RolloutFailed',
    ...(end.fault === undefined ? {} : { message: end.fault.message }),
  };
  const { cluster: idle, events } =
    cluster.state === 'UPGRADING' ? transitionCluster(cluster, 'SUSPENDED', cause) : { cluster, events: [] };
  const freed = withoutRollout(idle);
  if (!hasIncarnation(freed) && !isIdleCluster(freed)) return { cluster: freed, events };
  const message = end.fault?.message ?? 'The rollout has succeeded.';
  const progressing = toEndedProgressing(message, end.state === 'FAILED' ? 'RolloutFailed' : 'RolloutEnded');
  const progressed = withCondition(freed, progressing, now);
  const stability = findStability(freed, { ...ended, records });
  return {
    cluster:
      stability === undefined
        ? progressed
        : withCondition(progressed, toStability(stability, ended.stability ?? message), now),
    events,
  };
};

/** Undefined: the cluster runs what it ran before, or nothing, and what is known about its stability stays. */
const findStability = (
  cluster: Cluster,
  { end, isRolledBack, records }: Omit<FreeOptions, 'now'>,
): StabilityReason | undefined => {
  // A rescale is not watched.
  if (records.request.rescale !== undefined) return undefined;
  if (end.state === 'SUCCEEDED') return hasIncarnation(cluster) ? 'Verified' : undefined;
  if (isRolledBack === true) return 'RolledBack';
  const { phase } = records.operation.rollout;
  return phase === 'Checking' || phase === 'Snapshotting' ? undefined : 'RolloutFailed';
};
