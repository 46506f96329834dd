import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { operationHandler } from '#functions/operation.ts';
import { maxReceives } from '#shared/retries.ts';
import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage, sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { data, getBatch, listDeploys, publishVerdicts } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import { getCluster, world } from '#test/unit/shared/clusters/fixture.ts';

describe('verdicts', () => {
  const send = sendHttp;

  it('are published with the correlation id of the caller, and complete its task', async () => {
    const fields = { mode: 'session', correlationId: 'mine', taskToken: 'token' };
    await send('deploy', { clusterId: 'etl', data: fields }, world);
    await world.workflows.runAll(world.ports);
    await publishVerdicts();

    expect(world.bus.published).toMatchObject([
      { type: 'Flink Command Finished', detail: { kind: 'deploy', verdict: 'FINISHED', correlationId: 'mine' } },
    ]);
    expect(world.callbacks.completed).toMatchObject([{ taskToken: 'token' }]);
    expect(listDeploys()[0]).not.toHaveProperty('taskToken');
    const { body } = await callHandler(
      operationHandler(world.ports),
      makeHttpEvent('GET /v1/targets/{target}/operations/{operationId}', {
        target: 'local',
        operationId: listDeploys()[0]?.operationId ?? '',
      }),
    );
    expect(body).toMatchObject({ verdict: 'FINISHED', correlationId: 'mine' });
    expect(JSON.stringify(body)).not.toContain('token');
  });

  it('never change', async () => {
    world.kubernetes.failNext('apply', new Fault('target-refused', 'no'));
    await send('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
    await world.workflows.runAll(world.ports);
    await send('stop', { clusterId: 'etl' }, world);
    await world.workflows.runAll(world.ports);

    expect(world.store.verdicts.get(listDeploys()[0]?.operationId ?? '')).toMatchObject({ verdict: 'FAILED' });
    expect(await getCluster('etl')).toMatchObject({ state: 'STOPPED' });
  });
});

describe('the Step Functions task of a command', () => {
  const send = sendMessage;
  const sendWith = (taskToken: string, fields: object = {}) =>
    send('deploy', { clusterId: 'etl', key: 'nightly', data: { mode: 'session', taskToken, ...fields } }, world);

  it('fails when its command is rejected', async () => {
    await sendWith('token', { config: { 'kubernetes.entry.path': '/x' } });
    await deliverCommands([makeSqsRecord({ nonsense: true, data: { taskToken: 'other' } })], world.ports);

    expect(world.callbacks.completed).toMatchObject([
      { taskToken: 'token', output: { problem: { code: 'refused-option' } } },
      { taskToken: 'other', output: { problem: { code: 'malformed-request' } } },
    ]);
  });

  it('fails when its command is discarded', async () => {
    const { completed } = world.callbacks;
    world.targets.get = async () => {
      throw new Error('the table does not answer');
    };
    const data = { mode: 'session', taskToken: 'token' };
    await deliverCommands(
      [makeSqsRecord(makeCommandMessage('deploy', { clusterId: 'etl', data }), 'g', maxReceives)],
      world.ports,
    );

    expect(completed).toMatchObject([{ taskToken: 'token', output: { problem: { code: 'internal' } } }]);
    expect(world.commandQueue.deadLetters).toHaveLength(1);
  });

  it('is completed with its newest token after a retry', async () => {
    await sendWith('first');
    await sendWith('second');
    await world.workflows.runAll(world.ports);
    await publishVerdicts();

    expect(world.bus.rejected).toEqual([]);
    expect(world.callbacks.completed).toMatchObject([{ taskToken: 'second', output: { verdict: 'FINISHED' } }]);
  });

  it('is completed at once by a retry after the end of the command', async () => {
    await sendWith('first');
    await world.workflows.runAll(world.ports);
    await publishVerdicts();
    await sendWith('second');

    expect(world.callbacks.completed.map(({ taskToken }) => taskToken)).toEqual(['first', 'second']);
    expect(listDeploys()).toHaveLength(1);
    expect(listDeploys()[0]).not.toHaveProperty('taskToken');
  });

  it('keeps its token until it is completed', async () => {
    await sendWith('token');
    await world.workflows.runAll(world.ports);
    const complete = world.callbacks.complete.bind(world.callbacks);
    world.callbacks.complete = async () => {
      throw new Error('ThrottlingException');
    };
    await publishVerdicts().catch(() => undefined);
    expect(listDeploys()[0]).toMatchObject({ taskToken: 'token' });
    world.callbacks.complete = complete;

    await publishVerdicts();

    expect(world.callbacks.completed).toMatchObject([{ taskToken: 'token' }]);
    expect(listDeploys()[0]).not.toHaveProperty('taskToken');
  });

  it('does not delay a batch while Step Functions fails', async () => {
    const http = sendHttp;
    await http('batch', { data: { ...data, parameters: [{ day: '1' }] } }, world);
    await runQueues(world);
    const batchItem = listDeploys()[0]!;
    world.store.operations.set(batchItem.operationId, { value: { ...batchItem, taskToken: 'token' }, version: 9 });
    world.callbacks.complete = async () => {
      throw new Error('ThrottlingException');
    };
    const verdict = { operationId: batchItem.operationId, target: 'local', verdict: 'FINISHED', at: '' } as const;
    await publishVerdicts([verdict]).catch(() => undefined);

    expect(getBatch()).toMatchObject({ state: 'SUCCEEDED' });
  });
});
