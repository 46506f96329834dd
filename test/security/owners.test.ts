import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Orphan } from '#events/records/orphan.ts';

import { createNamespace, deleteNamespace, putTargetLikeOwn } from '../support/namespaces.ts';
import {
  call,
  clusterPath,
  deploy,
  freshId,
  kubectl,
  startCluster,
  stop,
  system,
  unschedulable,
  until,
  untilState,
} from '../support/system.ts';

const target = freshId('owners');
const session = { mode: 'session', config: unschedulable };
const run = promisify(execFile);

beforeAll(async () => {
  await createNamespace(target);
  await putTargetLikeOwn(target);
});
afterAll(() => deleteNamespace(target));

type Metadata = Readonly<Record<string, object>>;

/** Creates an object, and returns its uid. */
const create = async (kind: string, name: string, metadata: Metadata = {}, fields: object = {}): Promise<string> => {
  const apiVersion = ['Deployment', 'ReplicaSet'].includes(kind) ? 'apps/v1' : 'v1';
  const object = JSON.stringify({ apiVersion, kind, metadata: { name, ...metadata }, ...fields });
  const created = run('kubectl', ['--kubeconfig', system.kubeconfig, 'create', '-n', target, '-f', '-']);
  created.child.stdin?.end(object);
  await created;
  return readUid(kind, name);
};
const readUid = (kind: string, name: string) =>
  kubectl('get', kind, name, '-n', target, '-o', 'jsonpath={.metadata.uid}');
const labelsOf = (clusterId: string) => ({ app: clusterId, type: 'flink-native-kubernetes', component: 'jobmanager' });

const pod = {
  spec: { nodeSelector: { 'drey.test/none': 'here' }, containers: [{ name: 'main', image: 'flink:2.2' }] },
};
const service = { spec: { clusterIP: 'None', ports: [{ port: 80 }] } };
const deploymentOf = (app: string) => ({
  spec: {
    replicas: 0,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: pod.spec },
  },
});
const listOrphans = async (): Promise<readonly Orphan[]> =>
  (await call<{ orphans: readonly Orphan[] }>('GET', `/v1/targets/${target}/orphans?limit=500`)).body.orphans;

/** Objects with the labels of a cluster that belong to something else: an operator, another client, another program. */
const foreign: readonly (readonly [what: string, kind: string, suffix: string, isOwned: boolean, fields: object])[] = [
  ['a pod without an owner', 'Pod', '-shell', false, pod],
  ['a pod of another Deployment', 'Pod', '-6d5f-abcde', true, pod],
  ['a pod with the name of a TaskManager', 'Pod', '-taskmanager-1-1', true, pod],
  ['a Service of another Deployment', 'Service', '-metrics', true, service],
  ['a ConfigMap of another Deployment', 'ConfigMap', '-notes', true, {}],
  ['a ConfigMap without an owner', 'ConfigMap', '-settings', false, {}],
  ['a ConfigMap with the name of high-availability data', 'ConfigMap', '-cluster-config-map', true, {}],
];

describe('objects of others with the labels of a cluster', () => {
  it.each(foreign)(
    'do not block its stop, and stay: %s (was possible for those with an owner)',
    async (_what, kind, suffix, isOwned, fields) => {
      const clusterId = freshId('labels');
      await startCluster({ ...session, clusterId }, target);
      const owner = freshId('owner');
      const uid = await create('Deployment', owner, {}, deploymentOf(owner));
      const ownerReferences = isOwned ? [{ apiVersion: 'apps/v1', kind: 'Deployment', name: owner, uid }] : [];
      const metadata = { labels: labelsOf(clusterId), ownerReferences };
      const theirs = await create(kind, `${clusterId}${suffix}`, metadata, fields);

      await stop(clusterId, { ha: 'purge' }, target);
      await untilState(clusterId, 'STOPPED', target);

      expect(await readUid(kind, `${clusterId}${suffix}`)).toBe(theirs);
      expect((await listOrphans()).filter((orphan) => orphan.uid === theirs)).toEqual([]);
    },
  );

  it.each(['-shell', '-taskmanager-1-1'])(
    'are not read as its log, nor as its pods: %s (was possible)',
    async (suffix) => {
      const clusterId = freshId('labels');
      await startCluster({ ...session, clusterId }, target);
      const name = `${clusterId}${suffix}`;
      const spec = { ...pod.spec, containers: [{ name: 'flink-main-container', image: 'nowhere.invalid/none:1' }] };
      const metadata = { labels: labelsOf(clusterId) };
      await create('Pod', name, metadata, { spec: { ...spec, nodeSelector: {} } });
      await until(
        () => kubectl('get', 'pod', name, '-n', target, '-o', 'jsonpath={.status.containerStatuses[*].state}'),
        (state) => /ErrImage|ImagePull/.test(state),
      );
      const log = await call('GET', `${clusterPath(clusterId, target)}/logs`);
      const cluster = await call('GET', clusterPath(clusterId, target));
      await stop(clusterId, {}, target);
      await untilState(clusterId, 'STOPPED', target);

      expect(log).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(cluster.body).toMatchObject({ state: 'DEPLOYING' });
      expect(JSON.stringify(cluster.body)).not.toContain(name);
    },
  );
});

describe('objects of others with the names of a cluster', () => {
  it.each([
    ['Deployment', (id: string) => id, deploymentOf('other')],
    ['Service', (id: string) => id, service],
    ['Service', (id: string) => `${id}-rest`, service],
    ['ConfigMap', (id: string) => `flink-config-${id}`, { data: { a: 'b' } }],
  ] as const)('are not adopted by a deploy, and stay: %s', async (kind, toName, fields) => {
    const clusterId = freshId('names');
    const theirs = await create(kind, toName(clusterId), { labels: labelsOf(clusterId) }, fields);

    expect(await deploy({ ...session, clusterId }, {}, target)).toMatchObject({
      status: 409,
      body: { code: 'id-taken' },
    });
    expect(await readUid(kind, toName(clusterId))).toBe(theirs);
    await until(
      async () => (await call('GET', clusterPath(clusterId, target))).body['state'],
      (state) => state === 'FAILED',
    );
    expect(await readUid(kind, toName(clusterId))).toBe(theirs);
  });
});

describe('clusters of another stage in the same namespace', () => {
  it.each(['session', 'application'])('leave data that no %s recovers or deletes (was possible)', async (mode) => {
    const clusterId = freshId('data');
    const map = `${clusterId}-cluster-config-map`;
    const uid = await create('ConfigMap', map, { labels: labelsOf(clusterId) });
    const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' };
    const job = mode === 'application' ? { job: { jar: 'local:///opt/flink/usrlib/etl.jar' } } : {};

    expect(await deploy({ ...session, mode, ...job, clusterId, config }, {}, target)).toMatchObject({
      status: 409,
      body: { code: 'id-taken', detail: expect.stringContaining(map) as string },
    });
    expect((await call('GET', clusterPath(clusterId, target))).body).toMatchObject({ state: 'FAILED' });
    expect(await readUid('ConfigMap', map)).toBe(uid);
  });

  it('leave data that a repeated deploy does not recover either (was possible)', async () => {
    const clusterId = freshId('data');
    const map = `${clusterId}-cluster-config-map`;
    const uid = await create('ConfigMap', map, { labels: labelsOf(clusterId) });
    const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' };
    await deploy({ ...session, clusterId, config }, {}, target);

    expect(await deploy({ ...session, clusterId, config }, {}, target)).toMatchObject({
      status: 409,
      body: { code: 'id-taken', detail: expect.stringContaining(map) as string },
    });
    expect(await readUid('ConfigMap', map)).toBe(uid);
  });

  it('leave data that a purge of a cluster without high availability does not delete (was possible)', async () => {
    const clusterId = freshId('data');
    const map = `${clusterId}-cluster-config-map`;
    const uid = await create('ConfigMap', map, { labels: labelsOf(clusterId) });
    await startCluster({ ...session, clusterId }, target);
    await stop(clusterId, { ha: 'purge' }, target);
    await untilState(clusterId, 'STOPPED', target);

    expect(await readUid('ConfigMap', map)).toBe(uid);
  });

  it('leave data that the cleanup of a failed application does not delete (was possible)', async () => {
    const clusterId = freshId('data');
    const map = `${clusterId}-cluster-config-map`;
    const uid = await create('ConfigMap', map, { labels: labelsOf(clusterId) });
    await create('Service', `${clusterId}-rest`, { labels: labelsOf(clusterId) }, service);
    const job = { jar: 'local:///opt/flink/usrlib/etl.jar' };
    const countClusters = async () =>
      (await call<{ usage: { clusters: number } }>('GET', `/v1/targets/${target}/queue`)).body.usage.clusters;
    const before = await countClusters();
    const answer = await deploy({ ...session, mode: 'application', job, clusterId }, {}, target);
    // The end of the cleanup releases the cluster.
    await until(countClusters, (count) => count <= before);

    expect(answer).toMatchObject({ status: 409, body: { code: 'id-taken' } });
    expect(await readUid('ConfigMap', map)).toBe(uid);
  });

  it.each([
    ['of another stage', '000000000000/us-east-1/prod/owners'],
    ['of another target', '000000000000/us-east-1/test/other'],
    ['without a known owner', undefined],
  ])('are no orphans, and are not removed: those %s (was possible)', async (_whose, owner) => {
    const clusterId = freshId('stage');
    const annotations = { 'drey.dev/operation': 'f'.repeat(32), ...(owner && { 'drey.dev/owner': owner }) };
    const metadata = { labels: labelsOf(clusterId), annotations };
    const uid = await create('Deployment', clusterId, metadata, deploymentOf(clusterId));
    const data = await create('ConfigMap', `${clusterId}-cluster-config-map`, { labels: labelsOf(clusterId) });
    const orphans = [{ kind: 'Deployment', name: clusterId, uid }];
    const removal = await call('POST', `/v1/targets/${target}/orphans/removal`, { orphans });

    expect((await listOrphans()).filter((orphan) => [uid, data].includes(orphan.uid))).toEqual([]);
    expect(removal).toMatchObject({ status: 409, body: { code: 'wrong-state', errors: [{ pointer: '/orphans/0' }] } });
    expect(await readUid('Deployment', clusterId)).toBe(uid);
  });

  it("are orphans if Flink's own client started them", async () => {
    const clusterId = freshId('native');
    const uid = await create('Deployment', clusterId, { labels: labelsOf(clusterId) }, deploymentOf(clusterId));
    const [orphan] = (await listOrphans()).filter((one) => one.uid === uid);
    await call('POST', `/v1/targets/${target}/orphans/removal`, {
      orphans: [{ kind: 'Deployment', name: clusterId, uid }],
    });

    expect(orphan).toMatchObject({ kind: 'Deployment', name: clusterId, reason: 'NotRecorded' });
    // A deletion in the foreground takes its time.
    await until(
      () => kubectl('get', 'deployment', clusterId, '-n', target, '--ignore-not-found', '-o', 'name'),
      (name) => name === '',
    );
  });
});

describe('labels by which the objects of a cluster are found', () => {
  it.each([
    ['kubernetes.rest-service.labels', 'app:other'],
    ['kubernetes.rest-service.labels', 'team:a,type:other'],
    ['kubernetes.rest-service.labels.component', 'other'],
    ['kubernetes.internal-service.labels', '{app: other}'],
    ['kubernetes.internal-service.labels.type', 'other'],
    ['kubernetes.rest-service.labels', 'drey.dev/owner:other'],
  ])('are not replaced on Services: %s = %s (was possible)', async (key, value) => {
    const clusterId = freshId('replaced');

    expect(await deploy({ ...session, clusterId, config: { [key]: value } }, {}, target)).toMatchObject({
      status: 422,
      body: { code: 'refused-option', errors: [{ pointer: `/config/${key}` }] },
    });
    expect((await call('GET', clusterPath(clusterId, target))).status).toBe(404);
  });

  it.each(['jobmanager', 'taskmanager'])('are not replaced on the pods of the %s', async (kind) => {
    const clusterId = freshId('replaced');
    const labels = { app: 'other', type: 'other', component: 'other' };
    const config = { ...unschedulable, [`kubernetes.${kind}.labels`]: 'app:other,type:other,component:other' };
    await startCluster({ ...session, clusterId, config, podTemplates: { [kind]: { metadata: { labels } } } }, target);
    const labelled = await kubectl('get', 'deployment', '-n', target, '-l', `app=${clusterId}`, '-o', 'name');
    const template = await kubectl(
      'get',
      'deployment',
      clusterId,
      '-n',
      target,
      '-o',
      'jsonpath={.spec.template.metadata.labels}',
    );
    await stop(clusterId, {}, target);
    await untilState(clusterId, 'STOPPED', target);

    expect(labelled.trim()).toBe(`deployment.apps/${clusterId}`);
    expect(JSON.parse(template)).toMatchObject(labelsOf(clusterId));
  });
});
