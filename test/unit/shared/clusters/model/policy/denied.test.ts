import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import podTypes from '#events/kubernetes/pod-types.json' with { type: 'json' };
import { commandFields, isKnownField } from '#shared/clusters/model/policy/settings/fields.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import { makeWorld, type World } from '#test/fakes/world.ts';
import { allowAll, isRefusedFor, someOption, toValue } from '#test/support/policy-attacks/denied.ts';

const clusterId = 'etl';
const seed = Number(process.env['DREY_TEST_SEED'] ?? 1);
const local = 'local:///opt/flink/usrlib/a.jar';

/** The ways in which a command may say that an option has a value. */
const forms = [
  (key: string, value: string) => ({ mode: 'session', config: { [key]: value } }),
  (key: string, value: string) => ({
    mode: 'session',
    config: { 'kubernetes.jobmanager.entrypoint.args': `-D'${key}=${value}'` },
  }),
  (key: string, value: string) => ({
    mode: 'session',
    config: { 'kubernetes.taskmanager.entrypoint.args': `-D '${key}=${value}'` },
  }),
  (key: string, value: string) => ({
    mode: 'application',
    job: { sql: { script: `SET '${key}' = '${value}'; INSERT INTO a SELECT 1` } },
  }),
  (key: string, value: string) => ({
    mode: 'application',
    job: { sql: { script: `USE CATALOG c; SET '${key}' = '${value}'; INSERT INTO a SELECT 1` } },
  }),
] as const;

const deny = (world: World, denied: readonly string[]): void => {
  const target = world.targets.known.get('local');
  if (target === undefined) throw new Error('The world has no target.');
  world.targets.known.set('local', {
    ...target,
    policy: { ...allowAll, denied: [...denied] },
  });
};

type Data = Readonly<Record<string, unknown>>;

const sendTo = async (send: Send, denied: readonly string[], data: Data) => {
  const world = makeWorld();
  deny(world, denied);
  const sent = await send('deploy', { clusterId, data }, world);
  return { ...sent, recorded: world.store.operations.size };
};

const isRefused = (send: Send, name: string, data: Data): Promise<boolean> =>
  isRefusedFor(name, (denied) => sendTo(send, denied, data));

describe.each(origins)('a denied name has no input, from %s:', (_origin, send) => {
  it('options, in every form and under every name', async () => {
    const property = fc.asyncProperty(someOption, fc.constantFrom(...forms), async ([key, as], form) => {
      expect(await isRefused(send, key, form(as, toValue(key)))).toBe(true);
    });

    await fc.assert(property, { seed, numRuns: 400 });
  });

  it('fields of pods, in templates and through options', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...leaves),
      fc.constantFrom('default', 'jobmanager', 'taskmanager'),
      fc.nat(),
      async (leaf, template, cut) => {
        const steps = leaf.field.split('.');
        const name = steps.slice(0, 2 + (cut % (steps.length - 1))).join('.');
        const data = { mode: 'session', podTemplates: { [template]: leaf.template } };
        expect(await isRefused(send, name, data)).toBe(true);
      },
    );

    await fc.assert(property, { seed, numRuns: 400 });
  });

  it.each(Object.keys(fieldData))('the field %s, and the option of the same meaning', async (field) => {
    const parts = field.split('.');
    const names = parts.map((_part, index) => parts.slice(0, index + 1).join('.'));
    for (const name of names) {
      expect(await isRefused(send, name, fieldData[field] ?? {})).toBe(true);
    }
    const option: string | undefined = commandFields[field as keyof typeof commandFields];
    if (option === undefined) return;
    expect(await isRefused(send, option, fieldData[field] ?? {})).toBe(true);
    const data = { mode: 'session', config: { [option]: 'x' } };
    expect(await isRefused(send, field, data)).toBe(true);
  });
});

const jar = (rest: object) => ({ mode: 'application', job: { jar: local, ...rest } });
const python = (rest: object) => ({ mode: 'application', job: { python: { file: 'local:///a.py', ...rest } } });
const restore = (rest: object) => jar({ restore: { path: 's3://a/b', ...rest } });

/** A deploy that has only the field, and what the field needs. */
const fieldData: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  image: { mode: 'session', image: 'x' },
  files: { mode: 'session', files: { 'log4j-console.properties': 'a=b' } },
  hadoop: { mode: 'session', hadoop: { 'core-site.xml': '' } },
  'kerberos.keytab': {
    mode: 'session',
    config: { 'security.kerberos.login.principal': 'x' },
    kerberos: { keytab: { name: 'x', base64: '' } },
  },
  'kerberos.krb5Conf': { mode: 'session', kerberos: { krb5Conf: '' } },
  'job.jar': jar({}),
  'job.sql.script': { mode: 'application', job: { sql: { script: 'INSERT INTO a SELECT 1' } } },
  'job.sql.scriptUri': { mode: 'application', job: { sql: { scriptUri: 'local:///a.sql' } } },
  'job.python.file': python({}),
  'job.python.module': { mode: 'application', job: { python: { module: 'a' } } },
  'job.python.files': python({ files: ['/a'] }),
  'job.python.requirements': python({ requirements: '/a' }),
  'job.python.archives': python({ archives: ['/a.zip'] }),
  'job.python.executable': python({ executable: 'a' }),
  'job.python.clientExecutable': python({ clientExecutable: 'a' }),
  'job.python.pythonPath': python({ pythonPath: '/a' }),
  'job.python.sources': python({ sources: { 'a.py': '' } }),
  'job.entryClass': jar({ entryClass: 'a.B' }),
  'job.args': jar({ args: ['a'] }),
  'job.parallelism': jar({ parallelism: 2 }),
  'job.classpaths': jar({ classpaths: ['file:///a.jar'] }),
  'job.restore.path': restore({}),
  'job.restore.claimMode': restore({ claimMode: 'CLAIM' }),
  'job.restore.allowNonRestoredState': restore({ allowNonRestoredState: true }),
  restore: { mode: 'session', restore: { fromCluster: 'other', allowEmptyState: true } },
};

interface PodLeaf {
  /** A template with one field, and what that needs. */
  readonly template: Readonly<Record<string, unknown>>;
  readonly field: string;
}

const types: Readonly<Record<string, Readonly<Record<string, string>>>> = podTypes;

const scalars: Readonly<Record<string, unknown>> = {
  string: 'x',
  Time: 'x',
  boolean: true,
  integer: 1,
  IntOrString: 1,
  Quantity: '1',
};

/** A value of a type, whose first field below is that of the steps. Required fields have the value that they need. */
const build = (type: string, [step, ...rest]: readonly string[]): unknown => {
  const plain = type.replace('!', '');
  if (plain.endsWith('[]')) return [build(plain.slice(0, -2), step === undefined ? [] : [step, ...rest])];
  if (plain.endsWith('{}')) return { x: build(plain.slice(0, -2), []) };
  if (plain.startsWith('=')) return plain.slice(1).split('|')[0];
  if (Object.hasOwn(scalars, plain)) return scalars[plain];
  const fields = types[plain] ?? {};
  const required = Object.entries(fields).filter(([name, inner]) => inner.endsWith('!') && name !== step);
  return Object.fromEntries([
    ...required.map(([name, inner]) => [name, name === 'name' ? 'x' : build(inner, [])]),
    ...(step === undefined ? [] : [[step, build(fields[step] ?? '', rest)]]),
  ]);
};

const maxDepth = 6;

const listSteps = (type: string, steps: readonly string[] = []): readonly (readonly string[])[] => {
  const fields = types[type.replace('!', '').replace('[]', '')];
  if (fields === undefined || steps.length === maxDepth) return [steps];
  return Object.entries(fields).flatMap(([name, inner]) => listSteps(inner, [...steps, name]));
};

const leaves: readonly PodLeaf[] = listSteps('Pod')
  .filter(([root]) => root === 'spec' || root === 'metadata')
  .map((steps) => ({
    field: ['podTemplates', ...steps].join('.'),
    template: build('Pod', steps) as PodLeaf['template'],
  }));

it('every field of the table has a deploy above, unless it only goes with another one', () => {
  const others = ['fromCluster', 'snapshot', 'latest', 'job', 'allowEmptyState'].map((name) => `job.restore.${name}`);

  expect(Object.keys(commandFields).filter((field) => !Object.hasOwn(fieldData, field))).toEqual(others);
});

it('every field of a pod can be denied', () => {
  expect(leaves.filter(({ field }) => !isKnownField(field))).toEqual([]);
});
