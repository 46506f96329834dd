import { beforeEach, describe, expect, it } from 'vitest';

import type { OwnFields } from '#events/message.ts';
import { Fault } from '#events/problems/problem.ts';
import { redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { maxReceives } from '#shared/retries.ts';
import { deliverAdmissions, deliverCommands, makeDreyRecord, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage, sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  data as batchData,
  getBatch,
  getBatchId,
  listDeploys,
} from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import { limitTarget, runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

/** Delivers a message of another sender, with what it claims to be Drey's word. */
const forge = (body: unknown, own?: unknown, received = 1) =>
  deliverCommands(
    [
      makeSqsRecord(body, 'g', received, {
        senderId: 'AIDAEVE',
        attributes: { principal: 'drey:reconcile', ...(own === undefined ? {} : { own: JSON.stringify(own) }) },
      }),
    ],
    world.ports,
  );
const listRejections = () => world.bus.rejected.map(({ rejection: { problem } }) => problem);
const invalid = { specversion: '0.9' };

describe.each(['operationid', 'batchid', 'batchindex'])('a body with %s', (member) => {
  it.each(['another sender', 'Drey'])('is refused by name, also from %s', async (sender) => {
    const body = { ...makeCommandMessage('deploy', { clusterId: 'etl', data: session }), [member]: 'f'.repeat(32) };
    await (sender === 'Drey'
      ? deliverCommands([makeDreyRecord({ body, group: 'g', principal: 'sqs:AIDABOB' })], world.ports)
      : forge(body));

    expect(listRejections()).toMatchObject([{ code: 'malformed-request', errors: [{ pointer: `/${member}` }] }]);
    expect(listDeploys()).toEqual([]);
  });
});

describe('a message that claims to be of Drey', () => {
  const listRows = () => world.store.batchItems(getBatchId());
  let row: { readonly body: object; readonly own?: OwnFields | undefined } = { body: {} };
  beforeEach(async () => {
    await sendHttp('batch', { data: batchData }, world);
    row = world.commandQueue.sent[0] ?? row;
  });

  it.each<[string, () => unknown]>([
    ['without a token', () => ({ batchItem: row.own?.batchItem })],
    ['with an empty token', () => ({ ...row.own, token: '' })],
    ['with the token of another operation', () => ({ ...row.own, token: 'token-99' })],
  ])('deploys no row %s', async (_what, own) => {
    await forge(row.body, own());

    expect(listDeploys()).toEqual([]);
    expect(listRejections()).toMatchObject([{ code: 'malformed-request' }]);
    expect(await listRows()).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['without a token', () => ({ batchItem: row.own?.batchItem })],
    ['with another token', () => ({ ...row.own, token: 'token-99' })],
  ])('ends no row when it is rejected, %s', async (_what, own) => {
    await forge({ ...row.body, ...invalid }, own());
    await runQueues(world);

    expect(listRejections()).toHaveLength(1);
    expect((await listRows()).map(({ operationId, verdict }) => [operationId !== undefined, verdict])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    expect(getBatch()).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('deploys no row in another target, even with the token', async () => {
    await forge({ ...row.body, subject: 'targets/other/clusters/days-0' }, row.own);

    expect(listDeploys()).toEqual([]);
    expect(listRejections()).toHaveLength(1);
  });

  it('deploys no row as another cluster, even with the token', async () => {
    await forge({ ...row.body, subject: 'targets/local/clusters/other' }, row.own);

    expect(listDeploys()).toEqual([]);
    expect(listRejections()).toMatchObject([{ errors: [{ pointer: '/data/clusterId' }] }]);
  });

  it('deploys no row that the batch does not have, even with the token', async () => {
    await forge(row.body, { ...row.own, batchItem: { batchId: getBatchId(), batchIndex: 7 } });

    expect(listDeploys()).toEqual([]);
    expect(await listRows()).toEqual([]);
  });

  it('deploys no row again under the key of a redriven message', async () => {
    await runQueues(world);
    const [one, other] = listDeploys();
    for (const redriven of [one?.operationId, other?.operationId])
      await forge(row.body, { batchItem: row.own?.batchItem, token: one?.messageToken, redriven });

    expect(listDeploys()).toHaveLength(2);
  });

  it('has no principal of Drey', async () => {
    await forge(makeCommandMessage('deploy', { clusterId: 'etl', data: session }));

    expect(listDeploys()).toMatchObject([{ principal: 'sqs:AIDAEVE' }]);
  });
});

describe('an admitted deploy', () => {
  const admit = async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const clusterId of ['one', 'two']) await sendHttp('deploy', { clusterId, data: session }, world);
    await sendHttp('stop', { clusterId: 'one' }, world);
    await runWorkflows();
    await deliverAdmissions(['local'], world.ports);
    return world.commandQueue.sent.splice(0)[0]!;
  };

  it.each<[string, object]>([
    ['without a token', { token: '' }],
    ['with another token', { token: 'token-99' }],
  ])('is not failed by a message of another sender %s', async (_what, forged) => {
    const { body, own } = await admit();
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    await forge(body, { ...own, ...forged }, maxReceives);

    expect(listDeploys()[1]).toMatchObject({ state: 'PENDING' });
    expect(world.payloads.stored.size).toBe(1);
  });

  it('is not resumed by a message about another cluster, even with its token', async () => {
    const { body, own } = await admit();
    await forge({ ...body, subject: 'targets/local/clusters/one' }, own);

    expect(listDeploys()[1]).toMatchObject({ state: 'PENDING' });
    expect(listRejections()).toMatchObject([{ code: 'not-found' }]);
  });

  it('is not resumed by a message about another target, even with its token', async () => {
    const { body, own } = await admit();
    await forge({ ...body, subject: 'targets/other/clusters/two' }, own, maxReceives);

    expect(listDeploys()[1]).toMatchObject({ state: 'PENDING' });
    expect(world.payloads.stored.size).toBe(1);
  });

  it('is resumed by the message of Drey', async () => {
    await deliverCommands([makeDreyRecord(await admit())], world.ports);

    expect(listDeploys()[1]).toMatchObject({ state: 'IN_PROGRESS' });
  });
});

describe('the key of a redriven message', () => {
  const failed = async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const body = makeCommandMessage('deploy', { clusterId: 'etl', data: session, key: 'nightly' });
    await deliverCommands([makeSqsRecord(body, 'g', maxReceives)], world.ports);
    return body;
  };

  it('cannot be taken by another sender before', async () => {
    await failed();
    const redriven = listDeploys()[0]?.operationId;
    for (const token of ['', 'token-99'])
      await forge(makeCommandMessage('deploy', { clusterId: 'other', data: session }), { token, redriven });
    await redriveDeadLetters(undefined, world.ports);
    await runQueues(world);

    const deploys = listDeploys().filter(({ clusterId }) => clusterId === 'etl');
    expect(deploys.map(({ state }) => state)).toEqual(['FAILED', 'IN_PROGRESS']);
  });
});
