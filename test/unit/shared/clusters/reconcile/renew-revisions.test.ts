import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { renewRevisions } from '#shared/clusters/reconcile/renew-revisions.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, clusterRef, runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;

const deploy = async () => {
  await sendHttp('deploy', { clusterId, data: session }, world);
  await runWorkflows();
};
const stop = async () => {
  await sendHttp('stop', { clusterId }, world);
  await runWorkflows();
};
/** Runs the maintenance each hour. */
const passDays = async (days: number) => {
  for (let hour = 0; hour < days * 24; hour += 1) {
    world.passTime(hourSeconds);
    await renewRevisions(world.ports);
  }
};
const listNumbers = async () =>
  (await world.store.revisions(clusterRef, { after: 0 })).items.map(({ value }) => value.number);

describe('the revisions of a live cluster', () => {
  it('are kept as long as it lives, and renewed once a week', async () => {
    await deploy();
    await passDays(100);

    expect(await listNumbers()).toEqual([1]);
    expect(world.revisionSpecs.renewed).toHaveLength(14);
  });

  it('are kept for at least 30 days after its end', async () => {
    await deploy();
    await passDays(13.9);
    await stop();
    await passDays(30);
    expect(await listNumbers()).toEqual([1]);
    await passDays(8);

    expect(await listNumbers()).toEqual([]);
  });

  it('are those of earlier incarnations, too', async () => {
    await deploy();
    await stop();
    await passDays(36.9);
    await deploy();
    world.passTime(hourSeconds / 2);
    await renewRevisions(world.ports);
    await passDays(10);

    expect(await listNumbers()).toEqual([2, 1]);
  });

  it('are the last 20', async () => {
    for (let count = 0; count < 21; count += 1) {
      await deploy();
      await stop();
    }
    await deploy();
    world.passTime(7 * daySeconds + 60);
    await renewRevisions(world.ports);

    expect(world.revisionSpecs.renewed).toHaveLength(20);
    world.passTime(31 * daySeconds);
    expect((await listNumbers()).at(-1)).toBe(3);
  });

  it('are not renewed without their spec, and a failure spares those of others', async () => {
    await deploy();
    await sendHttp('deploy', { clusterId: 'other', data: session }, world);
    await runWorkflows();
    world.revisionSpecs.stored.delete((await world.store.cluster(clusterRef))!.value.operationId);
    const renew = world.revisionSpecs.renew.bind(world.revisionSpecs);
    world.revisionSpecs.renew = async (operationId) => {
      const isRenewed = await renew(operationId);
      if (isRenewed) throw new Fault('deadline-exceeded', 'no answer');
      return isRenewed;
    };
    world.passTime(7 * daySeconds + 60);
    await renewRevisions(world.ports);

    expect(world.revisionSpecs.renewed).toHaveLength(2);
    expect(await world.store.revision(clusterRef, 1)).toMatchObject({ version: 1 });
  });
});
