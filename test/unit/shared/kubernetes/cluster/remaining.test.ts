import { describe, expect, it } from 'vitest';

import { kubernetesWith, object, operationId } from './fixture.ts';

const uid = 'uid-of-the-deployment';
const ownerReferences = [{ kind: 'Deployment', name: 'my', uid }];
const annotations = { 'drey.dev/operation': operationId };
/** An object that belongs to something else, although its name and its labels are those of the cluster. */
const ofOthers = (name: string) =>
  object(name, { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'my', uid: 'of-another' }] });

/** The adapter over a namespace with these objects of each kind. */
const namespaceWith = (objects: Readonly<Record<string, readonly ReturnType<typeof object>[]>>) =>
  kubernetesWith(({ method, path }) => {
    const [, plural = '', name] = /namespaces\/flink\/(\w+)(?:\/([\w-]+))?(?:\?|$)/.exec(path) ?? [];
    const items = objects[plural] ?? [];
    if (method !== 'GET' || name === undefined) return { status: 200, body: { items } };
    const found = items.find(({ metadata }) => metadata.name === name);
    return found === undefined ? { status: 404 } : { status: 200, body: found };
  });

describe('remaining', () => {
  const listNames = async (objects: Parameters<typeof namespaceWith>[0], known: { readonly uid?: string }) => {
    const { owned } = await namespaceWith(objects).kubernetes.listRemaining({ clusterId: 'my', operationId, ...known });
    return owned.map(({ kind, name }) => `${kind}/${name}`);
  };

  it('are what the Deployment owns, and what the same operation created', async () => {
    const objects = {
      deployments: [object('my', { uid, annotations })],
      replicasets: [object('my-6d5f', { ownerReferences })],
      pods: [object('my-6d5f-abcde', { annotations }), object('my-taskmanager-1-1', { ownerReferences })],
      services: [object('my-rest', { annotations })],
      configmaps: [object('flink-config-my', { ownerReferences })],
    };

    expect(await listNames(objects, { uid })).toEqual([
      'Deployment/my',
      'Service/my-rest',
      'ReplicaSet/my-6d5f',
      'Pod/my-6d5f-abcde',
      'Pod/my-taskmanager-1-1',
      'ConfigMap/flink-config-my',
    ]);
    expect(await listNames(objects, {})).toEqual(['Deployment/my', 'Service/my-rest', 'Pod/my-6d5f-abcde']);
  });

  it('are no objects of others with the same labels and names', async () => {
    const objects = {
      deployments: [object('my', { annotations: { 'drey.dev/operation': 'other' } })],
      replicasets: [ofOthers('my-6d5f')],
      pods: [
        object('my-6d5f-abcde', { ownerReferences: [{ kind: 'ReplicaSet', name: 'my-6d5f', uid: 'uid-of-my-6d5f' }] }),
        object('my-taskmanager-1-1', { ownerReferences: [{ kind: 'Deployment', name: 'my', uid: 'uid-of-my' }] }),
        object('my-shell'),
      ],
      services: [ofOthers('my-rest'), object('my')],
      configmaps: [ofOthers('my-cluster-config-map'), object('my-notes')],
    };

    expect(await listNames(objects, { uid })).toEqual([]);
  });

  it('include ConfigMaps without an owner only of high availability', async () => {
    const names = ['my-cluster-config-map', `my-${'a'.repeat(32)}-config-map`, 'my-notes', 'other-cluster-config-map'];
    const { kubernetes } = namespaceWith({ configmaps: [...names.map((name) => object(name)), ofOthers('my-x')] });

    const { owned, highAvailability } = await kubernetes.listRemaining({ clusterId: 'my', operationId, uid });

    expect(owned).toEqual([]);
    expect(highAvailability.map(({ name }) => name)).toEqual(names.slice(0, 2));
  });

  it('of high availability are deleted by their uids', async () => {
    const creationTimestamp = '2026-11-23T12:00:00Z';
    const { kubernetes, sent } = namespaceWith({
      configmaps: [object('my-cluster-config-map', { creationTimestamp })],
    });
    const { highAvailability } = await kubernetes.listRemaining({ clusterId: 'my', operationId });

    await kubernetes.removeConfigMaps(highAvailability);

    expect(highAvailability).toMatchObject([{ createdAt: creationTimestamp }]);
    expect(sent.filter(({ method }) => method === 'DELETE')).toMatchObject([
      { json: { preconditions: { uid: 'uid-of-my-cluster-config-map' } } },
    ]);
  });
});

describe('the objects of Flink clusters', () => {
  const own = '000000000000/eu-central-1/test/etl';
  const find = async (metadata: object, kind = 'services', name = 'my-rest') => {
    const labels = { app: 'my', type: 'flink-native-kubernetes' };
    const { kubernetes } = namespaceWith({ [kind]: [object(name, { labels, ...metadata })] });
    return kubernetes.listFlinkObjects();
  };
  const by = (owner: string) => ({ ...annotations, 'drey.dev/owner': owner });

  it.each([
    ['this target', by(own), false],
    ['another target', by('000000000000/eu-central-1/test/other'), true],
    ['another stage', by('000000000000/eu-central-1/prod/etl'), true],
    ['the same stage of another account', by('111122223333/eu-central-1/test/etl'), true],
    ['no known stage', annotations, true],
    ["Flink's own client", {}, false],
  ])('say that %s created them', async (_who, marks, foreign) => {
    expect(await find({ ownerReferences, annotations: marks })).toMatchObject([{ foreign, ownerUid: uid }]);
  });

  it.each([
    ['a Service without an owner', {}, 'services', 'my-rest'],
    ['a Service of another kind of owner', { ownerReferences: [{ kind: 'Kafka', name: 'my', uid }] }, 'services', 'my'],
    [
      'a Service of another Deployment',
      { ownerReferences: [{ kind: 'Deployment', name: 'web', uid }] },
      'services',
      'my',
    ],
    ['a ConfigMap without an owner', {}, 'configmaps', 'my-notes'],
  ])('do not include %s', async (_what, metadata, kind, name) => {
    expect(await find(metadata, kind, name)).toEqual([]);
  });
});
