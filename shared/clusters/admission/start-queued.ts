import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import type { Usage } from '#shared/clusters/model/admission/quota.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { inheritHighAvailabilityData } from '#shared/clusters/model/high-availability.ts';
import { clearIdle, startLifetime } from '#shared/clusters/model/lifetime.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { itemBytes } from '#shared/clusters/model/records/size.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { QueuedRecords } from '#shared/clusters/ports/store.ts';
import { Fault } from '#events/problems/problem.ts';

import { maxTransactionBytes } from './merge-changes.ts';
import { findSessionReason } from './pending.ts';
import { startTimeoutMs } from './queued-command.ts';

/** DynamoDB writes 100 items in a transaction. A start takes five of them, or seven. */
export const maxStarts = 18;
const maxItems = 99;

/** A queued command that starts, has ended and only leaves the queue, or waits for its session again. */
export interface Start {
  readonly command: QueuedCommand;
  readonly change: Change;
  /** The operation after its start. Undefined when it does not start. */
  readonly operation: StoredOperation | undefined;
  /** The admitted command whose capacity it takes over. */
  readonly replaced?: QueuedCommand | undefined;
}

interface StartOptions {
  readonly target: NamedTarget;
  /** Admitted commands whose capacity a queued command takes over. */
  readonly replaceable: readonly QueuedCommand[];
  readonly now: Date;
}

/** A queued command with its records. */
interface QueuedStart extends QueuedRecords {
  readonly readyKey: string | undefined;
}

/**
 * The start of a queued command in the current place of its target, which may have moved in the meantime. A submit whose
 * session is not RUNNING waits for it again.
 *
 * @throws Fault `not-found` when the command has no operation or no cluster, `wrong-state` when its session is ending.
 */
export const prepareStart = ({ command, readyKey, operation, cluster }: QueuedStart, options: StartOptions): Start => {
  if (operation === undefined || cluster === undefined)
    throw new Fault('not-found', `The queued operation ${command.operationId} has no record, or its cluster has none.`);
  const dequeued = [{ ...command, readyKey }];
  if (operation.value.state !== 'QUEUED') return { command, change: { dequeued }, operation: undefined };
  const { readyKey: _readyKey, ...value } = operation.value;
  const withoutReadyKey = { value, version: operation.version };
  if (command.kind === 'submit' && findSessionReason(cluster.value) !== undefined)
    return { command, change: { ...waitAgain(command, withoutReadyKey), dequeued }, operation: undefined };
  return startCommand(command, { operation: withoutReadyKey, cluster, dequeued }, options);
};

const waitAgain = (command: QueuedCommand, { value, version }: Versioned<StoredOperation>): Change => ({
  operations: [{ value, previous: version }],
  queued: [{ value: command, readyKey: undefined, previous: undefined }],
});

interface StartRecords {
  readonly operation: Versioned<StoredOperation>;
  readonly cluster: Versioned<Cluster>;
  readonly dequeued: NonNullable<Change['dequeued']>;
}

const startCommand = (
  command: QueuedCommand,
  { operation, cluster, dequeued }: StartRecords,
  { target, replaceable, now }: StartOptions,
): Start => {
  const deadline = new Date(now.getTime() + startTimeoutMs[command.kind]).toISOString();
  const fields = { startedAt: now.toISOString(), deadline };
  const started = transitionOperation(operation, { state: 'PENDING', fields }, now);
  const { cluster: changed, events = [] }: Pick<Change, 'cluster' | 'events'> =
    command.kind === 'deploy' ? requestCluster(cluster, operation.value, { target, now }) : clearIdle(cluster);
  const replaced = replaceable.find(({ operationId }) => operationId === command.replaces);
  const change: Change = {
    clusters: changed === undefined ? [] : [changed],
    events,
    operations: [started],
    admitted: [command],
    settled: replaced === undefined ? [] : [replaced],
    dequeued,
  };
  return { command, change, operation: started.value, replaced };
};

/** The write that makes the cluster of a queued deploy REQUESTED. Empty when the cluster is not QUEUED for it. */
const requestCluster = (
  { value: cluster, version }: Versioned<Cluster>,
  { operationId, principal }: StoredOperation,
  { target, now }: { readonly target: NamedTarget; readonly now: Date },
): Pick<Change, 'cluster' | 'events'> => {
  if (cluster.operationId !== operationId || cluster.state !== 'QUEUED') return {};
  const next = transitionCluster(cluster, 'REQUESTED', { at: now, operationId, principal });
  const lifetime = startLifetime(next.cluster.lifetime, now, target);
  const value = {
    ...next.cluster,
    ...(lifetime === undefined ? {} : { lifetime }),
    namespace: target.namespace,
    highAvailabilityData: inheritHighAvailabilityData(target, next.cluster, now),
  };
  return { cluster: { value, previous: version }, events: next.events };
};

/** As many starts, from the first, as fit into one transaction. */
export const takeFitting = (starts: readonly Start[]): readonly Start[] => {
  let [items, bytes] = [0, 0];
  const end = starts.findIndex(({ change }, index) => {
    items += countItems(change);
    bytes += itemBytes(change);
    return index > 0 && (index === maxStarts || items > maxItems || bytes > maxTransactionBytes);
  });
  return end === -1 ? starts : starts.slice(0, end);
};

/** A settled command has two items. */
const countItems = ({ clusters = [], operations = [], events = [], queued = [], ...others }: Change): number => {
  const { admitted = [], dequeued = [], settled = [] } = others;
  const lists = [clusters, operations, events, queued, admitted, dequeued, settled, settled];
  return lists.reduce((sum, list) => sum + list.length, 0);
};

/** The usage after some starts. */
export const addStarts = (before: Usage, starts: readonly Start[]): Usage => {
  const usage = before.copy();
  for (const { command, operation, replaced } of starts) {
    if (operation === undefined) continue;
    usage.add(command);
    if (replaced !== undefined) usage.remove(replaced);
  }
  return usage;
};
