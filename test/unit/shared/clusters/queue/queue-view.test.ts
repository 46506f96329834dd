import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  callQueue,
  deploy,
  findOperationId,
  readOperation,
  settle,
} from '#test/unit/shared/clusters/admission/fixture.ts';
import { getState, limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';

describe('the queue view', () => {
  const send = sendHttp;

  it('lists queued commands, usage and limits', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one', { labels: { team: 'etl' } });
    await deploy(send, 'two', { labels: { team: 'bi' }, priority: 3 });

    expect((await callQueue('GET', '')).body).toMatchObject({
      target: 'local',
      limits: { clusters: 1 },
      usage: { clusters: 1, jobs: 0, cpu: 1 },
      teams: [{ team: 'etl', usage: { clusters: 1 } }],
      queued: [
        {
          position: 1,
          clusterId: 'two',
          team: 'bi',
          priority: 3,
          reason: 'WaitingForQuota',
          message: 'The target uses 1 of 1 clusters; the command requests 1.',
        },
      ],
    });
  });

  it('changes the priority of a command', async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    const answer = await callQueue('PUT', '/{operationId}', { operationId: findOperationId('three') }, { priority: 9 });
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await settle();

    expect(answer).toMatchObject({ status: 200, body: { state: 'QUEUED', position: 1 } });
    expect([await getState('two'), await getState('three')]).toEqual(['QUEUED', 'RUNNING']);
  });

  it('pauses starts, and resumes them', async () => {
    await callQueue('PUT', '', {}, { paused: true });
    await deploy(send, 'one');
    await settle();
    const before = [await getState('one'), (await callQueue('GET', '')).body];
    await callQueue('PUT', '', {}, { paused: false });
    await settle();

    expect(before).toMatchObject(['QUEUED', { paused: { since: expect.any(String) }, queued: [{ reason: 'Paused' }] }]);
    expect(await getState('one')).toBe('RUNNING');
  });

  it.each([
    ['PUT', '/{operationId}', { priority: 1 }],
    ['POST', '/{operationId}/cancel', undefined],
  ])('rejects a command that is not queued: %s %s', async (method, path, body) => {
    await deploy(send, 'one');

    expect(await callQueue(method, path, { operationId: findOperationId('one') }, body)).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail: 'The deploy of one in target local is IN_PROGRESS. It is not queued.' },
    });
    expect(await callQueue(method, path, { operationId: 'f'.repeat(32) }, body)).toMatchObject({ status: 404 });
  });

  it('reads the queue once within some seconds for all operations, and not at all for a new command', async () => {
    limitTarget({ limits: { clusters: 1 } });
    let reads = 0;
    const readQueue = world.store.queue.bind(world.store);
    world.store.queue = async (target) => {
      reads += 1;
      return readQueue(target);
    };
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    const entering = reads;
    const positions = [await readOperation(findOperationId('two')), await readOperation(findOperationId('three'))];
    const asking = reads;
    world.passTime(6);
    await readOperation(findOperationId('two'));

    expect(positions.map(({ position }) => position)).toEqual([1, 2]);
    expect([entering, asking, reads]).toEqual([0, 1, 2]);
  });
});
