import { describe, expect, it } from 'vitest';

import { type Send, sendHttp } from '#test/fakes/origins.ts';
import { clusterId, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

const getDeployId = () => [...world.store.operations.values()][0]?.value.operationId ?? '';

describe('the objects that a failed deploy left', () => {
  const send = sendHttp;

  it('are removed by the next deploy of the id, which can be retried', async () => {
    await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runWorkflows();
    const { uid } = world.kubernetes.cluster(clusterId);
    await send('stop', { clusterId }, world);
    await runWorkflows();
    // The Deployment still exists, because its removal failed.
    world.kubernetes.clusters.set(clusterId, {
      ...world.kubernetes.cluster(await leftover(send)),
      uid,
      operationId: getDeployId(),
    });

    const first = await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runWorkflows();
    const second = await send('deploy', { clusterId, data: { mode: 'session' } }, world);

    expect(first).toMatchObject({ code: 'not-ready' });
    expect(second).toMatchObject({ outcome: 'done' });
  });

  it('delay the next deploy of the id while a pod of them is left', async () => {
    await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    const [pod] = await world.kubernetes.listPods([clusterId]);
    await send('stop', { clusterId }, world);
    await runWorkflows();
    world.kubernetes.foreignPods.push(pod!);

    const first = await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runWorkflows();
    world.kubernetes.foreignPods.pop();
    const second = await send('deploy', { clusterId, data: { mode: 'session' } }, world);

    expect(first).toMatchObject({ code: 'not-ready', detail: expect.stringContaining(pod?.name ?? '?') as string });
    expect(second).toMatchObject({ outcome: 'done' });
  });

  /** A Deployment whose fields the test overwrites. */
  const leftover = async (by: Send) => {
    await by('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    return 'other';
  };
});
