import { describe, expect, it } from 'vitest';

import { readClusters } from '#shared/clusters/queries/clusters.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

const programJar = 'local:///opt/flink/usrlib/job.jar';
const application = { mode: 'application', job: { jar: programJar, args: ['--n', '3'] } };

describe('the list of clusters', () => {
  it('can be filtered by mode', async () => {
    const send = sendHttp;
    await send('deploy', { clusterId: 'one', data: { mode: 'session' } }, world);
    await send('deploy', { clusterId: 'two', data: application }, world);

    const { items } = await readClusters('local', { mode: 'application', limit: 10 }, world.ports);

    expect(items.map((found) => found.clusterId)).toEqual(['two']);
  });
});
