import { describe, expect, it } from 'vitest';

import { call, clusterPath, deploy, freshId, system } from '../support/system.ts';

interface Problem {
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

/** The answer to a body that is sent as text, because an object of JavaScript cannot hold every JSON. */
const send = async (method: string, path: string, text: string) => {
  const { status, body } = await call<Problem>(method, path, text);
  return { status, code: body.code, pointers: [...new Set((body.errors ?? []).map(({ pointer }) => pointer))] };
};

const own = `/v1/targets/${system.target}`;
const x = (length: number) => 'x'.repeat(length);
const text = (value: unknown) => JSON.stringify(value);

/** The routes that take the body of a deploy. */
const bodies = [
  ['deploy', 'POST', `${own}/clusters`],
  ['plan', 'POST', `${own}/plans`],
  ['spec', 'PUT', `${own}/specs/${freshId('input')}`],
] as const;

const malformed: readonly (readonly [pointer: string, members: string])[] = [
  ['/__proto__', '"__proto__":{"mode":"session"}'],
  ['/constructor', '"constructor":{"prototype":{"mode":"session"}}'],
  ['/config/__proto__', '"config":{"__proto__":"x"}'],
  ['/labels/__proto__', '"labels":{"__proto__":"x"}'],
  ['/podTemplates/default/spec/__proto__', '"podTemplates":{"default":{"spec":{"__proto__":{"hostNetwork":true}}}}'],
  ['/a/0/0', `"a":${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['/labels/a', '"labels":{"a":"\\ud800"}'],
  ['/labels/a', '"labels":{"a":"\\u0000"}'],
  ['/labels/a', `"labels":{"a":"${x(64)}"}`],
  ['/config/a.b', '"config":{"a.b":1e400}'],
  ['/config/a.b', '"config":{"a.b":{"c":1}}'],
  [`/config/${x(254)}`, `"config":{"${x(254)}":"x"}`],
  ['/image', '"image":5'],
  ['/image', `"image":"${x(1_001)}"`],
  ['/priority', '"priority":1e300'],
  ['/priority', '"priority":"1"'],
  ['/podTemplates/default', `"podTemplates":{"default":{"metadata":{"annotations":{"a":"${x(200_000)}"}}}}`],
  ['/podTemplates/default/spec/containers', '"podTemplates":{"default":{"spec":{"containers":{"length":1}}}}'],
  ['/podTemplates/default/spec/volumes', '"podTemplates":{"default":{"spec":{"containers":[],"volumes":"x"}}}'],
  ['/podTemplates/default/metadata/labels', '"podTemplates":{"default":{"metadata":{"labels":["a"]}}}'],
  ['/kerberos/keytab/base64', `"kerberos":{"keytab":{"name":"a","base64":"${'AAAA'.repeat(50_001)}"}}`],
];

/** Quantities that Kubernetes does not read, or reads as another number. */
const quantities = ['1e-4294967293', '1e99999999999999999999', '-100', '1.2.3', '1e3Gi', 'many', '1K', '0x10'];

describe.each(bodies)('malformed bodies of a %s', (_kind, method, path) => {
  it.each(malformed)('%s is refused', async (pointer, members) => {
    expect(await send(method, path, `{"mode":"session",${members}}`)).toEqual({
      status: 400,
      code: 'malformed-request',
      pointers: [pointer],
    });
  });

  it.each(quantities)('a container cannot request %s of CPU', async (cpu) => {
    const containers = [{ name: 'agent', resources: { requests: { cpu } } }];
    const body = text({ mode: 'session', podTemplates: { taskmanager: { spec: { containers } } } });

    expect(await send(method, path, body)).toMatchObject({
      status: 400,
      pointers: ['/podTemplates/taskmanager/spec/containers/0/resources/requests/cpu'],
    });
  });

  it.each(['[]', 'null', '"x"', '1e999', '{"mode":', ''])('%j is refused', async (body) => {
    expect((await send(method, path, body)).status).toBe(400);
  });
});

describe('a deadline that has passed', () => {
  it.each(['1970-01-01T00:00:00Z', new Date(Date.now() - 1000).toISOString()])(
    'the deploy is a failure of the caller, and starts nothing: %s',
    async (deadline) => {
      const clusterId = freshId('late');

      expect(await send('POST', `${own}/clusters`, text({ mode: 'session', clusterId, deadline }))).toMatchObject({
        status: 422,
        code: 'not-started',
      });
      expect((await call('GET', clusterPath(clusterId))).status).toBe(404);
    },
  );
});

describe('limits of a target out of range', () => {
  const put = (members: string) => {
    const place = text({ cluster: system.eksCluster, region: system.region, namespace: 'nowhere' });
    return send('PUT', `/v1/targets/${freshId('limits')}`, place.replace(/\}$/, `,${members}}`));
  };

  it.each(
    ['clusters', 'cpu', 'memoryGibibytes'].flatMap((name) =>
      ['1e300', '1e308', '1e400', '1e-320', '-0', '"1.2.3.4"', 'null'].map((value) => [name, value] as const),
    ),
  )('%s cannot be %s', async (name, value) => {
    expect(await put(`"limits":{"${name}":${value}}`)).toMatchObject({ status: 400, pointers: [`/limits/${name}`] });
  });
});

describe('more resources than the target has', () => {
  const target = freshId('small');
  const sizes = { 'jobmanager.memory.process.size': '1g', 'taskmanager.memory.process.size': '2g' };
  const place = { cluster: system.eksCluster, region: system.region, namespace: target };

  /** A JobManager with another container, and fields of its pod. */
  const withContainer = (resources: object, fields: object = {}) => {
    const containers = [{ name: 'agent', image: 'agent', resources }];
    return { podTemplates: { jobmanager: { spec: { containers, ...fields } } } };
  };
  const withConfig = (config: object) => ({ config: { ...sizes, ...config } });

  it.each<readonly [what: string, data: object]>([
    ['the least CPU of a session', withConfig({ 'slotmanager.min-total-resource.cpu': '100' })],
    ['the least memory of a session', withConfig({ 'slotmanager.min-total-resource.memory': '1t' })],
    [
      'spare TaskManagers',
      withConfig({ 'slotmanager.number-of-slots.min': '1', 'slotmanager.redundant-taskmanager-num': '99' }),
    ],
    ['a limit without a request', withContainer({ limits: { cpu: '100' } })],
    [
      'a container above its pod',
      withContainer({ requests: { cpu: '100' } }, { resources: { requests: { cpu: '1m' } } }),
    ],
    ['an exponent', withContainer({ requests: { cpu: '1E2' } })],
    ['a fraction of a thousand', withContainer({ requests: { cpu: '.1k' } })],
    ['memory with a binary suffix', withContainer({ requests: { memory: '1Pi' } })],
    [
      'the parallelism of a table (was possible)',
      {
        mode: 'application',
        job: { sql: { script: "CREATE TABLE t (a INT) WITH ('sink.parallelism' = '99'); INSERT INTO t SELECT 1;" } },
      },
    ],
    [
      'the parallelism in a hint (was possible)',
      { mode: 'application', job: { sql: { script: "SELECT * FROM t /*+ OPTIONS('scan.parallelism' = '99') */;" } } },
    ],
    ['spare TaskManagers of a session (was possible)', withConfig({ 'slotmanager.redundant-taskmanager-num': '99' })],
  ])('%s counts', async (_what, data) => {
    await call('PUT', `/v1/targets/${target}`, { ...place, limits: { cpu: 50, memoryGibibytes: 50 } });
    const clusterId = freshId('large');

    expect(await deploy({ mode: 'session', clusterId, config: sizes, ...data }, {}, target)).toMatchObject({
      status: 422,
      body: { code: 'over-limit' },
    });
    expect((await call('GET', clusterPath(clusterId, target))).status).toBe(404);
  });

  it.each<readonly [pointer: string, data: object]>([
    ['/config/kubernetes.jobmanager.cpu.amount', withConfig({ 'kubernetes.jobmanager.cpu.amount': '0' })],
    ['/config/scheduler-mode', withConfig({ 'scheduler-mode': 'reactive' })],
    ['/config/resourcemanager.taskmanager-timeout', withConfig({ 'resourcemanager.taskmanager-timeout': '9 d' })],
    ['/config/execution.batch.speculative.enabled', withConfig({ 'execution.batch.speculative.enabled': 'true' })],
    [
      '/podTemplates/jobmanager/spec/containers/0/resources/limits/cpu',
      withContainer({ limits: { cpu: '0', memory: '1Gi' } }),
    ],
  ])('what cannot count is refused: %s (was possible)', async (pointer, data) => {
    await call('PUT', `/v1/targets/${target}`, { ...place, limits: { cpu: 50, memoryGibibytes: 50 } });
    const clusterId = freshId('endless');

    expect(await deploy({ mode: 'session', clusterId, config: sizes, ...data }, {}, target)).toMatchObject({
      status: 422,
      body: { code: 'refused-option', errors: [{ pointer }] },
    });
  });
});
