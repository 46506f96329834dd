import type { AwsCredentialIdentity } from '@smithy/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Upload } from '#events/http/uploads.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';

import { allowRoutes, createCaller } from '../support/callers.ts';
import { createNamespace, deleteNamespace, putTargetLikeOwn } from '../support/namespaces.ts';
import { call, clusterPath, freshId, kubectl, signedBy, startCluster, stop, system, until } from '../support/system.ts';

/** The target of the attacker, and that of another team, which has a cluster, a queued command and a batch. */
const [own, other] = [freshId('own'), freshId('other')];
const [theirs, queued, batch] = [freshId('theirs'), freshId('queued'), freshId('days')];
const session = { mode: 'session' };
const place = { cluster: system.eksCluster, region: system.region };
const account = (system.outputs['KubernetesRoleArn'] ?? '').split(':')[4] ?? '';

let attacker: ReturnType<typeof signedBy>;
let operations: { readonly theirs: string; readonly queued: string; readonly batch: string };
let uid: string;
let jar: string;

beforeAll(async () => {
  await createNamespace(own, { pods: 0 });
  await createNamespace(other, { pods: 0 });
  await putTargetLikeOwn(own);
  await putTargetLikeOwn(other, { limits: { clusters: 1 } });
  const caller: AwsCredentialIdentity = await createCaller([
    allowRoutes(`*/v1/targets/${own}`, `*/v1/targets/${own}/*`),
  ]);
  attacker = signedBy(caller);
  const first = await startCluster({ ...session, clusterId: theirs }, other);
  // On a target with limits, an admission pass starts the cluster after the answer.
  await until(
    async () => (await call<Cluster>('GET', clusterPath(theirs, other))).body.state,
    (state) => state === 'DEPLOYING',
  );
  const second = await startCluster({ ...session, clusterId: queued }, other);
  const template = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/etl.jar' } };
  const third = await call<{ operation: Operation }>('POST', `/v1/targets/${other}/batches`, {
    name: batch,
    template,
    parameters: [{}],
  });
  operations = {
    theirs: first.operationId,
    queued: second.operationId,
    batch: third.body.operation.operationId,
  };
  uid = await kubectl('get', 'deployment', theirs, '-n', other, '-o', 'jsonpath={.metadata.uid}');
  await call('PUT', `/v1/targets/${other}/specs/nightly`, session);
  const evening = { action: 'stop', expression: 'rate(1 day)', selector: { labels: { team: 'nobody' } } };
  await call('PUT', `/v1/targets/${other}/schedules/evening`, evening);
  const upload = await call<Upload>('POST', `/v1/targets/${other}/uploads`, { name: 'a.jar', bytes: 4 });
  jar = upload.body.jar;
  await fetch(upload.body.url, { method: 'PUT', headers: upload.body.headers, body: 'PK\u0003\u0004' });
});

const isUnchanged = async () => {
  const cluster = await call('GET', clusterPath(theirs, other));
  const states = Object.values(operations).map(async (id) => {
    const { body } = await call<Operation>('GET', `/v1/targets/${other}/operations/${id}`);
    return body.state;
  });
  return { cluster: cluster.body['state'], states: await Promise.all(states) };
};
const unchanged = { cluster: 'DEPLOYING', states: ['IN_PROGRESS', 'QUEUED', 'IN_PROGRESS'] };

afterAll(async () => {
  await call('POST', `/v1/targets/${other}/queue/${operations.batch}/cancel`);
  await Promise.all([theirs, queued, `${batch}-0`].map((clusterId) => stop(clusterId, {}, other)));
  await call('DELETE', `/v1/targets/${other}/schedules/evening`);
  await Promise.all([own, other].map(deleteNamespace));
});

const listTargets = async (): Promise<readonly NamedTarget[]> =>
  (await call<{ targets: readonly NamedTarget[] }>('GET', '/v1/targets?limit=500')).body.targets;
const namespaceOf = async (name: string) => (await listTargets()).find((target) => target.name === name)?.namespace;
const taken = { status: 409, body: { code: 'namespace-taken', errors: [{ pointer: '/namespace' }] } };

describe('the namespace of another target', () => {
  it.each([
    ['as it is (was possible)', {}],
    ['with a role of the same account (was possible)', { roleArn: `arn:aws:iam::${account}:role/drey-other` }],
    ['with another policy (was possible)', { policy: { podSecurity: 'privileged' } }],
    ['with no limits (was possible)', { limits: {}, maxQueued: 10_000 }],
  ])('is not given to another target %s', async (_how, fields) => {
    const moved = await attacker('PUT', `/v1/targets/${own}`, { ...place, namespace: other, ...fields });
    const created = await call('PUT', `/v1/targets/${freshId('second')}`, { ...place, namespace: other, ...fields });

    expect([moved, created]).toMatchObject([taken, taken]);
    expect(JSON.stringify(moved.body).replaceAll(`Namespace ${other}`, '')).not.toContain(other);
    expect((await listTargets()).filter(({ namespace }) => namespace === other)).toHaveLength(1);
    expect(await namespaceOf(own)).toBe(own);
  });

  it.each([
    ['/cluster', { cluster: `${place.cluster} ` }],
    ['/cluster', { cluster: `./${place.cluster}` }],
    ['/cluster', { cluster: `${place.cluster}/../${place.cluster}` }],
    ['/cluster', { cluster: `arn:aws:eks:${place.region}:${account}:cluster/${place.cluster}` }],
    ['/region', { region: place.region.toUpperCase() }],
    ['/namespace', { namespace: `${other}-` }],
    ['/namespace', { namespace: `${other} ` }],
    ['/namespace', { namespace: other.toUpperCase() }],
    ['/namespace', { namespace: `../${other}` }],
  ])('is not reached by another spelling of %s: %j', async (pointer, fields) => {
    const answer = await attacker('PUT', `/v1/targets/${own}`, { ...place, namespace: other, ...fields });

    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } });
    expect(await namespaceOf(own)).toBe(own);
  });

  it('is not given to two of several targets that are created at once (was possible)', async () => {
    const [free, names] = [freshId('free'), Array.from({ length: 6 }, () => freshId('race'))];
    const answers = await Promise.all(
      names.map((name) => call('PUT', `/v1/targets/${name}`, { ...place, namespace: free })),
    );

    const counts = [200, 409].map((status) => answers.filter((answer) => answer.status === status).length);
    expect(counts).toEqual([1, 5]);
    expect((await listTargets()).filter(({ namespace }) => namespace === free)).toHaveLength(1);
  });

  it('is not given to a target that moves while another is created (was possible)', async () => {
    const [free, mover, name] = [freshId('free'), freshId('mover'), freshId('race')];
    await call('PUT', `/v1/targets/${mover}`, { ...place, namespace: mover });
    await Promise.all([mover, name].map((one) => call('PUT', `/v1/targets/${one}`, { ...place, namespace: free })));

    expect((await listTargets()).filter(({ namespace }) => namespace === free)).toHaveLength(1);
    expect(await namespaceOf(mover)).toMatch(new RegExp(`^(${mover}|${free})$`));
  });

  it.each(['removed', 'moved'])('is not given away while functions may still use its %s target', async (how) => {
    const [name, second] = [freshId('left'), freshId('second')];
    await call('PUT', `/v1/targets/${name}`, { ...place, namespace: name });
    await (how === 'removed'
      ? call('DELETE', `/v1/targets/${name}`)
      : call('PUT', `/v1/targets/${name}`, { ...place, namespace: freshId('free') }));

    expect(await call('PUT', `/v1/targets/${second}`, { ...place, namespace: name })).toMatchObject(taken);
    expect(await call('PUT', `/v1/targets/${name}`, { ...place, namespace: name })).toMatchObject({ status: 200 });
  });

  it.each<readonly [how: string, method: string, fields: object | undefined]>([
    ['a move', 'PUT', { namespace: freshId('free') }],
    ['a role of another account (was possible)', 'PUT', { roleArn: 'arn:aws:iam::111122223333:role/drey-other' }],
    ['a removal', 'DELETE', undefined],
  ])('keeps its target while it has a cluster: %s', async (_how, method, fields) => {
    const body = fields && { ...place, namespace: other, ...fields };

    expect(await call(method, `/v1/targets/${other}`, body)).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail: expect.stringContaining(theirs) as string },
    });
    expect(await namespaceOf(other)).toBe(other);
  });
});

/** Attacks on what the other team has, through the path of the attacker's own target. `{name}` is an operation. */
const attacks: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['GET', 'operations/{theirs}'],
  ['GET', 'operations/{queued}'],
  ['GET', 'operations/{batch}'],
  ['GET', 'operations/{batch}/items'],
  ['POST', 'queue/{queued}/cancel'],
  ['POST', 'queue/{batch}/cancel'],
  ['PUT', 'queue/{queued}', { priority: -1000 }],
  ['GET', `clusters/${theirs}`],
  ['GET', `clusters/${theirs}/events`],
  ['GET', `clusters/${theirs}/logs`],
  ['GET', `clusters/${theirs}/jobs`],
  ['POST', `clusters/${theirs}/stop`, {}],
  ['POST', `clusters/${queued}/stop`, {}],
  ['POST', `clusters/${theirs}/extend`, { ttl: '1h' }],
  ['POST', `clusters/${theirs}/jobs/${'0'.repeat(32)}/cancel`, {}],
  ['POST', `clusters/${theirs}/jobs/${'0'.repeat(32)}/savepoints`, {}],
  ['GET', 'specs/nightly'],
  ['GET', 'schedules/evening'],
  ['GET', 'schedules/evening/runs'],
  ['PUT', 'schedules/mine', { action: 'deploy', expression: 'rate(1 day)', spec: 'nightly' }],
];

describe('what another target has', () => {
  it.each(attacks.map(([method, path, body]) => [method, path, body] as const))(
    'is not found in the own target: %s %s',
    async (method, path, body) => {
      const filled = path.replace(
        /\{(theirs|queued|batch)\}/,
        (_all, name: keyof typeof operations) => operations[name],
      );
      const answer = await attacker(method, `/v1/targets/${own}/${filled}`, body);

      expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(await isUnchanged()).toEqual(unchanged);
    },
  );

  it('is no orphan of the own target', async () => {
    const orphans = [{ kind: 'Deployment', name: theirs, uid }];

    expect(await attacker('POST', `/v1/targets/${own}/orphans/removal`, { orphans })).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', errors: [{ pointer: '/orphans/0' }] },
    });
    expect(await kubectl('get', 'deployment', theirs, '-n', other, '-o', 'jsonpath={.metadata.uid}')).toBe(uid);
  });

  it.each(['clusters', 'queue', 'specs', 'schedules', 'orphans'])(
    'is in no list of the own target: %s',
    async (list) => {
      const answer = await attacker('GET', `/v1/targets/${own}/${list}`);

      expect(answer.status).toBe(200);
      for (const name of [theirs, queued, batch, other, 'nightly', 'evening'])
        expect(JSON.stringify(answer.body)).not.toContain(name);
    },
  );

  it('is no program of the own target: the jar of a deploy', async () => {
    const clusterId = freshId('jar');
    const body = { mode: 'application', clusterId, job: { jar } };

    expect(await attacker('POST', `/v1/targets/${own}/clusters`, body)).toMatchObject({
      status: 422,
      body: { code: 'refused-option', errors: [{ pointer: '/job/jar' }] },
    });
    expect((await call('GET', clusterPath(clusterId, own))).status).toBe(404);
  });

  it('is no program of the own target: the jar of a submit', async () => {
    const clusterId = freshId('jar');
    await startCluster({ ...session, clusterId }, own);

    expect(await attacker('POST', `${clusterPath(clusterId, own)}/jobs`, { jar })).toMatchObject({
      status: 422,
      body: { code: 'jar-refused' },
    });
    expect((await attacker('GET', `/v1/targets/${own}/queue`)).body).toMatchObject({ length: 0 });
  });

  it('cannot be waited for: a command depends on operations of its own target only', async () => {
    const clusterId = freshId('waits');
    const dependsOn = [operations.theirs];
    const { body } = await attacker<{ operation: Operation }>('POST', `/v1/targets/${own}/clusters`, {
      ...session,
      clusterId,
      dependsOn,
    });
    const { operationId } = body.operation;
    const view = await attacker('GET', `/v1/targets/${own}/queue`);
    await attacker('POST', `/v1/targets/${own}/queue/${operationId}/cancel`);

    expect(view.body).toMatchObject({ queued: [{ clusterId, reason: 'WaitingForDependency' }] });
  });
});
