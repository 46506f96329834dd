import { describe, expect, it } from 'vitest';

import { putTarget } from '#shared/clusters/queries/targets.ts';
import { redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { setPaused, setPriority } from '#shared/clusters/queue/queue-control.ts';
import { readQueuePage } from '#shared/clusters/queue/queue-view.ts';
import { deliverCommands, makeSqsRecord, senderId, userArn } from '#test/fakes/lambda.ts';
import { makeCommandMessage, sendHttp } from '#test/fakes/origins.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { runQueues } from '#test/fakes/world.ts';
import { data as batchData } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  jar,
  limitTarget,
  listOperations,
  savepointDirectory,
  session,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const sender = `sqs:${senderId}`;
const bob = 'arn:aws:iam::000000000000:user/bob';

describe('the principal', () => {
  it.each([
    ['submit', () => ({ jar })],
    ['cancel', (jobId: string) => ({ jobId })],
    ['savepoint', (jobId: string) => ({ jobId, directory: savepointDirectory })],
    ['extend', () => ({ ttl: '2h' })],
    ['stop', () => ({})],
    ['batch', () => batchData],
  ] as const)('of a redriven %s beside its sender is who redrove it', async (kind, dataFor) => {
    const message = makeCommandMessage(kind, { clusterId, data: dataFor(await submitJob(sendHttp)) });
    const deadLetter = { id: '1', group: 'g', body: JSON.stringify(message), principal: sender, receipt: '1' };
    world.commandQueue.deadLetters.push(deadLetter);
    await redriveDeadLetters(undefined, world.ports.withPrincipal(bob));
    await runQueues(world);

    expect(listOperations().findLast((operation) => operation.kind === kind)).toMatchObject({
      principal: sender,
      redrivenBy: bob,
    });
  });

  it('of a sender who claims to redrive a command does not count', async () => {
    const message = makeCommandMessage('deploy', { clusterId, data: session });
    const attributes = { redrivenBy: bob, principal: bob };
    await deliverCommands([makeSqsRecord(message, 'g', 1, { senderId, attributes })], world.ports);

    expect(listOperations()).toMatchObject([{ principal: sender }]);
    expect(listOperations()[0]).not.toHaveProperty('redrivenBy');
  });

  it('of a pause, of a priority and of a target is who changed it', async () => {
    const ports = world.ports.withPrincipal(bob);
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('deploy', { clusterId: 'one', data: session }, world);
    await sendHttp('deploy', { clusterId: 'two', data: session }, world);
    await runQueues(world);
    const { operationId = '' } = listOperations().at(-1) ?? {};
    await setPaused({ target: 'local', paused: true }, ports);
    await setPriority({ target: 'local', operationId, priority: 7 }, ports);
    const put = await putTarget('local', plainTarget, ports);

    expect(await readQueuePage('local', { limit: 10 }, world.ports)).toMatchObject({
      paused: { principal: bob },
      queued: [{ principal: userArn, updatedBy: bob }],
    });
    expect(put).toMatchObject({ updatedBy: bob });
    expect(await world.targets.getLatest('local')).toMatchObject({ updatedBy: bob });
  });
});
