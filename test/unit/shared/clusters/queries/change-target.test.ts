import { describe, expect, it } from 'vitest';

import { defaultPolicy } from '#events/records/policy.ts';
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
    policy: defaultPolicy,
    limits: {},
    shares: {},
    maxQueued: 100,
    maxJarBytes: 1_000,
  };

  it('cannot move it while it has a live cluster', async () => {
    await startSession(send);

    await expect(putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    const policy = { ...defaultPolicy, denied: ['files'] };
    await expect(putTarget('local', { ...clusterRef, policy }, world.ports)).resolves.toMatchObject({ policy });
  });

  it.each([
    ['kubernetes.secrets', 'kubernetes.secrets.mine', '/mnt'],
    ['kubernetes.secrets.mine', 'kubernetes.secrets', 'mine:/mnt'],
    ['kubernetes.secrets.*', 'kubernetes.secrets', 'mine:/mnt'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.annotations', 'a:b'],
    ['kubernetes.jobmanager.annotations.a', 'kubernetes.jobmanager.annotations', 'a:b'],
    ['kubernetes.container.image', 'kubernetes.container.image.ref', 'x'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.cpu.amount', '2'],
  ])('that denies %s makes deploys reject %s', async (name, option, value) => {
    await putTarget('local', { ...clusterRef, policy: { ...defaultPolicy, denied: [name] } }, world.ports);

    expect(await send('deploy', { clusterId, data: { ...session, config: { [option]: value } } }, world)).toMatchObject(
      { code: 'refused-option', pointers: [`/config/${option}`] },
    );
  });
});
