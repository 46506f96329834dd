import { describe, expect, it } from 'vitest';

import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getState,
  jar,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { clicks, deploy, otherJar, stopJob, submit } from '#test/unit/shared/clusters/restore/fixture.ts';

describe('the jars of live jobs', () => {
  it('are renewed, and no other jars are', async () => {
    await deploy();
    await stopJob(await submit({ ...clicks, jar: otherJar }));
    await submit(clicks);

    await renewJars(world.ports);

    expect(world.jars.renewed).toEqual([jar]);
  });

  it('include those of the jobs that a suspended session starts again', async () => {
    await deploy();
    await stopJob(await submit({ ...clicks, jar: otherJar }));
    await submit(clicks);
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();

    await renewJars(world.ports);

    expect(await getState()).toBe('SUSPENDED');
    expect(world.jars.renewed).toEqual([jar]);
  });
});
