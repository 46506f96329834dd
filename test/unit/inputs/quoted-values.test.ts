import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { parse } from '#events/problems/problem.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { origins } from '#test/fakes/origins.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';
import { clusterId, getLastOperation, jar, session, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

/** Letters and digits that no message contains in this order. */
const core = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'QXZJKVWqxzjkvw'.split('')), minLength: 6, maxLength: 12 }),
  fc.integer({ min: 700_000_000, max: 799_999_999 }).map(String),
);
/** The forms of values that cause a warning or a refusal. */
const secret = core.chain((text) =>
  fc
    .constantFrom<readonly string[]>(
      ['', ''],
      ['pa$$', ''],
      ['$(', ')'],
      ['${', '}'],
      ['x$(HOME)', '${}'],
      ["'", ''],
      ['"', '"x'],
      ['{', ''],
      ['{a: ', '.10}'],
      ['[&', ']'],
      ['0.', '0'],
      ['a:', ':b'],
      [`${'$'.repeat(2)}{`, '}'],
    )
    .map(([before = '', after = '']) => ({ text, value: `${before}${text}${after}` })),
);

const config: ClusterInput['config'] = {};
const base: ClusterInput = { mode: 'session', clusterId: 'nest', namespace: 'trees', config };
const application: ClusterInput = { ...base, mode: 'application', job: { jar: 'local:///x.jar', args: [] } };
const env = (value: string) => ({ podTemplates: { default: podOf(value) } });
const podOf = (value: unknown) => ({
  spec: { containers: [{ name: 'flink-main-container', env: [{ name: 'PW', value }], args: [value] }] },
});

const places: Readonly<Record<string, (value: string) => ClusterInput>> = {
  'a variable of the JobManager': (value) => ({ ...base, config: { 'containerized.master.env.PW': value } }),
  'variables of the TaskManagers': (value) => ({ ...base, config: { 'containerized.taskmanager.env': value } }),
  'a map of variables': (value) => ({ ...base, config: { 'containerized.master.env': `{PW: ${value}}` } }),
  'a short map of variables': (value) => ({ ...base, config: { 'containerized.master.env': `PW:${value}` } }),
  'a variable of a target': (value) => ({ ...base, defaults: { 'containerized.master.env': `{PW: ${value}}` } }),
  'a variable of a template': (value) => ({ ...base, ...env(value) }),
  'a variable of a template that an option replaces': (value) => ({
    ...base,
    ...env(value),
    config: { 'containerized.master.env.PW': `x${value}` },
  }),
  'a key of S3': (value) => ({ ...base, config: { 's3.secret-key': value } }),
  'a password': (value) => ({ ...base, config: { 'security.ssl.rest.key-password': value } }),
  'HTTP headers': (value) => ({ ...base, config: { 'user.artifacts.http-headers': value } }),
  'a map of HTTP headers': (value) => ({ ...base, config: { 'user.artifacts.http-headers': `{a: ${value}}` } }),
  'an unknown option': (value) => ({ ...base, config: { 'my.connector.key': value } }),
  'parameters of a program': (value) => ({ ...base, config: { 'pipeline.global-job-parameters': `{a: ${value}}` } }),
  'options of the JVM': (value) => ({ ...base, config: { 'env.java.opts.all': `-Dx=${value}` } }),
  'a port in options of the JVM': (value) => ({
    ...base,
    config: { 'kubernetes.hostnetwork.enabled': 'true', 'env.java.opts.all': `-Daddress=${value}` },
  }),
  'arguments of the entrypoint': (value) => ({
    ...base,
    config: { 'kubernetes.jobmanager.entrypoint.args': `-Dx=${value}` },
  }),
  'an argument': (value) => ({ ...application, job: { jar: 'local:///x.jar', args: ['--pw', value] } }),
  'a SQL script': (value) => ({
    ...application,
    job: { sql: { script: `SET 'my.key' = '${value.replaceAll("'", "''")}'; INSERT INTO a SELECT 1` } },
  }),
  'the password in the URI of a jar': (value) => ({
    ...application,
    job: { jar: `ftp://user:${value}@host/x.jar`, args: [] },
  }),
  'the signature in the URI of a jar': (value) => ({
    ...application,
    job: { jar: `http://host/x.jar?signature=${value}`, args: [] },
  }),
  'the signature in the URI of a script': (value) => ({
    ...application,
    job: { sql: { scriptUri: `https://host/x.sql?signature=${value}` } },
  }),
  'the signature in the URI of an artifact': (value) => ({
    ...application,
    config: { 'user.artifacts.artifact-list': `http://host/x.jar?signature=${value}` },
  }),
};

/** All that a caller reads about a cluster: the warnings, or the refusal. */
const messagesOf = (input: ClusterInput): string => {
  const fault = faultOf(() => renderCluster(input));
  return fault === undefined
    ? renderCluster(input).warnings.join('\n')
    : JSON.stringify([fault.message, fault.errors.map(({ detail }) => detail)]);
};

const findPieces = (text: string, messages: string): readonly string[] =>
  Array.from({ length: text.length - 3 }, (_, at) => text.slice(at, at + 4)).filter((piece) =>
    messages.includes(piece),
  );

describe('a value that may be a secret', () => {
  it.each(Object.keys(places))('is not quoted in a warning or a refusal: %s', (place) => {
    fc.assert(
      fc.property(secret, ({ text, value }) => {
        expect(findPieces(text, messagesOf(places[place]?.(value) ?? base))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a number in a template', { mode: 'session', podTemplates: { default: podOf(7654.321) } }],
    ['a number in an argument', { mode: 'application', job: { jar: 'local:///x.jar', args: [7654.321] } }],
  ])('is not quoted when its type is wrong: %s', (_what, data) => {
    const fault = faultOf(() => parse(commands.deploy.data, data));

    expect(JSON.stringify(fault?.errors)).toContain('must be text, not a fraction');
    expect(fault?.message).not.toContain('7654');
  });

  it('causes a refusal that says what to write', () => {
    const input = { ...base, config: { 'containerized.master.env': 'URL:jdbc:hunter2' } };

    expect(faultOf(() => renderCluster(input))?.errors).toEqual([
      {
        pointer: '/config/containerized.master.env',
        detail:
          "the value is not a map: each pair must be a key and a value, separated by one ':'; separate several pairs with ',', and put text that contains ',' or ':' in single quotes",
      },
    ]);
  });
});

describe('a value that is no secret', () => {
  it.each([
    [{ 'kubernetes.jobmanager.labels': '{version: 7e10}' }, "write '7e10'"],
    [{ 'kubernetes.secrets': 'a:b:c' }, "'a:b:c' is not a map"],
    [{ 'jobmanager.memory.process.size': 'much' }, "'much' is not a memory size"],
  ])('is quoted: %j', (options, text) => {
    expect(messagesOf({ ...base, config: options })).toContain(text);
  });
});

describe.each(origins)('the warnings that Drey stores, from %s', (_origin, send) => {
  it('have no part of a value', async () => {
    const options = { 'containerized.master.env': '{PW: 0xCAFE}', 'containerized.taskmanager.env.PW': '$(hunter2)$$' };
    await send('deploy', { clusterId, data: { ...session, config: options } }, world);

    const { warnings } = getLastOperation() ?? {};
    expect(warnings).toHaveLength(2);
    expect(JSON.stringify(warnings)).not.toMatch(/hunter|CAFE/);
  });

  it('have no part of an argument of a job', async () => {
    await startSession(send);
    await send('submit', { clusterId, data: { jar, args: ['${hunter2}'] } }, world);

    expect(getLastOperation()?.warnings).toEqual([
      'Argument 1 of the program contains a placeholder, ${…}. Neither Drey nor Flink replaces it.',
    ]);
  });
});
