import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { deployHandler } from '#functions/deploy.ts';
import { operationHandler } from '#functions/operation.ts';
import { maxReceives } from '#shared/retries.ts';
import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage, sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { makeAuthorization } from '#test/fakes/tokens.ts';
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

  it.each([
    ['another session of the same role', 'AROAFLOW:second', 'second'],
    ['another role', 'AROAOTHER:first', 'first'],
    ['a role whose ID begins alike', 'AROAFLOW2:first', 'first'],
    ['a user', 'AIDABOB', 'first'],
  ])('waits for the token of its own role: %s sends the command again', async (_who, senderId, completed) => {
    const sendAs = async (sender: string, taskToken: string) => {
      const message = makeCommandMessage('deploy', {
        clusterId: 'etl',
        key: 'nightly',
        data: { mode: 'session', taskToken },
      });
      await deliverCommands([makeSqsRecord(message, 'g', 1, { senderId: sender })], world.ports);
    };
    await sendAs('AROAFLOW:first', 'first');
    await sendAs(senderId, 'second');
    await world.workflows.runAll(world.ports);
    await publishVerdicts();

    expect(world.callbacks.completed.filter(({ output }) => 'verdict' in output)).toMatchObject([
      { taskToken: completed },
    ]);
    expect(world.bus.rejected.map(({ rejection }) => rejection.problem.code)).toEqual(
      completed === 'first' ? ['key-reused'] : [],
    );
  });

  it.each([
    [
      'a caller of another account',
      { iam: { userArn: 'arn:aws:sts::111122223333:assumed-role/flow/a' } },
      '111122223333',
    ],
    ['a caller with a token of an issuer', { jwt: { claims: { iss: 'https://a', sub: 'ada' } } }, 'no AWS account'],
  ])('is refused from %s, because Drey could not complete it', async (_who, authorizer, reason) => {
    const claims = { iss: 'https://a', sub: 'ada', groups: ['all'] };
    const grants = { claim: 'groups', rights: { all: { '*': 'admin' } } } as const;
    const event = makeHttpEvent(
      'POST /v1/targets/{target}/clusters',
      { target: 'local' },
      {
        body: { clusterId: 'etl', mode: 'session', taskToken: 'token' },
        authorizer,
        headers: { authorization: makeAuthorization(claims) },
      },
    );
    const { status, body } = await callHandler(deployHandler({ ...world.ports, grants }), event);

    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ pointer: '/taskToken', detail: expect.stringContaining(reason) }] });
    expect(listDeploys()).toEqual([]);
  });

  it('is refused from the root user of another account, whom alone SQS names by the account', async () => {
    const message = makeCommandMessage('deploy', { clusterId: 'etl', data: { mode: 'session', taskToken: 'token' } });
    await deliverCommands([makeSqsRecord(message, 'g', 1, { senderId: '111122223333' })], world.ports);

    expect(world.bus.rejected).toMatchObject([{ rejection: { problem: { errors: [{ pointer: '/taskToken' }] } } }]);
    expect(listDeploys()).toEqual([]);
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
