import type { ClusterState } from '#events/records/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import type { LogsKept } from '#events/records/kept-logs.ts';
import type { JobRescale, LifetimeWarning, RolloutChange, Transition } from '#events/records/transitions.ts';
import type { SnapshotChange } from '#events/records/snapshots.ts';
import type { OutboxEvent, VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import type { CommandRef, QueuedRef, ScheduleName } from '#shared/clusters/model/records/records.ts';

/** The primary key of an item. */
export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/** A range of sort keys in one partition, both ends included. */
export interface KeyRange {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
}

/** `$` follows `#` in the order of sort keys, so that the range has every sort key that starts with the prefix. */
const rangeOf = (pk: string, prefix: string): KeyRange => ({ pk, from: `${prefix}#`, to: `${prefix}$` });

const padded = (number: number, digits: number) => String(number).padStart(digits, '0');

/** A cluster, its jobs and its events share a partition, because the stream of the table keeps the order of a partition. */
export const clusterKey = ({ target, clusterId }: ClusterRef): TableKey => ({
  pk: `target#${target}/cluster#${clusterId}`,
  sk: 'cluster',
});
/** The cluster and its jobs, whose sort keys begin with that of the cluster, so that one query reads both. */
export const clusterRange = (clusterRef: ClusterRef): KeyRange => ({
  pk: clusterKey(clusterRef).pk,
  from: clusterKey(clusterRef).sk,
  to: jobRange(clusterRef).to,
});
export const isClusterKey = ({ sk }: Pick<TableKey, 'sk'>): boolean => sk === 'cluster';
export const clusterIdOf = (partitionKey: string): string => partitionKey.slice(partitionKey.lastIndexOf('#') + 1);
export const jobKey = (clusterRef: ClusterRef, jobId: string): TableKey => ({
  ...clusterKey(clusterRef),
  sk: `cluster#job#${jobId}`,
});
export const jobRange = (clusterRef: ClusterRef): KeyRange => rangeOf(clusterKey(clusterRef).pk, 'cluster#job');

/** The revisions of a cluster ID, by their numbers. They outlive its incarnations. */
export const revisionKey = (clusterRef: ClusterRef, number: number): TableKey => ({
  ...clusterKey(clusterRef),
  sk: `revision#${padded(number, 9)}`,
});
/** The revisions after a number. */
export const revisionRange = (clusterRef: ClusterRef, after: number): KeyRange => ({
  ...rangeOf(clusterKey(clusterRef).pk, 'revision'),
  from: revisionKey(clusterRef, after + 1).sk,
});

/** The snapshots of a cluster ID, by the times of their operations. They outlive its incarnations. */
export const snapshotKey = (clusterRef: ClusterRef, snapshotId: string): TableKey => ({
  ...clusterKey(clusterRef),
  sk: `snapshot#${snapshotId}`,
});
export const snapshotRange = (clusterRef: ClusterRef): KeyRange => rangeOf(clusterKey(clusterRef).pk, 'snapshot');

/** An operation has a partition of its own, because it is read by its id alone. */
export const operationKey = (operationId: string): TableKey => ({ pk: `operation#${operationId}`, sk: 'operation' });
export const batchItemKey = (batchId: string, index: number): TableKey => ({
  ...operationKey(batchId),
  sk: `item#${padded(index, 5)}`,
});
export const batchItemRange = (batchId: string): KeyRange => rangeOf(operationKey(batchId).pk, 'item');

/** The sort keys of all events start with this prefix. The publish function receives no other items of the stream. */
export const eventPrefix = 'event#';

const transitionKey = (clusterRef: ClusterRef, sequence: number): TableKey => ({
  ...clusterKey(clusterRef),
  sk: `${eventPrefix}transition#${padded(sequence, 8)}`,
});
/** The transitions after a sequence number. */
export const transitionRange = (clusterRef: ClusterRef, after: number): KeyRange => ({
  ...rangeOf(clusterKey(clusterRef).pk, `${eventPrefix}transition`),
  from: transitionKey(clusterRef, after + 1).sk,
});
export const verdictKey = ({ operationId }: Pick<VerdictRecord, 'operationId'>): TableKey => ({
  ...operationKey(operationId),
  sk: `${eventPrefix}verdict`,
});
const warningKey = (warning: LifetimeWarning): TableKey => ({
  ...clusterKey(warning),
  sk: `${eventPrefix}warning#${warning.operationId}#${warning.version}#${warning.endsAt}`,
});
const logsKey = (logs: LogsKept): TableKey => ({
  ...clusterKey(logs),
  sk: `${eventPrefix}logs#${logs.operationId}#${logs.at}`,
});
const rescaleKey = (rescale: JobRescale): TableKey => ({
  ...clusterKey(rescale),
  sk: `${eventPrefix}rescale#${rescale.jobId}#${rescale.rescaleId}`,
});

const rolloutKey = (change: RolloutChange): TableKey => ({
  ...clusterKey(change),
  sk: `${eventPrefix}rollout#${change.operationId}#${change.state}#${padded(change.phases.length, 2)}`,
});

const snapshotChangeKey = (change: SnapshotChange): TableKey => ({
  ...clusterKey(change),
  sk: `${eventPrefix}snapshot#${change.snapshotId}#${change.to}`,
});

type EventKeys = {
  readonly [T in OutboxEvent['type']]: (detail: Extract<OutboxEvent, { readonly type: T }>['detail']) => TableKey;
};
const toTransitionKey = (transition: Transition) => transitionKey(transition, transition.sequence);
const eventKeys: EventKeys = {
  'Flink Cluster State Change': toTransitionKey,
  'Flink Job State Change': toTransitionKey,
  'Flink Job Rescaled': rescaleKey,
  'Flink Snapshot State Change': snapshotChangeKey,
  'Flink Lifetime Warning': warningKey,
  'Flink Logs Kept': logsKey,
  'Flink Rollout State Change': rolloutKey,
  'Flink Command Finished': verdictKey,
};
export const eventKey = ({ type, detail }: OutboxEvent): TableKey =>
  (eventKeys[type] as (of: typeof detail) => TableKey)(detail); // The row of the type takes the detail of the type.

/** The schedules of a target. */
export const scheduleKey = ({ target, name }: ScheduleName): TableKey => ({
  pk: `target#${target}/schedules`,
  sk: `schedule#${name}`,
});
export const scheduleRange = (target: string): KeyRange => rangeOf(scheduleKey({ target, name: '' }).pk, 'schedule');
export const scheduleNameOf = (sortKey: string): string => sortKey.slice('schedule#'.length);
/** The runs of a schedule, sorted by their times. */
export const runKey = ({ target, name }: ScheduleName, runId: string): TableKey => ({
  pk: `target#${target}/schedule#${name}`,
  sk: `run#${runId}`,
});

export const runRange = (name: ScheduleName): KeyRange => rangeOf(runKey(name, '').pk, 'run');

/** The admission queue of a target has a partition: its control item, its size, queued commands and admitted commands. */
export const queueControlKey = (target: string): TableKey => ({ pk: `target#${target}/queue`, sk: 'control' });
export const queueSizeKey = (target: string): TableKey => ({ ...queueControlKey(target), sk: 'control#size' });
/** Commands that wait for capacity only are sorted. No operation ID begins with `#`. */
export const queuedKey = ({ target, operationId, readyKey }: QueuedRef): TableKey => ({
  ...queueControlKey(target),
  sk: readyKey === undefined ? `queued#${operationId}` : `${readyPrefix}${readyKey}`,
});
const readyPrefix = 'queued##';
export const readyKeyOf = (sortKey: string): string | undefined =>
  sortKey.startsWith(readyPrefix) ? sortKey.slice(readyPrefix.length) : undefined;
export const admittedKey = ({ target, operationId }: CommandRef): TableKey => ({
  ...queueControlKey(target),
  sk: `admitted#${operationId}`,
});
/** Marks an admitted command as released. The next admission pass removes the command and the marker. */
export const releasedKey = ({ target, operationId }: CommandRef): TableKey => ({
  ...queueControlKey(target),
  sk: `${releasedPrefix}${operationId}`,
});
export const releasedPrefix = 'control#released#';
const partOfQueue = (target: string, prefix: string): KeyRange => rangeOf(queueControlKey(target).pk, prefix);
export const admittedRange = (target: string): KeyRange => partOfQueue(target, 'admitted');
/** The queue without its commands, which may be thousands. */
export const queueHeadRange = (target: string): KeyRange => ({
  ...partOfQueue(target, 'control'),
  from: queueControlKey(target).sk,
});
export const queuedRange = (target: string): KeyRange => partOfQueue(target, 'queued');
/** The sorted commands after a key. */
export const readyRange = (target: string, after: string): KeyRange => ({
  ...queuedRange(target),
  // No key has a character below the space.
  from: `${readyPrefix}${after} `,
  to: 'queued#$',
});
/** The commands that wait for something besides capacity. */
export const waitingRange = (target: string): KeyRange => ({ ...queuedRange(target), from: 'queued#$' });
export const queueRange = (target: string): KeyRange => ({
  ...admittedRange(target),
  to: queuedRange(target).to,
});

export const idempotencyKey = (target: string, key: string): TableKey => ({
  pk: `idempotency#${target}#${key}`,
  sk: 'idempotency',
});
export const refusalKey = (target: string, key: string): TableKey => ({
  ...idempotencyKey(target, key),
  sk: 'refusal',
});

const targetPrefix = 'target';
export const targetKey = (name: string): TableKey => ({ pk: 'targets', sk: `${targetPrefix}#${name}` });
export const targetRange: KeyRange = rangeOf('targets', targetPrefix);
/** An item with the revision of a target, which has several. */
export const targetRevisionKey = (name: string, copy: number): TableKey => ({
  pk: `target#${name}/revision#${copy}`,
  sk: 'revision',
});
/** The claim of a target on its place. */
export const claimKey = (place: string): TableKey => ({ pk: `place#${place}`, sk: 'claim' });
export const targetNameOf = (sortKey: string): string => sortKey.slice(`${targetPrefix}#`.length);

/** The index lists the clusters of a target by state, and its open operations. */
export const stateIndex = 'byState';
export const stateKey = (target: string, state: ClusterState): string => `target#${target}/state#${state}`;
export const openKey = (target: string): string => `target#${target}/open`;
