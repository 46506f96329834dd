import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { addOwnerReference, toDocuments } from '#shared/flink/manifests/manifests.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { render } from './fixture.ts';

describe('the namespace', () => {
  it('is that of the target, not that of its defaults', () => {
    const input = { mode: 'session', clusterId: 'x', namespace: 'default', config: {} } as const;

    const { config } = renderCluster({ ...input, defaults: { 'kubernetes.namespace': 'other' } });

    expect(config['kubernetes.namespace']).toEqual({ value: 'default', from: 'drey' });
  });
});

describe('the documents', () => {
  it('are the objects in the order of their creation, with the Deployment as their owner', () => {
    const documents = parseAllDocuments(toDocuments(render())).map((document): unknown => document.toJS());

    expect(documents).toMatchObject([
      { kind: 'Deployment' },
      ...['Service', 'Service', 'ConfigMap'].map((kind) => ({ kind, metadata: { ownerReferences: [{ uid: 'UID' }] } })),
    ]);
  });
});

describe('a dependent object', () => {
  it('is owned by its Deployment', () => {
    const { service } = render();

    const owned = addOwnerReference(service, { name: 'nest', uid: '42' });

    expect(owned.spec).toEqual(service.spec);
    expect(owned.metadata).toEqual({
      name: 'nest-rest',
      namespace: 'trees',
      labels: { app: 'nest', type: 'flink-native-kubernetes' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'nest',
          uid: '42',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
  });
});
