import { describe, expect, it } from 'vitest';

import { defaultPolicy, Policy } from '#events/records/policy.ts';
import { Target } from '#events/records/target.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

const put = async (members: object) =>
  putTarget('new', Target.parse({ ...plainTarget, namespace: 'new', ...members }), world.ports);

describe('a target', () => {
  it('has a safe policy by default', async () => {
    const { policy, ...rest } = plainTarget;

    expect(Target.parse(rest).policy).toEqual(policy);
    expect(policy).toEqual({
      podSecurity: 'baseline',
      images: ['*'],
      jars: [],
      exposure: ['ClusterIP', 'Headless_ClusterIP'],
      namespaces: 'own',
      plainSecrets: false,
      flinkUi: true,
      locked: {},
      denied: [],
    });
  });

  it.each([
    ['kubernetes.entry.pth', 'kubernetes.entry.path'],
    ['kubernetes.jobmanger.*', 'kubernetes.jobmanager'],
    ['state.chekpoints.dir', 'execution.checkpointing.dir'],
    ['podTemplates.spec.nodename', 'podTemplates.spec.nodeName'],
    ['podTemplate', 'podTemplates'],
    ['job.argument', 'job.args'],
    ['nothing', 'podTemplates|[a-z]'],
  ])('is refused when it denies %s, with the most similar name', async (name, nearest) => {
    await expect(put({ policy: { denied: [name] } })).rejects.toMatchObject({
      code: 'refused-option',
      errors: [{ pointer: '/policy/denied/0', detail: expect.stringMatching(`most similar name is ${nearest}`) }],
    });
    expect(world.targets.known.has('new')).toBe(false);
  });

  it.each([
    [{ locked: { 'kubernetes.servce-account': 'flink' } }, '/policy/locked/kubernetes.servce-account', 'most similar'],
    [{ locked: { 'kubernetes.namespace': 'x' } }, '/policy/locked/kubernetes.namespace', 'sets this option itself'],
    [{ locked: { 'execution.target': 'x' } }, '/policy/locked/execution.target', 'sets this option itself'],
    [{ locked: { 'state.savepoints.path': 'x' } }, '/policy/locked/state.savepoints.path', 'most similar'],
    [{ locked: { 'execution.savepoint.path': 's3://a/b' } }, '/policy/locked/execution.savepoint.path', 'savepoint'],
    [{ locked: { 'taskmanager.numberOfTaskSlots': 'few' } }, '/policy/locked/taskmanager.numberOfTaskSlots', 'few'],
    [{ locked: { 'kubernetes.service-account': 'a' } }, '/policy/locked/kubernetes.service-account', 'another value'],
  ])('is refused with %j', async (policy, pointer, detail) => {
    const defaults = { 'kubernetes.service-account': 'flink' };

    await expect(put({ policy, defaults })).rejects.toMatchObject({
      code: 'refused-option',
      errors: [{ pointer, detail: expect.stringContaining(detail) }],
    });
  });

  it.each([
    [{ 'kubernetes.hostnetwork.enabled': 'true' }, {}, '/defaults/kubernetes.hostnetwork.enabled'],
    [{ 'kubernetes.rest-service.exposed.type': 'LoadBalancer' }, {}, '/defaults/kubernetes.rest-service.exposed.type'],
    [{ 'kubernetes.container.image': 'evil' }, { images: ['good/*'] }, '/defaults/kubernetes.container.image'],
    [{ 'kubernetes.service-account': 'a' }, { serviceAccounts: ['b'] }, '/defaults/kubernetes.service-account'],
    [{ 'pipeline.classpaths': 'https://evil.example/a.jar' }, {}, '/defaults/pipeline.classpaths'],
    [{ 'kubernetes.secrets': 'admin:/mnt' }, { secrets: [] }, '/defaults/kubernetes.secrets'],
    [{}, { locked: { 'kubernetes.hostnetwork.enabled': 'true' } }, '/policy/locked/kubernetes.hostnetwork.enabled'],
  ])('is refused when its own policy does not allow its defaults: %j', async (defaults, policy, pointer) => {
    const refusal = { code: 'refused-option', errors: expect.arrayContaining([expect.objectContaining({ pointer })]) };

    await expect(put({ defaults, policy })).rejects.toMatchObject(refusal);
  });

  it.each([
    [{ podSecurity: 'restricted' }],
    [{ images: ['registry.example.com/*'] }],
    [{ serviceAccounts: ['etl'] }],
    [{ denied: ['kubernetes.jobmanager.*', 's3.access-key', 'fs.s3a.*', 'env.java.opts', 'metrics.reporter.*'] }],
    [
      {
        denied: ['podTemplates', 'podTemplates.spec.containers.env', 'podTemplates.metadata.labels.team', 'job.python'],
      },
    ],
    [{ denied: ['podTemplates.metadata.labels.app.kubernetes.io/name', 'hadoop', 'kerberos', 'restore', 'files'] }],
    [{ locked: { 'metrics.reporter.prom.port': '9249', 'parallelism.default': 4 } }],
  ])('is accepted with %j', async (policy) => {
    await expect(put({ policy })).resolves.toMatchObject({ name: 'new' });
  });
});

describe('the schema of a policy', () => {
  it.each([
    's3://jars',
    's3://jars/etl',
    'https://repo.example.com',
    'https://169.254.169.254/',
    'https://localhost/',
    'https://2852039166/',
    'https://0x7f.1/',
    'https://user@repo.example.com/',
    'https://repo.example.com/a/../',
    'https://*/',
    'jars',
  ])('refuses %s as a source of jars', (source) => {
    expect(Policy.safeParse({ jars: [source] }).success).toBe(false);
  });

  it.each([
    '*',
    's3://jars/',
    's3a://jars/etl/',
    'https://repo.example.com/',
    'https://*.example.com:8443/a/',
    'hdfs://nn:8020/jars/',
  ])('accepts %s as a source of jars', (source) => {
    expect(Policy.parse({ jars: [source] })).toEqual({ ...defaultPolicy, jars: [source] });
  });
});
