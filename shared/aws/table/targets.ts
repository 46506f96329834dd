import { randomUUID } from 'node:crypto';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget, StoredTarget } from '#events/records/target.ts';
import { withFaults } from '#shared/aws/faults.ts';
import { parseNameCursor } from '#shared/clusters/model/page.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';
import { holdSeconds, newTakenFault, toPlace } from '#shared/clusters/model/target-place.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';

import { listCancellations, type TableContext, type Write, writeTransaction } from './context.ts';
import { type Item, toPage, toTtl } from './items.ts';
import { claimKey, queueControlKey, targetKey, targetNameOf, targetRange } from './keys.ts';
import { openReader, type TableReader } from './reader.ts';
import { writeRevision } from './target-revision.ts';

const toTarget = recordParser('target');

const cacheLifetimeMs = 30_000;

/** The targets that a container of a function knows, by name. */
export type TargetCache = Map<string, { readonly target: NamedTarget; readonly untilMs: number }>;

/** The targets, which a function's container caches for half a minute. */
export const openTargets = (context: TableContext, cache: TargetCache): Targets => {
  const { now } = context;
  const reader = openReader(context);

  const getLatest = async (name: string): Promise<NamedTarget> => {
    const item = await reader.get(targetKey(name));
    cache.delete(name);
    if (item === undefined)
      throw new Fault('not-found', `Target ${name} is not registered. Register it, or check its name.`, {
        errors: [{ pointer: '/target', detail: 'The target is not registered.' }],
      });
    const { revision } = item;
    const target = { ...toTarget(item['value']), name, ...(typeof revision === 'string' ? { revision } : {}) };
    cache.set(name, { target, untilMs: now().getTime() + cacheLifetimeMs });
    return target;
  };

  return withFaults<Targets>({
    ...openTargetLists(reader),
    getLatest,

    async get(name) {
      const cached = cache.get(name);
      return cached !== undefined && cached.untilMs > now().getTime() ? cached.target : getLatest(name);
    },

    async put(name, target) {
      await putTarget(name, target, context);
      cache.delete(name);
    },

    async move(name, { from, to, queueVersion }) {
      const before = toPlace(from, context.account);
      const check = checkQueueVersion(name, queueVersion, context);
      await writeTarget(name, { target: to, before, further: [check] }, context);
      cache.delete(name);
    },

    async putIfAbsent(name, target) {
      if ((await reader.get(targetKey(name))) === undefined) await putTarget(name, target, context);
    },

    async remove(name) {
      await deleteTarget(name, context);
      cache.delete(name);
    },
  });
};

/** The place that a target claims. Undefined for a missing target. */
const readPlace = async (name: string, context: TableContext): Promise<string | undefined> => {
  const place = (await openReader(context).get(targetKey(name)))?.['place'];
  return typeof place === 'string' ? place : undefined;
};

/** Writes a target in any place. @throws Fault; see the port. */
const putTarget = async (name: string, target: StoredTarget, context: TableContext): Promise<void> =>
  writeTarget(name, { target, before: await readPlace(name, context), further: [] }, context);

const deleteTarget = async (name: string, context: TableContext): Promise<void> => {
  const place = await readPlace(name, context);
  const Delete = { TableName: context.table, Key: { ...targetKey(name) }, ...unlessMoved(place) };
  const further = [...releasePlace(place, name, context), ...writeRevision(name, undefined, context)];
  await writeTransaction([{ Delete }, ...further], context);
};

interface TargetWrite {
  readonly target: StoredTarget;
  /** The place that the target has before. Undefined: there is no such target. */
  readonly before: string | undefined;
  readonly further: readonly Write[];
}

/** Writes a target together with its claim, and releases the place that it had before. @throws Fault; see the port. */
const writeTarget = async (
  name: string,
  { target, before, further }: TargetWrite,
  context: TableContext,
): Promise<void> => {
  const place = toPlace(target, context.account);
  // A target that was read has its revision, which the table keeps beside its value.
  const { revision: _revision, ...value }: StoredTarget & Pick<NamedTarget, 'revision'> = target;
  const revision = randomUUID();
  const Item = { ...targetKey(name), value, place, revision };
  const Put = { TableName: context.table, Item, ...unlessMoved(before) };
  const released = before === place ? [] : releasePlace(before, name, context);
  try {
    const claims = [claimPlace(place, name, context), ...released];
    await writeTransaction([{ Put }, ...claims, ...further, ...writeRevision(name, revision, context)], context);
  } catch (error) {
    throw isClaimRefused(error) ? newTakenFault(target) : error;
  }
};

/** The condition that nobody has created, moved or removed the target since its place was read. */
const unlessMoved = (place: string | undefined) =>
  place === undefined
    ? { ConditionExpression: 'attribute_not_exists(place)' }
    : { ConditionExpression: 'place = :place', ExpressionAttributeValues: { ':place': place } };

/** Fails when a command of the queue was admitted, or the queue was paused, after its version was read. */
const checkQueueVersion = (name: string, version: number | undefined, { table }: TableContext): Write => ({
  ConditionCheck: {
    TableName: table,
    Key: { ...queueControlKey(name) },
    ...(version === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'version = :previous', ExpressionAttributeValues: { ':previous': version } }),
  },
});

/** Fails when another target has the place. */
const claimPlace = (place: string, name: string, { table, now }: TableContext): Write => ({
  Put: {
    TableName: table,
    Item: { ...claimKey(place), claimedBy: name },
    ConditionExpression: 'attribute_not_exists(pk) or claimedBy = :name or #ttl < :now',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':name': name, ':now': toTtl(now()) },
  },
});

/** The place stays claimed for a while, because functions may still work with a cached target. */
const releasePlace = (place: string | undefined, name: string, { table, now }: TableContext): readonly Write[] =>
  place === undefined
    ? []
    : [
        {
          Put: {
            TableName: table,
            Item: { ...claimKey(place), claimedBy: name, ttl: toTtl(now()) + holdSeconds },
            ConditionExpression: 'claimedBy = :name',
            ExpressionAttributeValues: { ':name': name },
          },
        },
      ];

/** Whether only the claim, the second item of the transaction, has failed. */
const isClaimRefused = (error: unknown): boolean => {
  const [target, claim] = listCancellations(error instanceof Fault ? error.cause : undefined) ?? [];
  return target === 'None' && claim === 'ConditionalCheckFailed';
};

const toNamedTarget = (value: unknown, { sk }: Item): NamedTarget => ({
  ...toTarget(value),
  name: targetNameOf(String(sk)),
});

const openTargetLists = (reader: TableReader): Pick<Targets, 'list' | 'listNames'> => ({
  async list({ limit, cursor }) {
    const after = parseNameCursor(cursor);
    const start = after === undefined ? undefined : targetKey(after);
    return toPage({ ...(await reader.queryPage(targetRange, { limit, start })), limit, parse: toNamedTarget });
  },

  async listNames() {
    return (await reader.query(targetRange)).map((item) => targetNameOf(String(item['sk'])));
  },
});
