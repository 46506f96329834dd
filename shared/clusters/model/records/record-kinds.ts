import * as z from 'zod';

import { BatchItem } from '#events/batch-item.ts';
import { Cluster } from '#events/records/cluster.ts';
import { Job } from '#events/records/job.ts';
import { lenient } from '#events/lenient.ts';
import { parseWritten } from '#events/problems/problem.ts';
import { StoredRevision } from '#events/records/revisions.ts';
import { StoredSnapshot } from '#events/records/snapshots.ts';
import { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import { StoredTarget } from '#events/records/target.ts';
import { Transition } from '#events/records/transitions.ts';
import { QueueControlRecord, QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { StoredOperation } from '#shared/clusters/model/operation.ts';
import { VerdictRecord } from './outbox.ts';
import { RefusalRecord } from './records.ts';

/** An event of any type, also of a type that only a newer version has. */
const StoredEvent = z.looseObject({ type: z.string(), detail: z.looseObject({ at: z.string() }) });

const IdempotencyRecord = z.strictObject({ fingerprint: z.string(), operationId: z.string(), ttl: z.number() });

/**
 * Every kind of record that is parsed when it is read: the schema of its value, and the version of its shape.
 * `docs/architecture.md` has the rules for a change of a shape.
 */
export const recordKinds = {
  cluster: { version: 1, schema: Cluster },
  job: { version: 1, schema: Job },
  operation: { version: 1, schema: StoredOperation },
  revision: { version: 1, schema: StoredRevision },
  snapshot: { version: 1, schema: StoredSnapshot },
  event: { version: 1, schema: StoredEvent },
  transition: { version: 1, schema: Transition },
  verdict: { version: 1, schema: VerdictRecord },
  'batch item': { version: 1, schema: BatchItem },
  'queue control': { version: 1, schema: QueueControlRecord },
  'queued command': { version: 1, schema: QueuedCommand },
  schedule: { version: 1, schema: Schedule },
  'schedule run': { version: 1, schema: ScheduleRun },
  'idempotency key': { version: 1, schema: IdempotencyRecord },
  refusal: { version: 1, schema: RefusalRecord },
  target: { version: 1, schema: StoredTarget },
} as const;

export type RecordKind = keyof typeof recordKinds;
export type RecordOf<K extends RecordKind> = Readonly<z.output<(typeof recordKinds)[K]['schema']>>;

/**
 * The parser of a kind of record. It keeps the members that another version of Drey added, so that a later write of the
 * record keeps them as well.
 *
 * @throws Fault `version-mismatch`
 */
export const recordParser =
  <K extends RecordKind>(kind: K) =>
  (value: unknown): RecordOf<K> =>
    parseWritten<z.ZodType<RecordOf<K>>>(
      lenient(recordKinds[kind].schema as unknown as z.ZodType<RecordOf<K>>, 'keep'), // The table's row of the kind.
      { kind: `${kind} record`, value },
    );
