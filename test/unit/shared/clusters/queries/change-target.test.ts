import { describe, expect, it } from 'vitest';

import { putTarget } from '#shared/clusters/queries/targets.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, session, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

describe('a change of a target', () => {
  const send = sendHttp;
  const clusterRef = {
    cluster: 'eks',
    region: 'eu-central-1',
    namespace: 'flink',
    defaults: {},
    limits: {},
    shares: {},
    maxQueued: 100,
    maxJarBytes: 1_000,
  };

  it('cannot move it while it has a live cluster', async () => {
    await startSession(send);

    await expect(
      putTarget('local', { ...clusterRef, namespace: 'other', locked: [] }, world.ports),
    ).rejects.toMatchObject({
      code: 'wrong-state',
    });
    await expect(putTarget('local', { ...clusterRef, locked: ['x'] }, world.ports)).resolves.toMatchObject({
      locked: ['x'],
    });
  });

  it.each([
    ['kubernetes.secrets', 'kubernetes.secrets.mine', '/mnt'],
    ['kubernetes.secrets.mine', 'kubernetes.secrets', 'mine:/mnt'],
    ['kubernetes.secrets.*', 'kubernetes.secrets', 'mine:/mnt'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.annotations', 'a:b'],
    ['kubernetes.jobmanager.annotations.a', 'kubernetes.jobmanager.annotations', 'a:b'],
    ['kubernetes.container.image', 'kubernetes.container.image.ref', 'x'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.cpu.amount', '2'],
  ])('that locks %s makes deploys reject %s', async (lock, option, value) => {
    await putTarget('local', { ...clusterRef, locked: [lock] }, world.ports);

    expect(await send('deploy', { clusterId, data: { ...session, config: { [option]: value } } }, world)).toMatchObject(
      { code: 'refused-option', pointers: [`/config/${option}`] },
    );
  });
});
