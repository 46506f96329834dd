import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';

import { deadLettersHandler } from '#functions/dead-letters.ts';
import { operationHandler } from '#functions/operation.ts';
import { publishHandler } from '#functions/publish.ts';
import { maxReceives } from '#functions/command-queue.ts';
import { cancelQueued } from '#shared/clusters/queue/queue-control.ts';
import { redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { Fault } from '#events/problem.ts';
import type { VerdictRecord } from '#shared/clusters/model/records.ts';

import {
  answerOf,
  commandMessage,
  doors,
  httpEvent,
  letIn,
  makeWorld,
  type Send,
  sqsRecord,
  throughAdmissions,
  throughBatch,
  throughLooks,
  type World,
} from '../../../fakes/world.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const template = {
  mode: 'application',
  job: { jar: 'local:///opt/flink/usrlib/etl.jar', args: ['--day', '${param.day}', '--row=${param.index}'] },
  config: { 'pipeline.name': 'etl ${param.day}' },
};
const data = { name: 'days', template, parameters: [{ day: '2026-11-21' }, { day: '2026-11-22' }] };

const operations = () => [...world.store.operations.values()].map(({ value }) => value);
const theBatch = () => operations().find(({ kind }) => kind === 'batch');
const batchId = () => theBatch()?.operationId ?? '';
const deploys = () => operations().filter(({ kind }) => kind === 'deploy');
const cluster = async (clusterId: string) => (await world.store.cluster({ target: 'local', clusterId }))?.value;

/** Every verdict that there is, as the stream of the table tells it. */
const publish = async (verdicts: Iterable<VerdictRecord> = world.store.verdicts.values()) => {
  const event = {
    Records: [...verdicts].map((value, index) => ({
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: String(index),
        Keys: { pk: { S: `operation#${value.operationId}` }, sk: { S: 'verdict' } },
        NewImage: marshall({ value }, { removeUndefinedValues: true }),
      },
    })),
  } as unknown as DynamoDBStreamEvent;
  const handler = publishHandler(world.ports) as unknown as (
    event: DynamoDBStreamEvent,
    context: Context,
  ) => Promise<DynamoDBBatchResponse>;
  await handler(event, {} as Context);
};

describe.each(doors)('through %s, a batch', (_door, send: Send) => {
  it('starts an application for each row, with its parameters filled in', async () => {
    const outcome = await send('batch', { data }, world);
    await letIn(world);

    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(theBatch()).toMatchObject({ state: 'IN_PROGRESS', clusterId: 'days' });
    expect(deploys()).toMatchObject([
      { clusterId: 'days-0', batchId: batchId(), batchIndex: 0 },
      { clusterId: 'days-1', batchId: batchId(), batchIndex: 1 },
    ]);
    expect(await cluster('days-1')).toMatchObject({ mode: 'application', labels: { batch: 'days' } });
    expect(JSON.stringify(world.kubernetes.cluster('days-1').manifests)).toContain('2026-11-22');
    expect(JSON.stringify(world.kubernetes.cluster('days-1').manifests)).toContain('--row=1');
  });

  it('starts nothing twice, however often its messages come', async () => {
    await send('batch', { data }, world);
    const messages = [...world.commandQueue.sent];
    await letIn(world);
    for (const { group, body } of messages) await throughBatch([sqsRecord(body, group)], world.ports);

    expect(deploys()).toHaveLength(2);
    expect(world.bus.rejected).toEqual([]);
  });

  it('is refused for its name and its rows at once, and its rows not for its name', async () => {
    const outcome = await send('batch', { data: { ...data, name: 'Days', parameters: [{ day: '1' }, {}] } }, world);

    expect(outcome).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/name', '/template/job/args/1'],
    });
    expect(operations()).toEqual([]);
  });

  it('is refused with every mistake of every row, and starts nothing', async () => {
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
    expect(operations()).toEqual([]);
    expect(world.commandQueue.sent).toEqual([]);
  });

  it.each([
    ['of sessions', { template: { mode: 'session' } }, '/template/mode'],
    ['without rows', { parameters: [] }, '/parameters'],
    ['with a task token for each row', { template: { ...template, taskToken: 'x' } }, '/template/taskToken'],
  ])('is not %s', async (_what, fields, pointer) => {
    expect(await send('batch', { data: { ...data, ...fields } }, world)).toMatchObject({
      outcome: 'rejected',
      pointers: expect.arrayContaining([pointer]),
    });
  });
});

describe('a batch that is taken back', () => {
  const [, send] = doors[0]!;
  const limited = () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
  };
  const rows = (count: number) => ({ ...data, parameters: Array.from({ length: count }, (_, day) => ({ day })) });

  it('ends with what of it waits, and with what is still in the queue, and lets go on what runs', async () => {
    limited();
    await send('batch', { data: rows(4) }, world);
    const late = world.commandQueue.sent.pop()!;
    await letIn(world);
    const revoked = await cancelQueued({ target: 'local', operationId: batchId() }, world.ports);
    await throughBatch([sqsRecord(late.body, late.group)], world.ports);

    expect(revoked).toBe(3);
    expect(theBatch()).toMatchObject({ state: 'CANCELED', problem: { code: 'canceled' } });
    expect(deploys().map(({ state }) => state)).toEqual(['IN_PROGRESS', 'CANCELED', 'CANCELED']);
    expect(world.bus.rejected).toMatchObject([
      { rejection: { problem: { code: 'canceled', detail: 'its batch days is CANCELED' } } },
    ]);
    expect((await world.store.batchItems(batchId())).at(-1)).toMatchObject({ batchIndex: 3, verdict: 'CANCELED' });
    expect(world.payloads.kept.size).toBe(0);
  });

  it('is not, when all of it runs', async () => {
    await send('batch', { data }, world);
    await letIn(world);

    await expect(cancelQueued({ target: 'local', operationId: batchId() }, world.ports)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    expect(theBatch()).toMatchObject({ state: 'IN_PROGRESS' });
  });
});

describe('what a batch and a deploy are kept with', () => {
  const [, send] = doors[0]!;

  it('goes with the end of the batch, and nobody misses it', async () => {
    await send('batch', { data }, world);
    const messages = [...world.commandQueue.sent];
    await letIn(world);
    await world.workflows.runAll(world.ports);
    const before = world.payloads.kept.size;
    await publish(deploys().map(({ operationId }) => ({ operationId, target: 'local', verdict: 'FINISHED', at: '' })));
    for (const { group, body } of messages) await throughBatch([sqsRecord(body, group)], world.ports);

    expect([before, world.payloads.kept.size]).toEqual([1, 0]);
    expect(theBatch()).toMatchObject({ state: 'SUCCEEDED' });
    expect(world.bus.rejected).toEqual([]);
    expect((await world.store.batchItems(batchId())).map(({ verdict }) => verdict)).toEqual(['FINISHED', 'FINISHED']);
  });

  it('goes with a batch, and with an admitted deploy, that end at their deadlines', async () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
    await send('batch', { data }, world);
    world.commandQueue.sent.splice(0);
    for (const clusterId of ['one', 'two']) await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    await throughAdmissions(['local'], world.ports);
    const before = world.payloads.kept.size;
    world.pass(8 * 24 * 3_600);
    await throughLooks({ target: 'local' }, world.ports);

    expect([before, world.payloads.kept.size]).toEqual([2, 0]);
    expect(operations().find(({ clusterId }) => clusterId === 'two')).toMatchObject({ state: 'FAILED' });
  });

  it.each(['deploy', 'batch'] as const)(
    'is not kept twice when the record of a %s has to be made again',
    async (kind) => {
      const target = world.targets.known.get('local')!;
      world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
      await send('deploy', { clusterId: 'one', data: { mode: 'session' } }, world);
      const commit = world.store.commit.bind(world.store);
      let conflicts = 1;
      world.store.commit = async (change) => {
        if ((conflicts -= 1) >= 0) throw new Fault('conflict', 'somebody else was faster');
        return commit(change);
      };
      await (kind === 'batch'
        ? send('batch', { data }, world)
        : send('deploy', { clusterId: 'two', data: { mode: 'session' } }, world));

      expect(world.payloads.kept.size).toBe(1);
    },
  );
});

describe('the end of a batch', () => {
  const [, send] = doors[0]!;
  const applicationVerdict = (index: number, verdict: VerdictRecord['verdict'], message?: string): VerdictRecord => ({
    operationId: deploys().find(({ batchIndex }) => batchIndex === index)?.operationId ?? '',
    target: 'local',
    verdict,
    at: '2026-11-23T12:00:00.000Z',
    ...(message === undefined ? {} : { message }),
  });

  it('comes when all have FINISHED', async () => {
    await send('batch', { data: { ...data, correlationId: 'backfill' } }, world);
    await letIn(world);
    await publish([applicationVerdict(0, 'FINISHED')]);
    const before = theBatch()?.state;
    await publish([applicationVerdict(1, 'FINISHED')]);
    await publish([world.store.verdicts.get(batchId())!]);

    expect(before).toBe('IN_PROGRESS');
    expect(theBatch()).toMatchObject({ state: 'SUCCEEDED' });
    expect(world.bus.published.at(-1)).toMatchObject({
      type: 'Flink Command Finished',
      detail: { kind: 'batch', verdict: 'FINISHED', correlationId: 'backfill', operationId: batchId() },
    });
  });

  it('is a failure with the causes when some did not', async () => {
    await send('batch', { data }, world);
    await letIn(world);
    await publish([applicationVerdict(0, 'FINISHED'), applicationVerdict(1, 'FAILED', 'no such file')]);

    expect(theBatch()).toMatchObject({
      state: 'FAILED',
      problem: {
        code: 'items-failed',
        detail: '1 of 2 did not finish',
        errors: [{ pointer: '/parameters/1', detail: 'days-1 FAILED: no such file' }],
      },
    });
    const { body } = await answerOf(
      operationHandler(world.ports),
      httpEvent('GET /v1/operations/{operationId}/items', { operationId: batchId() }),
    );
    expect(body['batchItems']).toMatchObject([{ verdict: 'FINISHED' }, { verdict: 'FAILED', message: 'no such file' }]);
  });

  it('counts a row that was refused', async () => {
    await send('deploy', { clusterId: 'days-0', data: { mode: 'session' } }, world);
    await send('batch', { data }, world);
    await letIn(world);
    const second = deploys().find(({ clusterId }) => clusterId === 'days-1');
    await publish([{ ...applicationVerdict(1, 'FINISHED'), operationId: second?.operationId ?? '' }]);

    expect(theBatch()).toMatchObject({ state: 'FAILED', problem: { detail: '1 of 2 did not finish' } });
  });

  it('answers the task that waits for it', async () => {
    await send('batch', { data: { ...data, taskToken: 'token' } }, world);
    await letIn(world);
    await publish([applicationVerdict(0, 'FINISHED'), applicationVerdict(1, 'FINISHED')]);
    await publish([world.store.verdicts.get(batchId())!]);

    expect(world.callbacks.answered).toMatchObject([{ taskToken: 'token', told: { verdict: 'FINISHED' } }]);
    expect(JSON.stringify(world.bus.published)).not.toContain('"token"');
  });
});

describe('verdicts', () => {
  const [, send] = doors[0]!;

  it('are told with the name that the caller gave, and answer a task', async () => {
    const fields = { mode: 'session', correlationId: 'mine', taskToken: 'token' };
    await send('deploy', { clusterId: 'etl', data: fields }, world);
    await world.workflows.runAll(world.ports);
    await publish();

    expect(world.bus.published).toMatchObject([
      { type: 'Flink Command Finished', detail: { kind: 'deploy', verdict: 'FINISHED', correlationId: 'mine' } },
    ]);
    expect(world.callbacks.answered).toMatchObject([{ taskToken: 'token' }]);
    expect(JSON.stringify((await world.store.operation(deploys()[0]?.operationId ?? ''))?.value)).toContain('token');
    const { body } = await answerOf(
      operationHandler(world.ports),
      httpEvent('GET /v1/operations/{operationId}', { operationId: deploys()[0]?.operationId ?? '' }),
    );
    expect(body).toMatchObject({ verdict: 'FINISHED', correlationId: 'mine' });
    expect(JSON.stringify(body)).not.toContain('token');
  });

  it('stay what they were first', async () => {
    world.kubernetes.failNext('apply', new Fault('target-refused', 'no'));
    await send('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
    await world.workflows.runAll(world.ports);
    await send('stop', { clusterId: 'etl' }, world);
    await world.workflows.runAll(world.ports);

    expect(world.store.verdicts.get(deploys()[0]?.operationId ?? '')).toMatchObject({ verdict: 'FAILED' });
    expect(await cluster('etl')).toMatchObject({ state: 'STOPPED' });
  });
});

describe('the task of a state machine', () => {
  const [, send] = doors[1]!;
  const sendWith = (taskToken: string, fields: object = {}) =>
    send('deploy', { clusterId: 'etl', key: 'nightly', data: { mode: 'session', taskToken, ...fields } }, world);

  it('is answered when its command is refused', async () => {
    await sendWith('token', { config: { 'kubernetes.entry.path': '/x' } });
    await throughBatch([sqsRecord({ nonsense: true, data: { taskToken: 'other' } })], world.ports);

    expect(world.callbacks.answered).toMatchObject([
      { taskToken: 'token', told: { problem: { code: 'refused-option' } } },
      { taskToken: 'other', told: { problem: { code: 'malformed-request' } } },
    ]);
  });

  it('is answered when its command is given up', async () => {
    const { answered } = world.callbacks;
    world.targets.get = async () => {
      throw new Error('the table does not answer');
    };
    const data = { mode: 'session', taskToken: 'token' };
    await throughBatch(
      [sqsRecord(commandMessage('deploy', { clusterId: 'etl', data }), 'g', maxReceives)],
      world.ports,
    );

    expect(answered).toMatchObject([{ taskToken: 'token', told: { problem: { code: 'internal' } } }]);
    expect(world.commandQueue.deadLetters).toHaveLength(1);
  });

  it('is answered by its newest token when it is tried again', async () => {
    await sendWith('first');
    await sendWith('second');
    await world.workflows.runAll(world.ports);
    await publish();

    expect(world.bus.rejected).toEqual([]);
    expect(world.callbacks.answered).toMatchObject([{ taskToken: 'second', told: { verdict: 'FINISHED' } }]);
  });

  it('is answered at once when it is tried again after the end', async () => {
    await sendWith('first');
    await world.workflows.runAll(world.ports);
    await publish();
    await sendWith('second');

    expect(world.callbacks.answered.map(({ taskToken }) => taskToken)).toEqual(['first', 'second']);
    expect(deploys()).toHaveLength(1);
  });

  it('that cannot be answered for a while holds up no batch', async () => {
    const [, http] = doors[0]!;
    await http('batch', { data: { ...data, parameters: [{ day: '1' }] } }, world);
    await letIn(world);
    const batchItem = deploys()[0]!;
    world.store.operations.set(batchItem.operationId, { value: { ...batchItem, taskToken: 'token' }, version: 9 });
    world.callbacks.complete = async () => {
      throw new Error('ThrottlingException');
    };
    const verdict = { operationId: batchItem.operationId, target: 'local', verdict: 'FINISHED', at: '' } as const;
    await publish([verdict]).catch(() => undefined);

    expect(theBatch()).toMatchObject({ state: 'SUCCEEDED' });
  });
});

describe('the queue of commands', () => {
  const message = (fields: object) => ({
    ...commandMessage('deploy', { clusterId: 'etl' }),
    data: undefined,
    ...fields,
  });
  const rejections = () => world.bus.rejected.map(({ rejection: { problem } }) => problem);
  const uploaded = 's3://bucket/uploads/local/1/command.json';

  it('takes a command from where it was uploaded', async () => {
    world.payloads.uploads.set(uploaded, { mode: 'session' });
    await throughBatch([sqsRecord(message({ dataref: uploaded }))], world.ports);

    expect(await cluster('etl')).toMatchObject({ state: 'DEPLOYING' });
  });

  it.each([
    ['is not there', { dataref: 's3://bucket/uploads/local/1/other.json' }],
    ['is of another target', { dataref: 's3://bucket/uploads/other/1/command.json' }],
    ['comes beside data', { dataref: uploaded, data: { mode: 'session' } }],
  ])('rejects a reference that %s', async (_what, fields) => {
    world.payloads.uploads.set(uploaded, { mode: 'session' });
    world.payloads.uploads.set('s3://bucket/uploads/other/1/command.json', { mode: 'session' });
    await throughBatch([sqsRecord(message(fields))], world.ports);

    expect(rejections()).toMatchObject([{ code: 'malformed-request', errors: [{ pointer: '/dataref' }] }]);
  });

  it('tells of a refused command by the name that its caller gave', async () => {
    const data = { mode: 'per-job', correlationId: 'mine' };
    await throughBatch([sqsRecord(commandMessage('deploy', { clusterId: 'etl', data }))], world.ports);

    expect(world.bus.rejected).toMatchObject([
      { rejection: { correlationId: 'mine', problem: { code: 'unsupported-mode' } } },
    ]);
  });

  it('puts a command away with its reason after its last try, so that those behind it go on', async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const first = sqsRecord(
      commandMessage('deploy', { clusterId: 'etl', data: { mode: 'session' } }),
      'g',
      maxReceives,
    );
    const behind = sqsRecord(commandMessage('deploy', { clusterId: 'bi', data: { mode: 'session' } }), 'g');

    expect(await throughBatch([first, behind], world.ports)).toEqual([]);
    expect(world.commandQueue.deadLetters).toMatchObject([
      { group: 'g', problem: { code: 'target-unreachable', detail: 'dark' } },
    ]);
    expect(await cluster('bi')).toMatchObject({ state: 'DEPLOYING' });
  });

  it('lists dead commands with their reasons, and brings them back', async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const body = commandMessage('deploy', { clusterId: 'etl', data: { mode: 'session' } });
    await throughBatch([sqsRecord(body, 'g', maxReceives)], world.ports);
    const handler = deadLettersHandler(world.ports);
    const listed = await answerOf(handler, httpEvent('GET /v1/dead-letters', {}));
    const missing = await answerOf(handler, httpEvent('POST /v1/dead-letters/redrive', {}, { body: { ids: ['x'] } }));
    await answerOf(handler, httpEvent('POST /v1/dead-letters/redrive', {}, { body: {} }));
    await letIn(world);

    expect(listed.body).toMatchObject({
      commands: [{ subject: 'targets/local/clusters/etl', code: 'target-unreachable', detail: 'dark' }],
    });
    expect(missing.status).toBe(404);
    expect(world.commandQueue.deadLetters).toEqual([]);
    expect(await cluster('etl')).toMatchObject({ state: 'DEPLOYING' });
    expect(deploys().map(({ state }) => state)).toEqual(['FAILED', 'IN_PROGRESS']);
  });

  it('ends a deploy with the message that is given up, and begins another however often that one is brought back', async () => {
    const data = { mode: 'session', correlationId: 'mine' };
    const body = commandMessage('deploy', { clusterId: 'etl', data, key: 'nightly' });
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    await throughBatch([sqsRecord(body, 'g', maxReceives)], world.ports);
    await world.workflows.runAll(world.ports);
    const given = [deploys()[0]?.state, deploys()[0]?.problem?.detail, world.store.admitted.size];
    await redriveDeadLetters(undefined, world.ports);
    const sent = world.commandQueue.sent[0]!.body;
    await letIn(world);
    await throughBatch([sqsRecord(sent)], world.ports);

    expect(given).toEqual(['FAILED', 'given up after its last try: dark', 0]);
    expect(deploys()).toHaveLength(2);
    expect(await cluster('etl')).toMatchObject({ state: 'DEPLOYING' });
  });

  it('ends an admitted deploy that cannot be carried on, which says why itself', async () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
    const [, http] = doors[0]!;
    for (const clusterId of ['one', 'two']) await http('deploy', { clusterId, data: { mode: 'session' } }, world);
    await http('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    await throughAdmissions(['local'], world.ports);
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const [{ group, body } = { group: '', body: {} }] = world.commandQueue.sent.splice(0);
    await throughBatch([sqsRecord(body, group, maxReceives)], world.ports);

    expect(deploys()[1]).toMatchObject({ state: 'FAILED', problem: { code: 'target-unreachable' } });
    expect(world.commandQueue.deadLetters).toEqual([]);
    expect(world.payloads.kept.size).toBe(0);
  });
});
