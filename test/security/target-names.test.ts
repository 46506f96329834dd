import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allowRoutes, createCaller } from '../support/callers.ts';
import { createNamespace, deleteNamespace, putTargetLikeOwn } from '../support/namespaces.ts';
import { call, clusterPath, deploy, freshId, kubectl, signedBy } from '../support/system.ts';

/** The target of the attacker, and that of another team. */
const [own, other] = [freshId('own'), freshId('other')];
const session = { mode: 'session' };

let attacker: ReturnType<typeof signedBy>;

beforeAll(async () => {
  for (const name of [own, other]) {
    await createNamespace(name, { pods: 0 });
    await putTargetLikeOwn(name);
  }
  await call('PUT', `/v1/targets/${other}/specs/nightly`, session);
  attacker = signedBy(await createCaller([allowRoutes(`*/v1/targets/${own}`, `*/v1/targets/${own}/*`)]));
});
afterAll(() => Promise.all([own, other].map(deleteNamespace)));

describe('the name of another target', () => {
  const deploys: readonly (readonly [pointer: string, body: object])[] = [
    ['/target', { target: other }],
    ['/namespace', { namespace: other }],
    ['/config/kubernetes.namespace', { config: { 'kubernetes.namespace': other } }],
    [
      '/podTemplates/jobmanager/metadata/namespace',
      { podTemplates: { jobmanager: { metadata: { namespace: other } } } },
    ],
  ];

  it.each(deploys)('does not lead a deploy there: %s', async (pointer, body) => {
    const clusterId = freshId('named');
    const answer = await deploy({ ...session, clusterId, ...body }, {}, own);

    expect(answer).toMatchObject({ body: { errors: [{ pointer }] } });
    expect((await call('GET', clusterPath(clusterId, other))).status).toBe(404);
    expect(await kubectl('get', 'deployment', '-n', other, '-o', 'name')).not.toContain(clusterId);
  });

  it.each<readonly [pointer: string, path: string, body: object]>([
    ['/target', 'specs/mine', { ...session, target: other }],
    ['/target', 'schedules/mine', { action: 'stop', expression: 'rate(1 day)', selector: {}, target: other }],
    ['/selector/target', 'schedules/mine', { action: 'stop', expression: 'rate(1 day)', selector: { target: other } }],
    ['/spec', 'schedules/mine', { action: 'deploy', expression: 'rate(1 day)', spec: `../${other}/nightly` }],
  ])('is no %s of %s', async (pointer, path, body) => {
    const answer = await attacker('PUT', `/v1/targets/${own}/${path}`, body);

    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } });
  });

  it.each(['target', 'namespace'])('is no %s of a batch', async (member) => {
    const template = { mode: 'application', job: { jar: 'local:///a.jar' }, [member]: other };
    const body = { name: freshId('days'), template, parameters: [{}] };

    expect(await attacker('POST', `/v1/targets/${own}/batches`, body)).toMatchObject({
      status: 400,
      body: { code: 'malformed-request', errors: [{ pointer: `/template/${member}` }] },
    });
  });

  // API Gateway has no route for a path with one more slash.
  it.each([
    [`${own}%2F..%2F${other}`, 404, 404],
    [`${own}%2f%2e%2e%2f${other}`, 404, 404],
    [`..%2F${other}`, 403, 404],
    [`${other}%00${own}`, 403, 400],
    [`${other}%23${own}`, 403, 400],
    [`${other}%3F${own}`, 403, 400],
    [`${other};${own}`, 403, 400],
    [`${other},${own}`, 403, 400],
    [`${own}%20`, 403, 400],
    [own.toUpperCase(), 403, 400],
  ])('is not hidden in a path: %s', async (name, ofAttacker, ofOperator) => {
    expect((await attacker('GET', `/v1/targets/${name}/clusters`)).status).toBe(ofAttacker);
    expect((await call('GET', `/v1/targets/${name}/clusters`)).status).toBe(ofOperator);
  });
});
