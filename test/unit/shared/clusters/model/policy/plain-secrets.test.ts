import { readFileSync } from 'node:fs';

import type { V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { Target } from '#events/records/target.ts';
import { findSecretFiles } from '#shared/clusters/model/policy/plain-secrets.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { application, container, type Data, options, pod, withVolume } from '#test/support/policy-attacks/builders.ts';
import { secretAttacks } from '#test/support/policy-attacks/secrets.ts';
import { clusterId, jar, setPolicy, startSession, world } from '#test/unit/shared/clusters/fixture.ts';
import { maxGrowth, measureGrowth } from '#test/support/growth.ts';

import { itRefuses } from './refusals.ts';

itRefuses(secretAttacks);

describe('a command with secrets', () => {
  it.each(secretAttacks.map(([data]) => data))('is accepted by a target that allows them: %j', async (data) => {
    setPolicy({ denied: [], plainSecrets: true });

    await expect(sendHttp('deploy', { clusterId, data: withVolume(data) }, world)).resolves.toMatchObject({
      outcome: 'done',
    });
  });

  it.each(secretAttacks.map(([data]) => data))('never has the secret in its refusal: %j', async (data) => {
    const { outcome, detail, errors } = await sendHttp('deploy', { clusterId, data }, world);

    expect(outcome).toBe('rejected');
    expect(JSON.stringify([detail, errors])).not.toContain('hunter2');
  });

  const references: readonly Data[] = [
    options({ 'kubernetes.env.secretKeyRef': 'env:DB_PASSWORD,secret:db,key:password' }),
    options({ 'kubernetes.secrets': 'db-password:/etc/secrets/db' }),
    options({ 'kubernetes.container.image.pull-secrets': 'registry' }),
    options({ 's3.secret-key': '' }),
    options({ 's3.secret-key': '${S3_SECRET_KEY}' }),
    options({ 'containerized.master.env.AWS_WEB_IDENTITY_TOKEN_FILE': '/var/run/secrets/token' }),
    options({ 'containerized.master.env.DB_SECRET_ARN': 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:x' }),
    options({ 'containerized.master.env.DB_PASSWORD': '$(OTHER)' }),
    options({ 'security.kerberos.login.use-ticket-cache': 'true' }),
    options({ 'security.delegation.tokens.renewal.time-ratio': '0.5' }),
    options({ 'security.kerberos.tokens.renewal.retry.backoff': '1 h' }),
    options({ 'security.delegation.token.provider.s3.enabled': 'false' }),
    options({ 'security.delegation.token.provider.s3.region': 'eu-central-1' }),
    options({ 'table.secret-store.kind': 'generic_in_memory' }),
    options({ 'fs.azure.account.keyprovider.x.blob.core.windows.net': 'org.apache.flink.KeyProvider' }),
    options({ 'kubernetes.jobmanager.annotations.vault.hashicorp.com/agent-inject-secret-db': 'database/creds/db' }),
    container({ env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] }),
    pod({ volumes: [{ name: 'db', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } }] }),
    {
      mode: 'session',
      hadoop: { 'core-site.xml': '<property><name>fs.s3a.secret.key</name><value>${env.KEY}</value></property>' },
    },
    { mode: 'session', files: { 'log4j-console.properties': 'appender.http.password = ${env:PASSWORD}' } },
    application({ jar: 'local:///opt/flink/usrlib/a.jar', args: ['--tokenizer', 'standard'] }),
  ];

  it.each(references)('is accepted with a reference in their place: %j', async (data) => {
    await expect(sendHttp('deploy', { clusterId, data }, world)).resolves.toMatchObject({ outcome: 'done' });
  });
});

describe.each(origins)('a job with secrets on a session, from %s', (_origin, send) => {
  it.each([
    [{ jar, config: { 's3.secret-key': 'hunter2' } }, '/config/s3.secret-key'],
    [{ sql: { script: "SET 'my.password' = 'hunter2'; INSERT INTO a SELECT 1" } }, '/sql/script'],
  ])('is refused: %j', async (data, pointer) => {
    await startSession(send);

    const sent = await send('submit', { clusterId, data }, world);

    expect(sent).toMatchObject({ outcome: 'rejected', code: 'refused-option', pointers: [pointer] });
    expect(sent.detail).toContain('Policy of target local, plain secrets: ');
  });
});

describe('a row of a batch with a secret', () => {
  it.each(origins)('is refused from %s, with its row', async (_origin, send) => {
    const template = {
      mode: 'application',
      job: { jar: 'local:///opt/flink/usrlib/a.jar' },
      config: { 's3.secret-key': '${param.key}' },
    };

    const sent = await send('batch', { data: { name: 'b', template, parameters: [{ key: 'hunter2' }] } }, world);

    expect(sent).toMatchObject({ outcome: 'rejected', pointers: ['/template/config/s3.secret-key'] });
  });
});

describe('a target with a secret', () => {
  const put = async (members: object) =>
    putTarget('new', Target.parse({ ...plainTarget, namespace: 'new', ...members }), world.ports);

  it.each([
    [{ defaults: { 's3.secret-key': 'hunter2' } }, '/defaults/s3.secret-key'],
    [
      { defaults: { 'kubernetes.taskmanager.entrypoint.args': '-Ds3.secret-key=hunter2' } },
      '/defaults/kubernetes.taskmanager.entrypoint.args',
    ],
    [{ policy: { locked: { 's3.secret-key': 'hunter2' } } }, '/policy/locked/s3.secret-key'],
    [{ defaults: { 'user.artifacts.http-headers': 'Authorization:hunter2' } }, '/defaults/user.artifacts.http-headers'],
  ])('is refused: %j', async (members, pointer) => {
    await expect(put(members)).rejects.toMatchObject({
      code: 'refused-option',
      errors: [{ pointer, detail: expect.stringContaining('Policy of target new, plain secrets: ') }],
    });
    expect(world.targets.known.has('new')).toBe(false);
  });

  it('is accepted if its policy allows secrets', async () => {
    await put({ defaults: { 's3.secret-key': 'hunter2' }, policy: { plainSecrets: true } });

    expect(world.targets.known.get('new')?.defaults).toEqual({ 's3.secret-key': 'hunter2' });
  });
});

describe('a file', () => {
  const target = { ...Target.parse(plainTarget), name: 'local' };

  it.each(['<property', '<', '<a ', '<name>', '<property name=', '<![CDATA[', 'a', ' '])(
    'of many %j is read in time that grows with its length',
    async (part) => {
      const find = (length: number) => {
        const text = part.repeat(length / part.length);
        return findSecretFiles({ files: { 'log4j.properties': text }, hadoop: { 'core-site.xml': text } }, target);
      };

      expect(await measureGrowth(find, 100_000)).toBeLessThan(maxGrowth);
    },
  );
});

describe('the page about plain secrets', () => {
  const section = readFileSync('docs/policy.md', 'utf8').split('### Plain secrets')[1] ?? '';
  const examples = [...section.matchAll(/```\n([^]*?)```/g)].map(([, text = '']) => text);

  it('has a session with options that a target accepts', async () => {
    const config = [...(examples[0] ?? '').matchAll(/-D(\S+?)=(\S+)/g)].map(([, key = '', value = '']) => [key, value]);

    await sendHttp('deploy', { clusterId, data: options(Object.fromEntries(config)) }, world);

    const { containers = [], volumes } = getPod();
    expect(containers[0]?.env).toContainEqual({
      name: 'AWS_SECRET_ACCESS_KEY',
      valueFrom: { secretKeyRef: { name: 's3', key: 'secret-key' } },
    });
    expect(volumes).toContainEqual(expect.objectContaining({ secret: { secretName: 'db' } }));
  });

  it('has a pod template that a target accepts', async () => {
    const data = { mode: 'session', podTemplates: { default: parse(examples[1] ?? '') as unknown } };

    await sendHttp('deploy', { clusterId, data }, world);

    expect(getPod().volumes).toContainEqual({
      name: 'secrets',
      csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true, volumeAttributes: { secretProviderClass: 'etl' } },
    });
  });

  const getPod = (): Partial<V1PodSpec> =>
    world.kubernetes.clusters.get(clusterId)?.manifests?.deployment.spec?.template.spec ?? {};
});
