import { describe, expect, it } from 'vitest';

import { cancelQueued } from '#shared/clusters/queue/queue-control.ts';
import { deliverCommands, makeDreyRecord } from '#test/fakes/lambda.ts';
import { origins, type Send, sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getCluster, listOperations, world } from '#test/unit/shared/clusters/fixture.ts';

import { data, getBatch, getBatchId, listDeploys, template } from './fixture.ts';

describe.each(origins)('a batch from %s', (_origin, send: Send) => {
  it('starts an application for each row, with the parameters of the row', async () => {
    const outcome = await send('batch', { data }, world);
    await runQueues(world);

    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(getBatch()).toMatchObject({ state: 'IN_PROGRESS', clusterId: 'days' });
    expect(listDeploys()).toMatchObject([
      { clusterId: 'days-0', batchId: getBatchId(), batchIndex: 0 },
      { clusterId: 'days-1', batchId: getBatchId(), batchIndex: 1 },
    ]);
    expect(await getCluster('days-1')).toMatchObject({ mode: 'application', labels: { batch: 'days' } });
    expect(JSON.stringify(world.kubernetes.cluster('days-1').manifests)).toContain('2026-11-22');
    expect(JSON.stringify(world.kubernetes.cluster('days-1').manifests)).toContain('--row=1');
  });

  it('starts nothing twice when its messages are delivered again', async () => {
    await send('batch', { data }, world);
    const messages = [...world.commandQueue.sent];
    await runQueues(world);
    for (const sent of messages) await deliverCommands([makeDreyRecord(sent)], world.ports);

    expect(listDeploys()).toHaveLength(2);
    expect(world.bus.rejected).toEqual([]);
  });

  it('is rejected for mistakes in its name and in its rows, each named once', async () => {
    const outcome = await send('batch', { data: { ...data, name: 'Days', parameters: [{ day: '1' }, {}] } }, world);

    expect(outcome).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/name', '/template/job/args/1'],
    });
    expect(listOperations()).toEqual([]);
  });

  it('is rejected with every mistake of every row, and starts nothing', async () => {
    const wrong = {
      ...data,
      template: {
        ...template,
        clusterId: '${param.id}',
        config: { 'taskmanager.numberOfTaskSlots': '${param.slots}' },
      },
      parameters: [
        { day: 0, id: 'a', slots: 2 },
        { day: 1, id: 'a', slots: 2 },
        { day: 2, id: 'b', slots: 'many' },
        { day: 3, id: 'c' },
      ],
    };

    expect(await send('batch', { data: wrong }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: [
        '/template/clusterId',
        '/template/config/taskmanager.numberOfTaskSlots',
        '/template/config/taskmanager.numberOfTaskSlots',
      ],
    });
    expect(listOperations()).toEqual([]);
    expect(world.commandQueue.sent).toEqual([]);
  });

  it.each([
    ['of sessions', { template: { mode: 'session' } }, '/template/mode'],
    ['without rows', { parameters: [] }, '/parameters'],
    ['with a task token for each row', { template: { ...template, taskToken: 'x' } }, '/template/taskToken'],
  ])('cannot be %s', async (_what, fields, pointer) => {
    expect(await send('batch', { data: { ...data, ...fields } }, world)).toMatchObject({
      outcome: 'rejected',
      pointers: expect.arrayContaining([pointer]),
    });
  });
});

describe('a batch that is canceled', () => {
  const send = sendHttp;
  const limited = () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
  };
  const rows = (count: number) => ({ ...data, parameters: Array.from({ length: count }, (_, day) => ({ day })) });

  it('cancels its queued items and its undelivered messages, and keeps the running applications', async () => {
    limited();
    await send('batch', { data: rows(4) }, world);
    const late = world.commandQueue.sent.pop()!;
    await runQueues(world);
    const canceled = await cancelQueued({ target: 'local', operationId: getBatchId() }, world.ports);
    await deliverCommands([makeDreyRecord(late)], world.ports);

    expect(canceled).toBe(3);
    expect(getBatch()).toMatchObject({ state: 'CANCELED', problem: { code: 'canceled' } });
    expect(listDeploys().map(({ state }) => state)).toEqual(['IN_PROGRESS', 'CANCELED', 'CANCELED']);
    expect(world.bus.rejected).toMatchObject([
      { rejection: { problem: { code: 'canceled', detail: 'Batch days of this command is CANCELED.' } } },
    ]);
    expect((await world.store.batchItems(getBatchId())).at(-1)).toMatchObject({ batchIndex: 3, verdict: 'CANCELED' });
    expect(world.payloads.stored.size).toBe(0);
  });

  it('stays in progress when all of its items run', async () => {
    await send('batch', { data }, world);
    await runQueues(world);

    const canceled = cancelQueued({ target: 'local', operationId: getBatchId() }, world.ports);

    await expect(canceled).rejects.toMatchObject({ code: 'wrong-state' });
    expect(getBatch()).toMatchObject({ state: 'IN_PROGRESS' });
  });
});
