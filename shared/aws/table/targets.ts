import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { withFaults } from '#shared/aws/faults.ts';
import { parseNameCursor } from '#shared/clusters/model/page.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';

import type { TableContext } from './context.ts';
import { type Item, toPage } from './items.ts';
import { targetKey, targetNameOf, targetRange } from './keys.ts';
import { openReader, type TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

const toTarget = recordParser('target');

const cacheLifetimeMs = 30_000;

/** The targets, which a function's container caches for half a minute. */
export const openTargets = (context: TableContext): Targets => {
  const { table, db, now } = context;
  const reader = openReader(context);
  const cache = new Map<string, { readonly target: NamedTarget; readonly untilMs: number }>();

  const getLatest = async (name: string): Promise<NamedTarget> => {
    const item = await reader.get(targetKey(name));
    cache.delete(name);
    if (item === undefined)
      throw new Fault('not-found', `Target ${name} is not registered. Register it, or check its name.`, {
        errors: [{ pointer: '/target', detail: 'The target is not registered.' }],
      });
    const target = { ...toTarget(item['value']), name };
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
      await db.send(new PutCommand({ TableName: table, Item: { ...targetKey(name), value: target } }));
      cache.delete(name);
    },

    async putIfAbsent(name, target) {
      const Item = { ...targetKey(name), value: target };
      try {
        await db.send(new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error; // Another target of the name exists.
      }
    },

    async remove(name) {
      await db.send(new DeleteCommand({ TableName: table, Key: { ...targetKey(name) } }));
      cache.delete(name);
    },
  });
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
