import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problem.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getLastOperation,
  reconcile,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('a stop that failed after a part of its work', () => {
  const send = sendHttp;

  it('is retried with its options', async () => {
    await startSession(send);
    world.kubernetes.failNext('remove', new Fault('target-refused', 'the role may not delete deployments'));
    await send('stop', { clusterId, data: { ha: 'purge' } }, world);
    await runWorkflows();
    const failed = getLastOperation();
    world.passTime(600);
    await reconcile();
    await runWorkflows();

    expect(failed).toMatchObject({ kind: 'stop', state: 'FAILED', problem: { code: 'target-refused' } });
    expect(getLastOperation()).toMatchObject({
      origin: 'reconciler',
      state: 'SUCCEEDED',
      request: { kind: 'stop', data: { ha: 'purge' } },
    });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });
});
