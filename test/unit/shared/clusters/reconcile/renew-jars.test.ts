import { describe, expect, it } from 'vitest';

import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { jar, world } from '#test/unit/shared/clusters/fixture.ts';
import { clicks, deploy, otherJar, stopJob, submit } from '#test/unit/shared/clusters/restore/fixture.ts';

describe('the jars of live jobs', () => {
  it('are renewed, and no other jars are', async () => {
    await deploy();
    await stopJob(await submit({ ...clicks, jar: otherJar }));
    await submit(clicks);

    await renewJars(world.ports);

    expect(world.jars.renewed).toEqual([jar]);
  });
});
