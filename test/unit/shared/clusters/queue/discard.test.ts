import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { maxReceives } from '#shared/retries.ts';
import { deliverAdmissions, deliverCommands, makeDreyRecord, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage, sendHttp } from '#test/fakes/origins.ts';
import { listDeploys } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import { getCluster, world } from '#test/unit/shared/clusters/fixture.ts';

describe('the command queue', () => {
  it('discards a command with its reason after its last attempt, so that later messages of the group are delivered', async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const first = makeSqsRecord(
      makeCommandMessage('deploy', { clusterId: 'etl', data: { mode: 'session' } }),
      'g',
      maxReceives,
    );
    const next = makeSqsRecord(makeCommandMessage('deploy', { clusterId: 'bi', data: { mode: 'session' } }), 'g');

    expect(await deliverCommands([first, next], world.ports)).toEqual([]);
    expect(world.commandQueue.deadLetters).toMatchObject([
      { group: 'g', problem: { code: 'target-unreachable', detail: 'dark' } },
    ]);
    expect(await getCluster('bi')).toMatchObject({ state: 'DEPLOYING' });
  });

  it('fails an admitted deploy that cannot be resumed, with the reason in its operation', async () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
    const http = sendHttp;
    for (const clusterId of ['one', 'two']) await http('deploy', { clusterId, data: { mode: 'session' } }, world);
    await http('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    await deliverAdmissions(['local'], world.ports);
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const [resume] = world.commandQueue.sent.splice(0);
    await deliverCommands([makeDreyRecord(resume!, maxReceives)], world.ports);

    expect(listDeploys()[1]).toMatchObject({ state: 'FAILED', problem: { code: 'target-unreachable' } });
    expect(world.commandQueue.deadLetters).toEqual([]);
    expect(world.payloads.stored.size).toBe(0);
  });
});
