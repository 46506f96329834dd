import { describe, expect, it } from 'vitest';

import type { Request } from '#shared/kubernetes/api/exchange.ts';

import { deployments, type Handler, kubernetesWith, lines, manifests, object, operationId, stage } from './fixture.ts';

describe('apply', () => {
  /** A server on which one object exists. */
  const withExisting = (path: string, existing: object): Handler => {
    const collection = path.slice(0, path.lastIndexOf('/'));
    const name = path.slice(path.lastIndexOf('/') + 1);
    return ({ method, path: asked, json }) => {
      const named = (json as { metadata?: { name?: string } } | undefined)?.metadata?.name;
      if (method === 'POST' && asked.replace('?fieldValidation=Strict', '') === collection && named === name)
        return { status: 409 };
      if (method === 'POST') return { status: 201, body: object(named ?? '') };
      if (method === 'GET' && asked === path) return { status: 200, body: existing };
      if (method === 'GET' && asked.includes('?')) return { status: 200, body: { items: [] } };
      return { status: method === 'GET' ? 404 : 200 };
    };
  };
  const rest = '/api/v1/namespaces/flink/services/my-rest';

  it('creates without reading, marks all objects and the pods of the JobManager, and makes the Deployment their owner', async () => {
    const { kubernetes, sent } = kubernetesWith(({ json }) => ({
      status: 201,
      body: object((json as { metadata: { name: string } }).metadata.name),
    }));

    const { uid } = await kubernetes.apply(manifests, operationId);

    expect(uid).toBe('uid-of-my');
    expect(lines(sent)).toEqual([
      `POST ${deployments}`,
      'POST /api/v1/namespaces/flink/services',
      'POST /api/v1/namespaces/flink/services',
      'POST /api/v1/namespaces/flink/configmaps',
    ]);
    const annotations = { 'drey.dev/operation': operationId, 'drey.dev/owner': `${stage}/etl` };
    for (const { json } of sent) expect(json).toMatchObject({ metadata: { annotations } });
    expect(sent[0]?.json).toMatchObject({
      spec: { template: { metadata: { annotations: { 'drey.dev/operation': operationId } } } },
    });
    const owners = sent
      .slice(1)
      .map(({ json }) => (json as { metadata: { ownerReferences: unknown[] } }).metadata.ownerReferences);
    expect(new Set(owners.map((owner) => JSON.stringify(owner))).size).toBe(1);
    expect(owners[0]).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'my',
        uid: 'uid-of-my',
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  });

  it('continues with the objects that it created before', async () => {
    const annotations = { 'drey.dev/operation': operationId };
    const { kubernetes } = kubernetesWith(
      withExisting(`${deployments}/my`, object('my', { uid: 'earlier', annotations })),
    );

    await expect(kubernetes.apply(manifests, operationId)).resolves.toEqual({ uid: 'earlier' });
  });

  it.each([201, 409])('tells that the creation was sent again when the last answer is %i', async (status) => {
    const annotations = { 'drey.dev/operation': operationId };
    const { kubernetes } = kubernetesWith(({ method, path }) => {
      const isCreation = method === 'POST' && path.startsWith(deployments);
      const found = object('my', { uid: 'twice', annotations });
      if (isCreation) return { status, isRepeated: true, body: found };
      return { status: method === 'POST' ? 201 : 200, body: found };
    });

    await expect(kubernetes.apply(manifests, operationId)).resolves.toEqual({ uid: 'twice', isRepeated: true });
  });

  it('tells that the creation of an object that the Deployment owns was sent again', async () => {
    const { kubernetes } = kubernetesWith(({ path }) => ({
      status: 201,
      ...(path.endsWith('/configmaps') && { isRepeated: true as const }),
      body: object('my'),
    }));

    await expect(kubernetes.apply(manifests, operationId)).resolves.toEqual({ uid: 'uid-of-my', isRepeated: true });
  });

  it('accepts an object that its Deployment owns', async () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'uid-of-my' }];
    const { kubernetes, sent } = kubernetesWith(withExisting(rest, object('my-rest', { ownerReferences })));

    await kubernetes.apply(manifests, operationId);

    expect(lines(sent)).not.toContain(`DELETE ${deployments}/my`);
  });

  it.each([
    ['that Drey did not deploy', {}, 'id-taken', 'was not deployed by Drey'],
    [
      'of another operation',
      { annotations: { 'drey.dev/operation': 'other' } },
      'id-taken',
      'belongs to operation other',
    ],
    ['that is being deleted', { deletionTimestamp: '2026-11-23T12:00:00Z' }, 'not-ready', 'still being removed'],
    [
      'of its own that is being deleted',
      { annotations: { 'drey.dev/operation': operationId }, deletionTimestamp: '2026-11-23T12:00:00Z' },
      'id-taken',
      'is being deleted',
    ],
  ])('rejects a Deployment %s, and changes nothing', async (_, metadata, code, message) => {
    const { kubernetes, sent } = kubernetesWith(withExisting(`${deployments}/my`, object('my', metadata)));

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });

    expect(lines(sent)).toEqual([`POST ${deployments}`, `GET ${deployments}/my`]);
  });

  it('waits until the objects of an earlier incarnation are gone, and keeps its Deployment', async () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'of-yesterday' }];
    const { kubernetes, sent } = kubernetesWith(withExisting(rest, object('my-rest', { ownerReferences })));

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({ code: 'not-ready' });

    expect(lines(sent).filter((line) => !/^(POST|GET)/.test(line))).toEqual([]);
  });

  it('names its Deployment, and removes nothing, when another owner has a name', async () => {
    const isDeployment = ({ method, path }: Request) => method === 'GET' && path === `${deployments}/my`;
    const others = withExisting(rest, object('my-rest'));
    const { kubernetes, sent } = kubernetesWith((request) =>
      isDeployment(request) ? { status: 200, body: object('my') } : others(request),
    );

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({
      code: 'id-taken',
      uid: 'uid-of-my',
    });

    expect(sent.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('keeps its Deployment for a retry after a transient failure', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path, json }) =>
      path.endsWith('/services')
        ? { status: 503 }
        : { status: 201, body: object((json as { metadata: { name: string } }).metadata.name) },
    );

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({
      code: 'target-unreachable',
    });

    expect(lines(sent).every((line) => line.startsWith('POST'))).toBe(true);
  });
});
