import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commandFields } from '#shared/clusters/model/policy/settings/fields.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import { allowAll, isRefusedFor, someOption, toValue } from '#test/support/policy-attacks/denied.ts';
import { clusterId, jar, listOperations, setPolicy, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

const seed = Number(process.env['DREY_TEST_SEED'] ?? 1);
const insert = 'INSERT INTO a SELECT 1';

type Data = Readonly<Record<string, unknown>>;

/** The ways in which a submit may say that an option has a value. */
const forms: readonly ((key: string, value: string) => Data)[] = [
  (key, value) => ({ jar, config: { [key]: value } }),
  (key, value) => ({ sql: { script: `SET '${key}' = '${value}'; ${insert}` } }),
  (key, value) => ({ sql: { script: `USE CATALOG c; SET '${key}' = '${value}'; ${insert}` } }),
  (key, value) => ({ sql: { script: insert }, config: { [key]: value } }),
];

/** A submit that has only the field, and what the field needs. */
const fieldData: Readonly<Record<string, Data>> = {
  'job.jar': { jar },
  'job.sql.script': { sql: { script: insert } },
  'job.sql.scriptUri': { sql: { scriptUri: 's3://scripts/a.sql' } },
  'job.entryClass': { jar, entryClass: 'a.B' },
  'job.args': { jar, args: ['a'] },
  'job.parallelism': { jar, parallelism: 2 },
  'job.restore.path': { jar, restore: { path: 's3://a/b' } },
  'job.restore.claimMode': { jar, restore: { path: 's3://a/b', claimMode: 'CLAIM' } },
  'job.restore.allowNonRestoredState': { jar, restore: { path: 's3://a/b', allowNonRestoredState: true } },
};

const fieldsWithOption = Object.entries(commandFields).flatMap(([field, option]) =>
  option === undefined || !Object.hasOwn(fieldData, field) ? [] : [[field, option] as const],
);

const submit = async (send: Send, denied: readonly string[], data: Data) => {
  setPolicy({ ...allowAll, denied: [...denied] });
  const before = listOperations().length;
  const sent = await send('submit', { clusterId, data }, world);
  return { ...sent, recorded: listOperations().length - before };
};

const isRefused = (send: Send, name: string, data: Data): Promise<boolean> =>
  isRefusedFor(name, (denied) => submit(send, denied, data));

describe.each(origins)('a denied name has no input of a submit, from %s:', (_origin, send) => {
  it('options, in every form and under every name', async () => {
    await startSession(send);
    const property = fc.asyncProperty(someOption, fc.constantFrom(...forms), async ([key, as], form) => {
      expect(await isRefused(send, key, form(as, toValue(key)))).toBe(true);
    });

    await fc.assert(property, { seed, numRuns: 200 });
  });

  it.each(Object.entries(fieldData))('the field %s', async (field, data) => {
    await startSession(send);

    expect(await submit(send, [], data)).toMatchObject({ outcome: 'done', recorded: 1 });
    expect(await isRefused(send, field, data)).toBe(true);
  });

  it.each(fieldsWithOption)('the field %s, and the option %s of the same meaning', async (field, option) => {
    await startSession(send);

    expect(await isRefused(send, option, fieldData[field] ?? {})).toBe(true);
    expect(await isRefused(send, field, { jar, config: { [option]: 'x' } })).toBe(true);
  });
});
