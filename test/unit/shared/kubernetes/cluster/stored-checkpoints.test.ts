import { describe, expect, it } from 'vitest';

import { kubernetesWith, object } from './fixture.ts';

const jobId = 'a'.repeat(32);
const name = `my-${jobId}-config-map`;
const toKey = (number: number) => `checkpointID-${String(number).padStart(19, '0')}`;

const find = (map: object | undefined) =>
  kubernetesWith(({ path }) =>
    path.endsWith(`/configmaps/${name}`) && map !== undefined ? { status: 200, body: map } : { status: 404 },
  ).kubernetes.findStoredCheckpoints('my', jobId);

describe('the checkpoints that high availability has of a job', () => {
  it('end with the one of the greatest number', async () => {
    const data = { [toKey(9)]: 'x', [toKey(42)]: 'x', counter: '44', [`checkpointID-${'9'.repeat(19)}`]: 'x' };

    expect(await find({ ...object(name), data })).toEqual({ last: 42 });
  });

  it.each([[undefined], [{}], [{ counter: '1' }]])('are none in %j', async (data) => {
    expect(await find({ ...object(name), data })).toEqual({ last: undefined });
  });

  it('are not known without the ConfigMap, or when something owns it', async () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'my', uid: 'u' }];

    expect(await find(undefined)).toBeUndefined();
    expect(await find({ ...object(name, { ownerReferences }), data: { [toKey(1)]: 'x' } })).toBeUndefined();
  });
});
