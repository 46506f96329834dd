import { subjectOf } from '#events/names.ts';
import type { Schedule } from '#events/records/schedules.ts';
import { eventTypes } from '#events/records/transitions.ts';
import type { OutboxEvent } from '#shared/clusters/model/records/outbox.ts';
import type { Change, QueuedRef } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

/** The key of a queued record in the memory of the fake. */
export const keyOfQueued = ({ target, operationId, readyKey }: QueuedRef) =>
  readyKey === undefined ? operationId : `${target}/${readyKey}`;

/** The limits of a DynamoDB transaction: 100 items, each once. */
export const assertLimits = (change: Change) => {
  const {
    events = [],
    operations = [],
    revisions = [],
    snapshots = [],
    clusters = [],
    jobs = [],
    batchItems = [],
    admitted = [],
    dequeued = [],
    released = [],
    settled = [],
    queued = [],
  } = change;
  const { cluster, schedule, run, idempotency, refusal, queueControl, unchangedTarget } = change;
  const single = [cluster, schedule, run, idempotency, refusal, queueControl, unchangedTarget].filter(
    (one) => one !== undefined,
  );
  const records = [...single, ...queued, ...events, ...operations, ...clusters, ...jobs, ...batchItems];
  const others = [...revisions, ...snapshots, ...admitted];
  const removed = [dequeued, released, settled, settled].flatMap((commands) => [
    ...new Set(commands.map(({ operationId }) => operationId)),
  ]);
  if (records.length + others.length + removed.length > 100) throw new Error('A transaction has at most 100 items.');
  const operationIds = operations.map(({ value }) => value.operationId);
  const jobIds = jobs.map(({ value }) => `${subjectOf(value)}/jobs/${value.jobId}`);
  for (const ids of [operationIds, jobIds])
    if (new Set(ids).size < ids.length) throw new Error('A transaction has each item once.');
};

/** A write that happens if its condition holds. */
export interface Put {
  readonly isAllowed: boolean;
  readonly write: () => unknown;
}

/** The optimistic lock: a record is written only over the version that was read. */
export const putOf = <T>(
  records: Map<string, Versioned<T>>,
  key: string,
  { value, previous }: { readonly value: T; readonly previous: number | undefined },
): Put => ({
  isAllowed: records.get(key)?.version === previous,
  write: () => records.set(key, { value, version: (previous ?? 0) + 1 }),
});

/** A schedule without a value is removed. */
export const schedulePut = (
  records: Map<string, Versioned<Schedule>>,
  { target, name, value, previous }: NonNullable<Change['schedule']>,
): Put => {
  const key = `${target}/${name}`;
  if (value !== undefined) return putOf(records, key, { value, previous });
  return { isAllowed: records.get(key)?.version === previous, write: () => records.delete(key) };
};

/** An event with a sequence number is new. Of all other events with one id, the first stays. */
export const eventPut = (records: Map<string, OutboxEvent>, event: OutboxEvent): Put => {
  const id = 'id' in event.detail ? event.detail.id : event.detail.operationId;
  const exists = records.has(id);
  return {
    isAllowed: !exists || eventTypes[event.type].ordering !== 'sequence',
    write: () => exists || records.set(id, event),
  };
};
