import { describe, expect, it } from 'vitest';

import { deliverCommands, makeDreyRecord } from '#test/fakes/lambda.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getCluster, listOperations, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import { data, getBatch, getBatchId, listDeploys, publishVerdicts, template } from './fixture.ts';

const rollout = { savepointDirectory: 's3://bucket/savepoints', stableWithin: '1min' };
const applies = { ...data, command: 'apply', template: { ...template, rollout } };
const listApplies = () => listOperations().filter(({ kind }) => kind === 'apply');
const listItems = () => world.store.batchItems(getBatchId());

/** Runs the messages of a batch, the rollouts that they start, and the publication of their verdicts. */
const finish = async () => {
  await runQueues(world);
  await runWorkflows();
  await publishVerdicts();
};

describe.each(origins)('a batch of applies from %s', (_origin, send: Send) => {
  it('applies the spec of each row in order, and is FINISHED when all clusters run it', async () => {
    expect(await send('batch', { data: applies }, world)).toMatchObject({ outcome: 'done' });
    await runQueues(world);
    expect(getBatch()).toMatchObject({ state: 'IN_PROGRESS', phase: '2 applies sent.' });
    expect(listApplies()).toMatchObject([
      { clusterId: 'days-0', batchId: getBatchId(), batchIndex: 0 },
      { clusterId: 'days-1', batchId: getBatchId(), batchIndex: 1 },
    ]);

    await finish();

    expect(await listItems()).toMatchObject([{ verdict: 'FINISHED' }, { verdict: 'FINISHED' }]);
    expect(getBatch()).toMatchObject({ state: 'SUCCEEDED' });
    expect(await getCluster('days-1')).toMatchObject({ state: 'RUNNING', labels: { batch: 'days' } });
  });

  it('is refused when the time of its rollouts is too long', async () => {
    const long = { ...applies, template: { ...applies.template, rollout: { ...rollout, stableWithin: '2d' } } };

    expect(await send('batch', { data: long }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
    });
    expect(listOperations()).toEqual([]);
  });

  it('is done without an operation for a row whose cluster runs the spec already', async () => {
    await send('batch', { data: applies }, world);
    await finish();
    const first = getBatchId();
    const changed = { ...applies, parameters: [{ day: '2026-11-21' }, { day: '2026-11-30' }] };

    await send('batch', { data: changed }, world);
    const messages = [...world.commandQueue.sent];
    await finish();

    const second = listOperations().find(({ kind, operationId }) => kind === 'batch' && operationId !== first);
    const [unchanged, applied] = await world.store.batchItems(second?.operationId ?? '');
    expect(unchanged).toMatchObject({ verdict: 'FINISHED', message: expect.stringContaining('the same spec already') });
    expect(unchanged).not.toHaveProperty('operationId');
    expect(applied).toMatchObject({ verdict: 'FINISHED', operationId: listApplies().at(-1)?.operationId });
    expect(listApplies()).toHaveLength(3);
    expect(listOperations().find(({ operationId }) => operationId === second?.operationId)?.state).toBe('SUCCEEDED');

    for (const sent of messages) await deliverCommands([makeDreyRecord(sent)], world.ports);
    expect(await world.store.batchItems(second?.operationId ?? '')).toMatchObject([
      { verdict: 'FINISHED' },
      { verdict: 'FINISHED' },
    ]);
  });

  it('fails with the rows whose rollouts fail', async () => {
    await send('batch', { data: applies }, world);
    await finish();
    const first = getBatchId();
    world.kubernetes.cluster('days-1').flink.savepoint = () => ({ failure: 'java.io.IOException: no space' });
    const changed = { ...applies, template: { ...applies.template, config: { 'pipeline.name': 'other' } } };

    await send('batch', { data: changed }, world);
    await finish();

    const second = listOperations().find(({ kind, operationId }) => kind === 'batch' && operationId !== first);
    expect(second).toMatchObject({
      state: 'FAILED',
      problem: {
        code: 'items-failed',
        errors: [{ pointer: '/parameters/1', detail: expect.stringMatching(/no space/) }],
      },
    });
    expect(listDeploys().filter(({ clusterId }) => clusterId === 'days-0')).toHaveLength(2);
  });

  it('is rejected with every mistake of every row', async () => {
    const wrong = { ...applies.template, rollout: { stableWithin: '${param.within}' }, taskToken: '${param.token}' };
    const parameters = [
      { day: '1', within: 'soon', token: 'x' },
      { day: '2', within: '1min', token: 'x' },
    ];

    expect(await send('batch', { data: { ...applies, template: wrong, parameters } }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/template/rollout/stableWithin', '/template/taskToken'],
    });
    expect(listOperations()).toEqual([]);
  });

  it('may be of sessions, which have no program to wait for', async () => {
    const sessions = { ...applies, template: { mode: 'session', config: { 'my.option': '${param.day}' }, rollout } };

    await send('batch', { data: sessions }, world);
    await finish();

    expect(getBatch()).toMatchObject({ state: 'SUCCEEDED' });
  });
});
