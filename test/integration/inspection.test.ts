import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { TargetCheck } from '#events/http/target-check.ts';
import type { Access } from '#shared/kubernetes/access/credentials.ts';
import { openInspection } from '#shared/kubernetes/inspection.ts';
import { inspectionContract } from '#test/contracts/inspection.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';

import { call, freshId, kubectl, system } from '../support/system.ts';

const project = join(import.meta.dirname, '../..');
const manifests = join(project, 'infra/kubernetes');
const pki = join(dirname(system.kubeconfig), 'pki');
const run = promisify(execFile);

const applyTo = (namespace: string, ...files: readonly string[]) =>
  kubectl('apply', '-n', namespace, ...files.flatMap((file) => ['-f', join(manifests, `${file}.yaml`)]));

/** Runs a command that the check printed. */
const runInProject = (command: string) =>
  run('sh', ['-ec', command], {
    cwd: project,
    env: { ...process.env, KUBECONFIG: system.kubeconfig },
  });

/** Access as a user in a group, with a certificate that the authority of the local cluster signs. */
const accessAs = async (group: string): Promise<Access> => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-user-'));
  const [cert, key] = [join(folder, 'crt'), join(folder, 'key')];
  const authority = ['-CA', join(pki, 'ca.crt'), '-CAkey', join(pki, 'ca.key'), '-days', '1'];
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
  await run('openssl', ['req', '-x509', ...authority, ...pair, '-subj', `/O=${group}/CN=${freshId('user')}`]);
  const connection = {
    server: new URL(await kubectl('config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}')),
    ca: readFileSync(join(pki, 'ca.crt'), 'utf8'),
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
  };
  rmSync(folder, { recursive: true });
  const arn = 'arn:aws:sts::000000000000:assumed-role/drey/test';
  return { open: async () => connection, identify: async () => arn, forget: () => {} };
};

inspectionContract('the API server', async () => {
  const namespace = freshId('inspected');
  await kubectl('create', 'namespace', namespace);
  await kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=baseline');
  await applyTo(namespace, 'rbac', 'network-policies', 'quota');
  const signal = AbortSignal.timeout(600_000);
  const inspectAs = async (group: string) =>
    openInspection({ ...plainTarget, name: 'inspected', namespace }, { access: await accessAs(group), signal });
  return {
    inspection: await inspectAs('drey'),
    stranger: await inspectAs('strangers'),
    dispose: async () => void (await kubectl('delete', 'namespace', namespace, '--wait=false')),
  };
});

const check = async (target: string) => (await call<TargetCheck>('GET', `/v1/targets/${target}/check`)).body;
const listStates = ({ findings }: TargetCheck) =>
  Object.fromEntries(findings.map(({ check: name, state }) => [name, state]));

describe('the check of a target', () => {
  const namespace = freshId('checked');
  const target = freshId('checked');
  beforeAll(() => kubectl('create', 'namespace', namespace));
  afterAll(async () => {
    await call('DELETE', `/v1/targets/${target}`);
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('passes where the manifests are applied', async () => {
    const answer = await check(system.target);

    expect(listStates(answer)).toMatchObject({ 'drey-kerberos': 'optional', 'flink-high-availability': 'ok' });
    expect(answer.findings.filter(({ state }) => state !== 'ok' && state !== 'optional')).toEqual([]);
    expect(answer.passed).toBe(true);
  });

  it('names what an empty namespace lacks, and its commands mend it', async () => {
    const { eksCluster: cluster, region } = system;
    await call('PUT', `/v1/targets/${target}`, {
      cluster,
      region,
      namespace,
      defaults: { 'kubernetes.service-account': 'flink' },
    });
    const before = await check(target);

    const remedies = [...new Set(before.findings.flatMap(({ remedy = '' }) => remedy))];
    for (const remedy of remedies.filter((command) => command.startsWith('kubectl'))) await runInProject(remedy);
    const between = await check(target);
    for (const { remedy = '' } of between.findings.filter(({ state }) => state === 'missing' || state === 'unknown'))
      await runInProject(remedy.replace(/^peers=.* && sed/, 'peers="{ ipBlock: { cidr: 10.0.7.0/28 } }" && sed'));

    expect(before).toMatchObject({ passed: false });
    expect(listStates(before)).toMatchObject({
      'access-entry': 'ok',
      'drey-deployer': 'missing',
      'service-account': 'unknown',
      'pod-security': 'unknown',
      ingress: 'unknown',
    });
    expect(listStates(between)).toMatchObject({ 'drey-deployer': 'ok', flink: 'ok', 'pod-security': 'missing' });
    expect(await check(target)).toMatchObject({ passed: true });
  });

  it('names what is allowed needlessly', async () => {
    await kubectl(
      'create',
      'rolebinding',
      'wide',
      '-n',
      namespace,
      '--clusterrole=edit',
      '--serviceaccount',
      `${namespace}:flink`,
    );
    await kubectl('create', 'rolebinding', 'wider', '-n', namespace, '--clusterrole=admin', '--group=drey');

    const { findings, passed } = await check(target);

    expect(passed).toBe(false);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          check: 'flink-excess',
          state: 'too-wide',
          detail: expect.stringContaining('update services') as string,
        }),
        expect.objectContaining({
          check: 'drey-excess',
          state: 'too-wide',
          detail: expect.stringContaining('create pods/exec') as string,
        }),
      ]),
    );
  });
});
