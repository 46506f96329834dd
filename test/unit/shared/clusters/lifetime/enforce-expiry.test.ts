import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { reconcile, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import { hour, startSession } from './fixture.ts';

describe('a reconcile pass with an error in one cluster', () => {
  it('continues with the other clusters', async () => {
    await startSession({ ttl: '1h' });
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await runWorkflows();
    world.kubernetes.cluster('other').flink.addJob('a'.repeat(32));
    world.timers.oneTime.clear();
    world.passTime(hour);
    world.ports.workflows.start = async () => {
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    };

    await reconcile();

    expect([...world.store.jobRecords.values()]).toMatchObject([{ value: { clusterId: 'other' } }]);
  });
});
