import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { deadLettersHandler } from '#functions/dead-letters.ts';
import { redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { maxReceives } from '#shared/retries.ts';
import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { listDeploys } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import { getCluster, world } from '#test/unit/shared/clusters/fixture.ts';

describe('dead letters', () => {
  it('are listed with their reasons and redriven', async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const body = makeCommandMessage('deploy', { clusterId: 'etl', data: { mode: 'session' } });
    await deliverCommands([makeSqsRecord(body, 'g', maxReceives)], world.ports);
    const handler = deadLettersHandler(world.ports);
    const listed = await callHandler(handler, makeHttpEvent('GET /v1/dead-letters', {}));
    const missing = await callHandler(
      handler,
      makeHttpEvent('POST /v1/dead-letters/redrive', {}, { body: { ids: ['x'] } }),
    );
    await callHandler(handler, makeHttpEvent('POST /v1/dead-letters/redrive', {}, { body: {} }));
    await runQueues(world);

    expect(listed.body).toMatchObject({
      commands: [{ subject: 'targets/local/clusters/etl', code: 'target-unreachable', detail: 'dark' }],
    });
    expect(missing.status).toBe(404);
    expect(world.commandQueue.deadLetters).toEqual([]);
    expect(await getCluster('etl')).toMatchObject({ state: 'DEPLOYING' });
    expect(listDeploys().map(({ state }) => state)).toEqual(['FAILED', 'IN_PROGRESS']);
  });

  it('fail their deploy, and start one new deploy when they are redriven repeatedly', async () => {
    const data = { mode: 'session', correlationId: 'mine' };
    const body = makeCommandMessage('deploy', { clusterId: 'etl', data, key: 'nightly' });
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    await deliverCommands([makeSqsRecord(body, 'g', maxReceives)], world.ports);
    await world.workflows.runAll(world.ports);
    const given = [
      listDeploys()[0]?.state,
      listDeploys()[0]?.problem?.detail,
      (await world.store.queue('local')).admitted.length,
    ];
    await redriveDeadLetters(undefined, world.ports);
    const sent = world.commandQueue.sent[0]!.body;
    await runQueues(world);
    await deliverCommands([makeSqsRecord(sent)], world.ports);

    expect(given).toEqual(['FAILED', 'The last delivery of the command failed: dark', 0]);
    expect(listDeploys()).toHaveLength(2);
    expect(await getCluster('etl')).toMatchObject({ state: 'DEPLOYING' });
  });
});
