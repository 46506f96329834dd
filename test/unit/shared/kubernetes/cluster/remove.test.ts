import { describe, expect, it } from 'vitest';

import type { Request } from '#shared/kubernetes/api/exchange.ts';

import { type Handler, kubernetesWith, object, operationId } from './fixture.ts';

const uid = 'uid-of-the-deployment';
const annotations = { 'drey.dev/operation': operationId };
const ownedBy = (kind: string, name: string, owner: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: owner }],
});
const taskManager = (name: string, owner: string, more: object = {}) =>
  object(name, { labels: { component: 'taskmanager' }, ...ownedBy('Deployment', 'my', owner), ...more });

type Objects = Readonly<Record<string, readonly ReturnType<typeof object>[]>>;

/** A namespace with these objects of each kind, in which nothing is ever gone. */
const removeFrom = async (
  objects: Objects,
  { known = { uid }, answer }: { readonly known?: { readonly uid?: string }; readonly answer?: Handler } = {},
) => {
  const { kubernetes, sent } = kubernetesWith((request) => {
    const { method, path } = request;
    const [, plural = '', name] = /namespaces\/flink\/(\w+)(?:\/([\w-]+))?(?:\?|$)/.exec(path) ?? [];
    if (method === 'DELETE') return answer?.(request) ?? { status: 200, body: {} };
    const items = objects[plural] ?? [];
    if (name === undefined) return { status: 200, body: { items } };
    const found = items.find(({ metadata }) => metadata.name === name);
    return found === undefined ? { status: 404 } : { status: 200, body: found };
  });
  const removal = await kubernetes.remove({ clusterId: 'my', operationId, ...known });
  const deleted = sent.filter(({ method }) => method === 'DELETE');
  return { removal, deleted, reads: sent.length - deleted.length };
};
const namesOf = (deleted: readonly Request[]) => deleted.map(({ path }) => path.replace(/^.*\/(\w+\/[\w-]+)$/, '$1'));

const whole: Objects = {
  deployments: [object('my', { uid, annotations })],
  replicasets: [object('my-6d5f', { annotations, ...ownedBy('Deployment', 'my', uid) })],
  pods: [
    taskManager('my-taskmanager-1-1', uid),
    object('my-6d5f-abcde', { annotations, ...ownedBy('ReplicaSet', 'my-6d5f', 'uid-of-my-6d5f') }),
  ],
  services: [object('my', { uid: 'uid-of-my-service', annotations }), object('my-rest', { annotations })],
  configmaps: [object('flink-config-my', { annotations })],
};

describe('a removal', () => {
  it('deletes controllers before their pods, and the JobManager before the TaskManagers, each once', async () => {
    const { deleted } = await removeFrom(whole);

    expect(namesOf(deleted)).toEqual([
      'deployments/my',
      'services/my',
      'services/my-rest',
      'replicasets/my-6d5f',
      'configmaps/flink-config-my',
      'pods/my-6d5f-abcde',
      'pods/my-taskmanager-1-1',
    ]);
  });

  it('deletes each object by its uid and in the background', async () => {
    const { removal, deleted } = await removeFrom(whole);

    const options = removal.owned.map((object) => ({
      propagationPolicy: 'Background',
      preconditions: { uid: object.uid },
    }));
    expect(removal).toMatchObject({ isReplaced: false });
    expect(options).toHaveLength(7);
    expect(new Set(deleted.map(({ json }) => JSON.stringify(json)))).toEqual(
      new Set(options.map((one) => JSON.stringify(one))),
    );
  });

  it('leaves pods alone that end already', async () => {
    const ending = taskManager('my-taskmanager-1-1', uid, { deletionTimestamp: '2026-11-23T12:00:00Z' });
    const { removal, deleted } = await removeFrom({ pods: [ending] });

    expect(namesOf(deleted)).toEqual([]);
    expect(removal.owned).toMatchObject([{ name: 'my-taskmanager-1-1' }]);
  });

  it('leaves an object to the garbage collector that has another owner, too', async () => {
    const ownerReferences = [
      { kind: 'Deployment', name: 'my', uid },
      { kind: 'Job', name: 'other', uid: 'of-another' },
    ];
    const { deleted } = await removeFrom({ configmaps: [object('shared', { ownerReferences })] });

    expect(namesOf(deleted)).toEqual([]);
  });

  it('finds the TaskManagers of a Deployment that is gone, although its uid is not recorded', async () => {
    const { removal, deleted } = await removeFrom({ pods: [taskManager('my-taskmanager-1-1', uid)] }, { known: {} });

    expect(removal).toMatchObject({ owned: [{ kind: 'Pod', name: 'my-taskmanager-1-1' }], isReplaced: false });
    expect(namesOf(deleted)).toEqual(['pods/my-taskmanager-1-1']);
  });

  it('finds the JobManager of an earlier incarnation whose ReplicaSet is gone', async () => {
    const pod = (name: string, owner: string) =>
      object(name, {
        annotations: { 'drey.dev/operation': 'earlier' },
        ...ownedBy('ReplicaSet', 'my-6d5f', owner),
      });
    const { removal, deleted } = await removeFrom({
      deployments: [object('my', { annotations: { 'drey.dev/operation': 'other' } })],
      replicasets: [object('my-6d5f', { uid: 'current', ...ownedBy('Deployment', 'my', 'uid-of-my') })],
      pods: [pod('my-6d5f-kept', 'current'), pod('my-6d5f-gone', 'uid-of-an-earlier-one')],
    });

    expect(removal.owned).toMatchObject([{ kind: 'Pod', name: 'my-6d5f-gone' }]);
    expect(namesOf(deleted)).toEqual(['pods/my-6d5f-gone']);
  });

  it.each([
    ['of another API', { apiVersion: 'example.com/v1', kind: 'ReplicaSet', name: 'my-6d5f' }],
    ['of another name', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'other-6d5f' }],
    ['of a name that no selector takes', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a,b=c' }],
    ['of another kind', { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'my' }],
  ])('does not touch a pod whose owner is gone: %s', async (_what, owner) => {
    const pod = object('evil', { ownerReferences: [{ ...owner, uid: 'gone' }] });
    const { removal, deleted } = await removeFrom({ pods: [pod] });

    expect(removal.owned).toEqual([]);
    expect(namesOf(deleted)).toEqual([]);
  });

  it('reads the owners of thousands of pods with one request for each kind', async () => {
    const few = await removeFrom({ pods: [object('my-pod', ownedBy('ReplicaSet', 'my-0', 'uid-0'))] });
    const pods = Array.from({ length: 300 }, (_, index) =>
      object(`my-pod-${index}`, ownedBy('ReplicaSet', `my-${index}`, `uid-${index}`)),
    );
    const many = await removeFrom({ pods });

    expect(many.removal.owned).toHaveLength(300);
    expect(many.reads).toBe(few.reads);
  });

  it('finds the pods of a ReplicaSet that have no annotation', async () => {
    const pod = object('my-6d5f-abcde', ownedBy('ReplicaSet', 'my-6d5f', 'uid-of-my-6d5f'));
    const { deleted } = await removeFrom({ ...whole, pods: [pod] });

    expect(namesOf(deleted)).toContain('pods/my-6d5f-abcde');
  });

  it('does not touch a cluster that has taken the name, and removes what is left of its own', async () => {
    const { removal, deleted } = await removeFrom({
      deployments: [object('my', { annotations: { 'drey.dev/operation': 'other' } })],
      pods: [taskManager('my-taskmanager-1-1', 'uid-of-my'), taskManager('my-taskmanager-1-2', uid)],
      services: [object('my-rest', ownedBy('Deployment', 'my', 'uid-of-my'))],
    });

    expect(namesOf(deleted)).toEqual(['pods/my-taskmanager-1-2']);
    expect(removal).toMatchObject({ owned: [{ name: 'my-taskmanager-1-2' }], isReplaced: true });
  });

  it('leaves ReplicaSets and pods to the garbage collector if the Role does not permit their deletion', async () => {
    const refuse = (plurals: RegExp) =>
      removeFrom(whole, { answer: ({ path }) => ({ status: plurals.test(path) ? 403 : 200, body: {} }) });

    expect((await refuse(/replicasets|pods/)).removal.owned).toHaveLength(7);
    await expect(refuse(/deployments/)).rejects.toMatchObject({ code: 'target-refused' });
    await expect(refuse(/services/)).rejects.toMatchObject({ code: 'target-refused' });
  });
});
