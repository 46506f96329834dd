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

  const roleArn = 'arn:aws:iam::111122223333:role/drey-remote';

  it.each([{ namespace: 'other' }, { cluster: 'other' }, { region: 'eu-west-1' }, { roleArn }])(
    'to %j cannot move it while it has a cluster',
    async (change) => {
      await startSession(send);

      await expect(putTarget('local', { ...clusterRef, ...change }, world.ports)).rejects.toMatchObject({
        code: 'wrong-state',
        message: expect.stringContaining('Target local has clusters etl, so its account, cluster') as string,
      });
      expect(world.targets.known.get('local')).toMatchObject({ cluster: 'eks', namespace: 'flink' });
    },
  );

  it('moves it to a free namespace, and to none that another target has', async () => {
    world.targets.known.set('other', { ...clusterRef, namespace: 'other' });

    await expect(putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports)).rejects.toMatchObject({
      code: 'namespace-taken',
    });
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'flink' });
    await putTarget('local', { ...clusterRef, namespace: 'free' }, world.ports);
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'free' });
  });

  it('does not move it when a deploy is recorded at the same time', async () => {
    const removeIt = world.targets.remove.bind(world.targets);
    world.targets.remove = async (name) => {
      await startSession(send);
      await removeIt(name);
    };

    await expect(putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'flink' });
  });

  it('keeps its options while it has a cluster', async () => {
    await startSession(send);

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
