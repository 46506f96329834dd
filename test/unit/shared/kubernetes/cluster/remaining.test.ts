import { describe, expect, it } from 'vitest';

import { kubernetesWith, object } from './fixture.ts';

describe('remaining', () => {
  it('lists owned objects, and ConfigMaps without an owner only of high availability', async () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'u' }];
    const { kubernetes } = kubernetesWith(({ path }) => {
      if (path.includes('/configmaps?')) {
        const names = [
          'my-cluster-config-map',
          `my-${'a'.repeat(32)}-config-map`,
          'my-notes',
          'other-cluster-config-map',
        ];
        return {
          status: 200,
          body: { items: [object('flink-config-my', { ownerReferences }), ...names.map((name) => object(name))] },
        };
      }
      if (path.includes('/services?'))
        return { status: 200, body: { items: [object('my-rest', { ownerReferences }), object('by-hand')] } };
      if (path.endsWith('/services/my-rest')) return { status: 200, body: object('my-rest', { ownerReferences }) };
      return path.includes('?') ? { status: 200, body: { items: [] } } : { status: 404 };
    });

    const { owned, highAvailability } = await kubernetes.listRemaining('my');

    expect(owned).toEqual([
      { kind: 'Service', name: 'my-rest' },
      { kind: 'ConfigMap', name: 'flink-config-my' },
    ]);
    expect(highAvailability.map(({ name }) => name)).toEqual([
      'my-cluster-config-map',
      `my-${'a'.repeat(32)}-config-map`,
    ]);
  });
});
