import { CreateClusterCommand, EKSClient, ResourceInUseException } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';

import type { Upload } from '#events/http/uploads.ts';

import {
  aws,
  call,
  clusterPath,
  deploy,
  freshId,
  kubectl,
  listObjects,
  readDeployment,
  system,
} from '../support/system.ts';

const session = { mode: 'session' };

describe('the API', () => {
  it('serves its description without a signature', async () => {
    const response = await fetch(`${system.apiUrl}/openapi.json`);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('serves its health without a signature', async () => {
    const response = await fetch(`${system.apiUrl}/health`);

    expect(await response.json()).toMatchObject({ status: 'ok' });
  });

  it('answers 304 without a body to the entity tag of a body that has not changed', async () => {
    const first = await call('GET', '/v1/targets');
    const tag = first.headers.get('etag') ?? '';
    const again = await fetch(`${system.apiUrl}/health`, { headers: { 'if-none-match': '*' } });

    expect(await call('GET', '/v1/targets', undefined, { 'if-none-match': tag })).toMatchObject({ status: 304 });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(await call('GET', '/v1/targets', undefined, { 'if-none-match': '"1"' })).toMatchObject({
      status: 200,
      body: first.body,
    });
  });

  it('rejects all other requests without a signature', async () => {
    const response = await fetch(`${system.apiUrl}/v1/targets`);

    expect(response.status).toBe(403);
  });
});

describe('invalid input', () => {
  it.each([
    ['a cluster id in capitals', { ...session, clusterId: 'My-Cluster' }, 400, 'malformed-request', '/clusterId'],
    [
      'a cluster id of 46 characters',
      { ...session, clusterId: 'a'.repeat(46) },
      400,
      'malformed-request',
      '/clusterId',
    ],
    ['an unknown field', { ...session, flavour: 'sweet' }, 400, 'malformed-request', '/flavour'],
    ['no mode', {}, 400, 'malformed-request', '/mode'],
    ['per-job mode', { mode: 'per-job' }, 422, 'unsupported-mode', '/mode'],
    [
      'too little memory',
      { ...session, config: { 'jobmanager.memory.process.size': '300m' } },
      422,
      'refused-option',
      '/config/jobmanager.memory.process.size',
    ],
    [
      'no number',
      { ...session, config: { 'kubernetes.jobmanager.cpu.amount': 'many' } },
      422,
      'refused-option',
      '/config/kubernetes.jobmanager.cpu.amount',
    ],
    [
      'another namespace',
      { ...session, config: { 'kubernetes.namespace': 'kube-system' } },
      422,
      'refused-option',
      '/config/kubernetes.namespace',
    ],
  ])('%s is rejected by name, and nothing is created', async (_what, body, status, code, pointer) => {
    const answer = await deploy(body);

    expect(answer).toMatchObject({ status, body: { status, code, errors: [expect.objectContaining({ pointer })] } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is rejected with every mistake at once', async () => {
    const answer = await deploy({
      ...session,
      config: { 'kubernetes.jobmanager.cpu.amount': 'many', 'taskmanager.numberOfTaskSlots': 'few' },
    });

    const { errors } = answer.body as unknown as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/config/kubernetes.jobmanager.cpu.amount',
      '/config/taskmanager.numberOfTaskSlots',
    ]);
  });

  it('is rejected when the body is not JSON', async () => {
    expect(await deploy('{"mode"')).toMatchObject({ status: 400, body: { detail: 'The request body is not JSON.' } });
  });

  it.each([
    ['target', () => deploy(session, {}, 'nowhere')],
    [
      'session of a submit',
      () => call('POST', `${clusterPath('unknown')}/jobs`, { jar: 's3://bucket/uploads/local/x/y.jar' }),
    ],
    ['session of a stop', () => call('POST', `${clusterPath('unknown')}/stop`, {})],
    ['cluster', () => call('GET', clusterPath('unknown'))],
    ['operation', () => call('GET', `/v1/targets/${system.target}/operations/${'0'.repeat(32)}`)],
  ])('an unknown %s is not found', async (_what, ask) => {
    expect(await ask()).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('a jar over the limit gets no upload URL', async () => {
    const answer = await call('POST', `/v1/targets/${system.target}/uploads`, {
      name: 'large.jar',
      bytes: 6_000_000_000,
    });

    expect(answer).toMatchObject({ status: 422, body: { code: 'jar-refused' } });
  });

  it('an upload of another size than announced is rejected by S3', async () => {
    const { body: upload } = await call<Upload>('POST', `/v1/targets/${system.target}/uploads`, {
      name: 'x.jar',
      bytes: 10,
    });

    const response = await fetch(upload.url, {
      method: 'PUT',
      headers: { 'content-type': upload.headers['content-type'] ?? '' },
      body: 'a'.repeat(20),
    });

    expect(response.status).toBe(403);
  });
});

describe('a target', () => {
  const put = (name: string, target: object) => call('PUT', `/v1/targets/${name}`, target);
  const clusterRef = { cluster: system.eksCluster, region: system.region, namespace: system.namespace };

  it('rejects the options that its policy denies', async () => {
    await put('locked', { ...clusterRef, namespace: 'locked', policy: { denied: ['kubernetes.jobmanager.*'] } });

    const answer = await deploy({ ...session, config: { 'kubernetes.jobmanager.cpu.amount': 2 } }, {}, 'locked');

    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'refused-option', errors: [{ pointer: '/config/kubernetes.jobmanager.cpu.amount' }] },
    });
  });

  it('of an unknown EKS cluster is not created', async () => {
    expect(await put('no-eks', { ...clusterRef, cluster: 'not-there' })).toMatchObject({
      status: 400,
      body: {
        code: 'malformed-request',
        errors: [{ pointer: '/cluster', detail: expect.stringContaining('not-there') }],
      },
    });
  });

  it('without a role in the namespace reports the missing permission', async () => {
    await kubectl('create', 'namespace', 'no-rights').catch(() => 'there from an earlier run');
    await put('no-rights', { ...clusterRef, namespace: 'no-rights' });

    const answer = await deploy({ ...session, clusterId: freshId('x') }, {}, 'no-rights');

    expect(answer).toMatchObject({
      status: 502,
      body: { code: 'target-refused', detail: expect.stringMatching(/deployments.*no-rights/) },
    });
  });

  it('that does not answer is reported with the attempt, and nothing is left', async () => {
    await new EKSClient(aws)
      .send(
        new CreateClusterCommand({
          name: 'dark',
          roleArn: system.outputs['KubernetesRoleArn'] ?? '',
          resourcesVpcConfig: {},
        }),
      )
      .catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error; // there from an earlier run
      });
    await put('dark', { ...clusterRef, cluster: 'dark' });
    const clusterId = freshId('dark');

    const answer = await deploy({ ...session, clusterId }, {}, 'dark');

    expect(answer).toMatchObject({ status: 503, body: { code: 'target-unreachable', retryable: true } });
    expect(answer.body).toHaveProperty('detail', expect.stringContaining('127.0.0.1'));
    expect((await call('GET', clusterPath(clusterId, 'dark'))).body).toMatchObject({
      state: 'FAILED',
      reason: 'target-unreachable',
    });
    expect(await listObjects(clusterId)).toEqual([]);
  });
});

describe('objects of other owners', () => {
  it('with the same name are never changed', async () => {
    const clusterId = freshId('foreign');
    await kubectl('create', 'deployment', clusterId, '--image=flink:2.2', '--replicas=0', '-n', system.namespace);
    const before = await readDeployment(clusterId);

    const answer = await deploy({ ...session, clusterId });

    expect(answer).toMatchObject({ status: 409, body: { code: 'id-taken' } });
    expect(await readDeployment(clusterId)).toBe(before);
    await kubectl('delete', 'deployment', clusterId, '-n', system.namespace);
  });
});
