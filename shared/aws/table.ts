import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

import { Cluster, type ClusterState } from '#events/cluster.ts';
import { Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { Schedule, ScheduleRun } from '#events/schedules.ts';
import { type NamedTarget, Target } from '#events/target.ts';
import { type LifetimeWarning, Transition } from '#events/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedCommand, QueueState } from '#shared/clusters/model/queue.ts';
import type {
  BatchItem,
  Change,
  CommandRef,
  Idempotency,
  Refusal,
  ScheduleName,
  VerdictRecord,
} from '#shared/clusters/model/records.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

/**
 * The table's keys. A cluster, its jobs and its transitions share a partition, so that the stream keeps their order;
 * an operation has its own, so that it is found by its id alone, at once.
 */
const clusterKey = ({ target, clusterId }: ClusterRef) => ({
  pk: `target#${target}/cluster#${clusterId}`,
  sk: 'cluster',
});
const jobKey = (clusterRef: ClusterRef, jobId: string) => ({ ...clusterKey(clusterRef), sk: `job#${jobId}` });
const transitionKey = (clusterRef: ClusterRef, sequence: number) => ({
  ...clusterKey(clusterRef),
  sk: `transition#${String(sequence).padStart(8, '0')}`,
});
const warningKey = (warning: LifetimeWarning) => ({
  ...clusterKey(warning),
  sk: `${warningPrefix}${warning.operationId}#${warning.version}#${warning.endsAt}`,
});
const operationKey = (operationId: string) => ({ pk: `operation#${operationId}`, sk: 'operation' });
const verdictKey = (operationId: string) => ({ ...operationKey(operationId), sk: 'verdict' });
const batchItemKey = (batchId: string, index: number) => ({
  ...operationKey(batchId),
  sk: `element#${String(index).padStart(5, '0')}`,
});
/** The schedules of a target, and the runs of each, by their times. */
const scheduleKey = ({ target, name }: ScheduleName) => ({ pk: `target#${target}/schedules`, sk: `schedule#${name}` });
const runKey = ({ target, name }: ScheduleName, runId: string) => ({
  pk: `target#${target}/schedule#${name}`,
  sk: `run#${runId}`,
});
/** The line of a target has a partition of its own: its gate, who waits, and who holds a part. */
const queueControlKey = (target: string) => ({ pk: `target#${target}/queue`, sk: 'control' });
const queueSizeKey = (target: string) => ({ ...queueControlKey(target), sk: 'control#size' });
const queuedKey = ({ target, operationId }: CommandRef) => ({
  ...queueControlKey(target),
  sk: `queued#${operationId}`,
});
const admittedKey = ({ target, operationId }: CommandRef) => ({
  ...queueControlKey(target),
  sk: `admitted#${operationId}`,
});
const idempotencyKey = (target: string, key: string) => ({ pk: `idempotency#${target}#${key}`, sk: 'idempotency' });
const refusalKey = (target: string, key: string) => ({ ...idempotencyKey(target, key), sk: 'refusal' });
const targetKey = (name: string) => ({ pk: 'targets', sk: `target#${name}` });

/** The sort keys of the items that are published when they are inserted. */
export const transitionPrefix = 'transition#';
export const warningPrefix = 'warning#';
export const verdictSortKey = 'verdict';
/** The index that lists clusters by target and state. */
const stateIndex = 'byState';
const stateKey = (target: string, state: ClusterState) => `target#${target}/state#${state}`;
const openKey = (target: string) => `target#${target}/open`;

const targetsKeptMs = 30_000;
const runsKeptSeconds = 90 * 86_400;

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

interface TableOptions {
  readonly table: string;
  readonly db?: Pick<DynamoDBDocumentClient, 'send'>;
  readonly now: () => Date;
}

export const documents = (client = new DynamoDBClient(awsRetries)) =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/** The store and the targets, in one DynamoDB table. */
export const openTable = ({
  table,
  db = documents(),
  now,
}: TableOptions): { readonly store: Store; readonly targets: Targets } => {
  const get = async (key: { readonly pk: string; readonly sk: string }) =>
    (await db.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  const query = async (pk: string, from: string, to: string, limit = Infinity) => {
    const items: Record<string, unknown>[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page: QueryCommandOutput = await db.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk and sk between :from and :to',
          ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
          ConsistentRead: true,
          ExclusiveStartKey: start,
          Limit: limit === Infinity ? undefined : limit,
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return items;
  };

  const queryState = (state: string, start?: Record<string, unknown>, limit?: number) =>
    db.send(
      new QueryCommand({
        TableName: table,
        IndexName: stateIndex,
        KeyConditionExpression: 'byState = :state',
        ExpressionAttributeValues: { ':state': state },
        ExclusiveStartKey: start,
        Limit: limit,
      }),
    );

  const writes = (change: Change): readonly Write[] => [...recordWrites(change), ...queueWrites(change)];

  const recordWrites = ({
    cluster,
    operations = [],
    jobs = [],
    transitions = [],
    idempotency,
    refusal,
    verdicts = [],
    batchItems = [],
    warnings = [],
    schedule,
    run,
  }: Change): readonly Write[] => [
    ...(cluster === undefined
      ? []
      : [put(clusterKey(cluster.value), cluster, { byState: stateKey(cluster.value.target, cluster.value.state) })]),
    ...(schedule === undefined ? [] : [scheduleWrite(schedule)]),
    ...(run === undefined
      ? []
      : [put(runKey(run.value, run.value.runId), run, { ttl: seconds(now()) + runsKeptSeconds })]),
    ...operations.map((operation) =>
      put(
        operationKey(operation.value.operationId),
        operation,
        isTerminalOperation(operation.value) ? {} : { byState: openKey(operation.value.target) },
      ),
    ),
    ...jobs.map((job) => put(jobKey(job.value, job.value.jobId), job)),
    ...transitions.map((transition) =>
      put(transitionKey(transition, transition.sequence), { value: transition, previous: undefined }),
    ),
    ...(idempotency === undefined ? [] : [putIdempotency(idempotency)]),
    ...(refusal === undefined ? [] : [putRefusal(refusal)]),
    ...verdicts.map(putVerdict),
    ...batchItems.map((batchItem): Write => ({
      Put: { TableName: table, Item: { ...batchItemKey(batchItem.batchId, batchItem.batchIndex), value: batchItem } },
    })),
    ...warnings.map((warning): Write => ({
      Put: { TableName: table, Item: { ...warningKey(warning), value: warning } },
    })),
  ];

  const queueWrites = ({
    queueVersion,
    queued,
    admitted = [],
    dequeued = [],
    released = [],
  }: Change): readonly Write[] => {
    return [
      ...(queueVersion === undefined
        ? []
        : [
            put(queueControlKey(queueVersion.target), {
              value: { paused: queueVersion.paused },
              previous: queueVersion.previous,
            }),
          ]),
      ...(queued === undefined ? [] : [put(queuedKey(queued.value), queued)]),
      ...admitted.map((claim): Write => ({ Put: { TableName: table, Item: { ...admittedKey(claim), value: claim } } })),
      ...unique(dequeued).map((claim): Write => ({ Delete: { TableName: table, Key: queuedKey(claim) } })),
      ...unique(released)
        .filter((claim) => !admitted.some(({ operationId }) => operationId === claim.operationId))
        .map((claim): Write => ({ Delete: { TableName: table, Key: admittedKey(claim) } })),
    ];
  };

  const scheduleWrite = ({ value, previous, ...name }: NonNullable<Change['schedule']>): Write =>
    value === undefined
      ? {
          Delete: {
            TableName: table,
            Key: scheduleKey(name),
            ConditionExpression: 'version = :previous',
            ExpressionAttributeValues: { ':previous': previous },
          },
        }
      : put(scheduleKey(name), { value, previous });

  const putVerdict = (verdict: VerdictRecord): Write => ({
    Update: {
      TableName: table,
      Key: verdictKey(verdict.operationId),
      UpdateExpression: 'SET #value = if_not_exists(#value, :value)',
      ExpressionAttributeNames: { '#value': 'value' },
      ExpressionAttributeValues: { ':value': verdict },
    },
  });

  const put = (
    key: { readonly pk: string; readonly sk: string },
    { value, previous }: { readonly value: object; readonly previous: number | undefined },
    index: Readonly<Record<string, string | number>> = {},
  ): Write => ({
    Put: {
      TableName: table,
      Item: { ...key, ...index, version: (previous ?? 0) + 1, value },
      ...(previous === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'version = :previous', ExpressionAttributeValues: { ':previous': previous } }),
    },
  });

  const putIdempotency = ({ target, key, fingerprint, operationId, expiresAt }: Idempotency): Write => ({
    Put: {
      TableName: table,
      Item: { ...idempotencyKey(target, key), fingerprint, operationId, ttl: seconds(expiresAt) },
      // DynamoDB removes what has expired hours late.
      ConditionExpression: 'attribute_not_exists(pk) or #ttl < :now',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':now': seconds(now()) },
    },
  });

  const putRefusal = ({ target, key, code, expiresAt }: Refusal): Write => ({
    Put: { TableName: table, Item: { ...refusalKey(target, key), value: { code }, ttl: seconds(expiresAt) } },
  });

  const store: Store = {
    async cluster(clusterRef) {
      return versioned(await get(clusterKey(clusterRef)), asCluster);
    },

    async clusters(target, { states = [], cursor, limit }) {
      const from = cursor === undefined ? undefined : parseCursor(cursor);
      const items: Cluster[] = [];
      let begun = from === undefined;
      for (const state of states) {
        begun ||= from?.state === state;
        if (!begun) continue;
        let start: Record<string, unknown> | undefined =
          from?.state === state
            ? { ...clusterKey({ target, clusterId: from.clusterId }), byState: stateKey(target, state) }
            : undefined;
        do {
          const page: QueryCommandOutput = await queryState(stateKey(target, state), start, limit - items.length);
          items.push(...(page.Items ?? []).map((item) => asCluster(item['value'])));
          start = page.LastEvaluatedKey;
          const last = items.at(-1);
          if (last !== undefined && items.length >= limit)
            return { items, cursor: formatCursor(state, last.clusterId) };
        } while (start !== undefined);
      }
      return { items };
    },

    async operation(operationId) {
      return versioned(await get(operationKey(operationId)), asOperation);
    },

    async openOperations(target) {
      const found: StoredOperation[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page: QueryCommandOutput = await queryState(openKey(target), start);
        found.push(...(page.Items ?? []).map((item) => asOperation(item['value'])));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return found;
    },

    async jobs(clusterRef) {
      const items = await query(clusterKey(clusterRef).pk, 'job#', 'job$');
      return items.map((item) => ({ value: Job.parse(item['value']), version: Number(item['version']) }));
    },

    async job(clusterRef, jobId) {
      return versioned(await get(jobKey(clusterRef, jobId)), (value) => Job.parse(value));
    },

    async transitions(clusterRef, { after, limit }) {
      const items = await query(
        clusterKey(clusterRef).pk,
        transitionKey(clusterRef, after + 1).sk,
        `${transitionPrefix}~`,
        limit,
      );
      return items.slice(0, limit).map((item) => Transition.parse(item['value']));
    },

    async idempotency(target, key) {
      const item = await get(idempotencyKey(target, key));
      if (item === undefined || Number(item['ttl']) < seconds(now())) return undefined;
      return {
        target,
        key,
        fingerprint: String(item['fingerprint']),
        operationId: String(item['operationId']),
        expiresAt: new Date(Number(item['ttl']) * 1000),
      };
    },

    async refusal(target, key) {
      const item = await get(refusalKey(target, key));
      if (item === undefined || Number(item['ttl']) < seconds(now())) return undefined;
      return item['value'] as Pick<Refusal, 'code'>; // Written by Drey alone, as it is typed.
    },

    async verdict(operationId) {
      // Written by Drey alone, as it is typed.
      return (await get(verdictKey(operationId)))?.['value'] as VerdictRecord | undefined;
    },

    async queue(target) {
      const items = await query(queueControlKey(target).pk, 'admitted#', 'queued$');
      const queued = items.filter((item) => String(item['sk']).startsWith('queued#'));
      return {
        ...controlAndAdmitted(items),
        queued: queued.map((item) => ({ value: item['value'] as QueuedCommand, version: Number(item['version']) })),
        approximateSize: sizeIn(items),
      };
    },

    async queueSummary(target) {
      const { pk } = queueControlKey(target);
      const [items, first] = await Promise.all([
        query(pk, 'admitted#', 'control$'),
        query(pk, 'queued#', 'queued$', 1),
      ]);
      return { ...controlAndAdmitted(items), queued: first.length === 0 ? 0 : Math.max(sizeIn(items), 1) };
    },

    async count(target, queued) {
      const isExact = 'to' in queued;
      await db.send(
        new UpdateCommand({
          TableName: table,
          Key: queueSizeKey(target),
          UpdateExpression: isExact ? 'SET queueSize = :size' : 'ADD queueSize :size',
          ExpressionAttributeValues: { ':size': isExact ? queued.to : queued.by },
        }),
      );
    },

    async batchItems(batchId) {
      const items = await query(operationKey(batchId).pk, 'element#', 'element$');
      return items.map((item) => item['value'] as BatchItem);
    },

    async schedule(name) {
      return versioned(await get(scheduleKey(name)), (value) => Schedule.parse(value));
    },

    async schedules(target) {
      const items = await query(scheduleKey({ target, name: '' }).pk, 'schedule#', 'schedule$');
      return items.map((item) => Schedule.parse(item['value']));
    },

    async run(name, runId) {
      return versioned(await get(runKey(name, runId)), (value) => ScheduleRun.parse(value));
    },

    async runs(name, limit) {
      const { Items = [] } = await db.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': runKey(name, '').pk },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return Items.map((item) => ScheduleRun.parse(item['value']));
    },

    async commit(change) {
      try {
        const items = [...writes(change)];
        if (items.length > 0) await db.send(new TransactWriteCommand({ TransactItems: items }));
      } catch (error) {
        throw isConflict(error)
          ? new Fault('conflict', 'somebody else changed it at the same time: try again', { cause: error })
          : error;
      }
    },
  };

  const known = new Map<string, { readonly target: NamedTarget; readonly until: number }>();
  const targets: Targets = {
    async get(name) {
      const kept = known.get(name);
      return kept !== undefined && kept.until > now().getTime() ? kept.target : targets.current(name);
    },

    async current(name) {
      const item = await get(targetKey(name));
      known.delete(name);
      if (item === undefined)
        throw new Fault('not-found', `there is no target ${name}`, {
          errors: [{ pointer: '/target', detail: 'unknown' }],
        });
      const target = { ...Target.parse(item['value']), name };
      known.set(name, { target, until: now().getTime() + targetsKeptMs });
      return target;
    },

    async list() {
      const items = await query('targets', 'target#', 'target$');
      return items.map((item) => ({
        ...Target.parse(item['value']),
        name: String(item['sk']).slice('target#'.length),
      }));
    },

    async put(name, target) {
      await db.send(new PutCommand({ TableName: table, Item: { ...targetKey(name), value: target } }));
      known.delete(name);
    },

    async putBack(name, target) {
      const Item = { ...targetKey(name), value: target };
      try {
        await db.send(new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async remove(name) {
      await db.send(new DeleteCommand({ TableName: table, Key: targetKey(name) }));
      known.delete(name);
    },
  };

  return { store: withFaults(store), targets: withFaults(targets) };
};

/** Written by Drey alone, as they are typed. */
const controlAndAdmitted = (
  items: readonly Record<string, unknown>[],
): Omit<QueueState, 'queued' | 'approximateSize'> => {
  const queueVersion = items.find((item) => item['sk'] === 'control');
  return {
    queueVersion: queueVersion === undefined ? undefined : Number(queueVersion['version']),
    paused: (queueVersion?.['value'] as Pick<QueueState, 'paused'> | undefined)?.paused,
    admitted: items
      .filter((item) => String(item['sk']).startsWith('admitted#'))
      .map((item) => item['value'] as QueuedCommand),
  };
};

const sizeIn = (items: readonly Record<string, unknown>[]): number =>
  Number(items.find((item) => item['sk'] === queueSizeKey('').sk)?.['queueSize'] ?? 0);

/** A transaction may name an item once only. */
const unique = (queuedCommands: readonly CommandRef[]): readonly CommandRef[] => [
  ...new Map(queuedCommands.map((claim) => [claim.operationId, claim])).values(),
];

const asCluster = (value: unknown): Cluster => Cluster.parse(value);
// Operations are written by Drey alone, and their plan has the type that it was written with.
const asOperation = (value: unknown) => value as StoredOperation;

const versioned = <T>(item: Record<string, unknown> | undefined, as: (value: unknown) => T): Versioned<T> | undefined =>
  item === undefined ? undefined : { value: as(item['value']), version: Number(item['version']) };

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

const isConflict = (error: unknown) =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(
    ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
  );

const formatCursor = (state: string, clusterId: string) => Buffer.from(`${state}/${clusterId}`).toString('base64url');
const parseCursor = (cursor: string) => {
  const [state, clusterId] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (state === undefined || clusterId === undefined) {
    throw new Fault('malformed-request', '/cursor: not a cursor of an earlier answer', {
      errors: [{ pointer: '/cursor', detail: 'not a cursor of an earlier answer' }],
    });
  }
  return { state, clusterId };
};
