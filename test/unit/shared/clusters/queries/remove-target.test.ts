import { beforeEach, describe, expect, it } from 'vitest';

import { parse } from '#events/problems/problem.ts';
import { SpecBody } from '#events/records/specs.ts';
import type { Target } from '#events/records/target.ts';
import { targetsHandler } from '#functions/targets.ts';
import { setPaused } from '#shared/clusters/queue/queue-control.ts';
import { putSchedule } from '#shared/clusters/schedules/schedules.ts';
import { putSpec } from '#shared/clusters/schedules/specs.ts';
import { callHandler, makeHttpEvent, userArn } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

const send = sendHttp;
const newSpec = () => ({ deploy: parse(SpecBody, session), updatedBy: userArn });
let localTarget: Target;
beforeEach(() => {
  localTarget = world.targets.known.get('local')!;
});

const callTargets = (method: 'PUT' | 'DELETE', name: string, body?: unknown) =>
  callHandler(targetsHandler(world.ports), makeHttpEvent(`${method} /v1/targets/{target}`, { target: name }, { body }));
const remove = (name = 'local') => callTargets('DELETE', name);
const deploy = (clusterId = 'my', data: object = {}) =>
  send('deploy', { clusterId, data: { ...session, ...data } }, world);
const stop = async (clusterId: string) => {
  await send('stop', { clusterId }, world);
  await runWorkflows();
};

/** Makes the next command get the target from a cache. A conflict removes it from there. */
const cacheTarget = (): void => {
  const getLatest = world.targets.getLatest.bind(world.targets);
  world.targets.get = async () => {
    world.targets.get = getLatest;
    return { ...localTarget, name: 'local' };
  };
};

describe('a removed target', () => {
  it('gets no schedule and no spec from a function with a cached target', async () => {
    cacheTarget();
    await remove();
    const evening = {
      action: 'stop',
      expression: 'rate(1 hour)',
      timezone: 'UTC',
      enabled: true,
      selector: { labels: {} },
      savepoint: 'none',
      ha: 'keep',
    } as const;

    const schedule = putSchedule(
      { target: 'local', name: 'evening' },
      { definition: evening, updatedBy: userArn },
      world.ports,
    );
    await expect(schedule).rejects.toMatchObject({ code: 'not-found' });
    const spec = putSpec({ target: 'local', name: 'office' }, newSpec(), world.ports);
    await expect(spec).rejects.toMatchObject({ code: 'not-found' });

    expect([...world.timers.recurring.keys()]).toEqual([]);
    expect((await world.ports.specs.list('local', { limit: 10 })).items).toEqual([]);
  });

  it('refuses a deploy from a cached target', async () => {
    cacheTarget();
    await remove();

    expect(await deploy()).toMatchObject({ code: 'not-found' });
    expect(world.workflows.started).toEqual([]);
    expect((await world.store.queue('local')).admitted).toEqual([]);
  });

  it('is not found', async () => {
    expect(await remove()).toMatchObject({ status: 200, body: { name: 'local' } });
    expect(await deploy()).toMatchObject({ outcome: 'rejected', code: 'not-found' });
    expect(await remove()).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('keeps its records, also for a new target of the name', async () => {
    await deploy();
    await runWorkflows();
    await stop('my');

    expect(await remove()).toMatchObject({ status: 200 });
    expect((await world.store.cluster({ target: 'local', clusterId: 'my' }))?.value.state).toBe('STOPPED');
    const before = world.store.writtenTransitions.length;
    expect(await callTargets('PUT', 'local', localTarget)).toMatchObject({ status: 200 });
    expect(await deploy()).toMatchObject({ outcome: 'done' });
    expect(world.store.writtenTransitions.length).toBeGreaterThan(before);
  });

  it('starts commands when it is created again after it was paused', async () => {
    await setPaused({ target: 'local', paused: true }, world.ports);
    await remove();
    await callTargets('PUT', 'local', localTarget);

    await deploy();

    expect((await world.store.cluster({ target: 'local', clusterId: 'my' }))?.value.state).toBe('DEPLOYING');
  });
});

describe('the removal of a target is rejected', () => {
  it('while it has a live cluster, or a failed one that is not cleaned up', async () => {
    await deploy();

    expect(await remove()).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail: expect.stringMatching(/^Target local is in use: clusters my\. Stop/) },
    });
    expect(await deploy('other')).toMatchObject({ outcome: 'done' });
  });

  it('while it has queued commands', async () => {
    await setPaused({ target: 'local', paused: true }, world.ports);
    await deploy();

    expect(await remove()).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/in use: queued commands 0{20}/) },
    });
  });

  it('while it has schedules and specs, which the problem names', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      await putSpec({ target: 'local', name }, newSpec(), world.ports);
    await world.store.commit({
      schedule: {
        target: 'local',
        name: 'evening',
        previous: undefined,
        value: { name: 'evening', target: 'local' } as never,
      },
    });

    expect((await remove()).body['detail']).toContain('in use: schedules evening; specs a, b, c, d, e and 2 more. ');
  });

  it('when a deploy is recorded at the same time, and the target stays', async () => {
    const removeIt = world.targets.remove.bind(world.targets);
    world.targets.remove = async (name) => {
      await deploy();
      await removeIt(name);
    };

    expect(await remove()).toMatchObject({ status: 409 });
    expect(world.targets.known.get('local')).toEqual(localTarget);
    expect((await world.store.cluster({ target: 'local', clusterId: 'my' }))?.value.state).toBe('DEPLOYING');
  });
});

describe('a deploy from the cached entry of a removed target', () => {
  beforeEach(cacheTarget);

  it('creates nothing, and uses no capacity of a new target of the name', async () => {
    await remove();

    expect(await deploy()).toMatchObject({ outcome: 'rejected', code: 'not-found' });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect((await world.store.queue('local')).admitted).toEqual([]);
    expect(await world.store.cluster({ target: 'local', clusterId: 'my' })).toBeUndefined();
  });

  it('is not queued', async () => {
    await remove();

    expect(await deploy('my', { dependsOn: ['another'] })).toMatchObject({ outcome: 'rejected', code: 'not-found' });
    expect(world.store.queued.size).toBe(0);
  });
});
