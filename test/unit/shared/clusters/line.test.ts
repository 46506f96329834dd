import { beforeEach, describe, expect, it } from 'vitest';

import { queueViewHandler } from '#functions/queue-view.ts';
import { operationHandler } from '#functions/operation.ts';
import { Fault } from '#events/problem.ts';
import type { Target } from '#events/target.ts';
import { probe } from '#shared/clusters/workflows/startup.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';

import {
  answerOf,
  doors,
  httpEvent,
  jarBytes,
  letIn,
  makeWorld,
  type Send,
  throughAdmissions,
  throughLooks,
  type World,
} from '../../../fakes/world.ts';

const session = { mode: 'session' };
const jar = 's3://bucket/uploads/local/1/job.jar';

let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.held.set(jar, jarBytes);
});

const limit = (fields: Partial<Target>) => {
  const target = world.targets.known.get('local');
  if (target !== undefined) world.targets.known.set('local', { ...target, ...fields });
};
const cluster = async (clusterId: string) => (await world.store.cluster({ target: 'local', clusterId }))?.value;
const stateOf = async (clusterId: string) => (await cluster(clusterId))?.state;
const operationOfCluster = (clusterId: string, kind = 'deploy') =>
  [...world.store.operations.values()]
    .map(({ value }) => value)
    .findLast((one) => one.clusterId === clusterId && one.kind === kind);
const idOf = (clusterId: string, kind?: string) => operationOfCluster(clusterId, kind)?.operationId ?? '';
/** Lets the machines run, the bus ask, and the line be looked at, until nothing moves. */
const settle = async () => {
  for (let round = 0; round < 3; round += 1) {
    await world.workflows.runAll(world.ports);
    await world.ports.admissionQueue.send('local');
    await letIn(world);
  }
};
const deploy = (send: Send, clusterId: string, data: object = {}) =>
  send('deploy', { clusterId, data: { ...session, ...data } }, world);
const admitted = async () => (await world.store.queue('local')).admitted.map(({ clusterId }) => clusterId).toSorted();
const call = (method: string, path: string, parameters: Readonly<Record<string, string>> = {}, body?: unknown) =>
  answerOf(
    queueViewHandler(world.ports),
    httpEvent(`${method} /v1/targets/{target}/queue${path}`, { target: 'local', ...parameters }, { body }),
  );
const readOperation = async (operationId: string) =>
  (await answerOf(operationHandler(world.ports), httpEvent('GET /v1/operations/{operationId}', { operationId }))).body;

describe.each(doors)('through %s, a deploy to a target with limits', (_door, send) => {
  it('starts while there is room, and waits when there is none', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');

    expect([await stateOf('one'), await stateOf('two')]).toEqual(['DEPLOYING', 'QUEUED']);
    expect(await cluster('two')).toMatchObject({ reason: 'WaitingForQuota', message: 'clusters 1/1' });
    expect(await readOperation(idOf('two'))).toMatchObject({
      state: 'QUEUED',
      position: 1,
      phase: 'WaitingForQuota: clusters 1/1 (place 1 of 1)',
    });
    expect(world.kubernetes.clusters.has('two')).toBe(false);
  });

  it('starts when a place gets free, as what it was when it came', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two', { config: { 'taskmanager.numberOfTaskSlots': 7 } });
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await settle();

    expect([await stateOf('one'), await stateOf('two')]).toEqual(['STOPPED', 'RUNNING']);
    expect(await admitted()).toEqual(['two']);
    expect(world.payloads.kept.size).toBe(0);
    expect(world.store.written.filter(({ clusterId }) => clusterId === 'two').map(({ to }) => to)).toEqual([
      'QUEUED',
      'REQUESTED',
      'DEPLOYING',
      'RUNNING',
    ]);
  });

  it('holds what it asks for when it starts, whatever the defaults of its target were when it came', async () => {
    limit({ limits: { clusters: 1, cpu: 10 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    limit({ defaults: { 'kubernetes.jobmanager.cpu.amount': '3' } });
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await settle();

    expect((await call('GET', '')).body).toMatchObject({ usage: { clusters: 1, cpu: 3 }, queued: [] });
  });

  it('has its patience from its start on, however long it waited', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await settle();
    world.pass(3_600);
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    await world.ports.admissionQueue.send('local');
    await letIn(world);
    world.kubernetes.cluster('two').trouble = { reason: 'ImagePullBackOff', message: 'a registry that is slow' };
    const probed = await probe({ operationId: idOf('two') }, world.ports);

    expect(probed).toMatchObject({ outcome: 'waiting' });
    expect(await readOperation(idOf('two'))).toMatchObject({ startedAt: world.ports.now().toISOString() });
  });

  it('counts what the pods will ask for', async () => {
    limit({ limits: { cpu: 4 } });
    const job = { jar: 'local:///a.jar', parallelism: 5 };
    const data = {
      mode: 'application',
      job,
      config: { 'taskmanager.numberOfTaskSlots': 2, 'kubernetes.taskmanager.cpu.amount': 1 },
    };
    await send('deploy', { clusterId: 'one', data }, world);
    await send('deploy', { clusterId: 'two', data }, world);

    // One JobManager with one CPU, three TaskManagers with one each.
    expect(await cluster('two')).toMatchObject({ state: 'QUEUED', message: 'cpu 4/4, it needs 4' });
  });

  it('is refused when there will never be room', async () => {
    limit({ limits: { cpu: 0.5 } });

    expect(await deploy(send, 'one')).toMatchObject({ outcome: 'rejected', code: 'over-limit' });
    expect(await cluster('one')).toBeUndefined();
  });

  it('is told to come back when the line is full', async () => {
    limit({ limits: { clusters: 1 }, maxQueued: 1 });
    await deploy(send, 'one');
    await deploy(send, 'two');

    expect(await deploy(send, 'three')).toMatchObject({ outcome: 'returned' });
    expect(await cluster('three')).toBeUndefined();
  });

  it('is the same command when it comes again while it waits', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    const again = () => send('deploy', { clusterId: 'two', data: session, key: 'again' }, world);
    await again();

    expect(await again()).toMatchObject({ outcome: 'done' });
    expect((await world.store.queue('local')).queued).toHaveLength(1);
  });

  it('can be stopped while it waits: nothing was created', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await send('stop', { clusterId: 'two' }, world);
    await settle();

    expect(await stateOf('two')).toBe('STOPPED');
    expect(operationOfCluster('two')).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it('fails at its deadline', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two', { deadline: '2026-11-23T13:00:00Z' });
    await settle();
    world.pass(3_700);
    await settle();

    expect(await cluster('two')).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
    expect(operationOfCluster('two')).toMatchObject({ state: 'FAILED', problem: { code: 'not-started' } });
  });

  it('fails at its deadline even if nobody looks at the line', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    world.pass(25 * 3_600);
    await throughLooks({ target: 'local' }, world.ports);

    expect(operationOfCluster('two')).toMatchObject({ state: 'FAILED', problem: { code: 'not-started' } });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it('waits for the commands that it depends on, by key or id', async () => {
    await send('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    await deploy(send, 'two', { dependsOn: ['first'] });
    await deploy(send, 'three', { dependsOn: [idOf('one'), 'not come yet'] });
    await settle();

    expect([await stateOf('one'), await stateOf('two')]).toEqual(['RUNNING', 'RUNNING']);
    expect(await readOperation(idOf('three'))).toMatchObject({
      state: 'QUEUED',
      phase: 'WaitingForDependency: not come yet not FINISHED yet (place 1 of 1)',
    });
  });

  it('fails with a command that it depends on', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await deploy(send, 'three', { dependsOn: [idOf('two')] });
    await call('POST', '/{operationId}/cancel', { operationId: idOf('two') });
    await letIn(world);

    expect(operationOfCluster('two')).toMatchObject({ state: 'CANCELED', problem: { code: 'canceled' } });
    expect(operationOfCluster('three')).toMatchObject({ state: 'FAILED', problem: { code: 'dependency-failed' } });
    expect(await cluster('three')).toMatchObject({ state: 'FAILED', reason: 'DependencyFailed' });
  });

  it('fails with a command that had failed before it came, and takes along what depends on it', async () => {
    world.kubernetes.failNext('apply', new Fault('target-refused', 'no'));
    await send('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    const outcome = await send(
      'deploy',
      { clusterId: 'two', data: { ...session, dependsOn: ['first'] }, key: 'second' },
      world,
    );
    await deploy(send, 'three', { dependsOn: ['second'] });
    await letIn(world);
    await settle();

    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(operationOfCluster('two')).toMatchObject({ state: 'FAILED', problem: { code: 'dependency-failed' } });
    expect(operationOfCluster('three')).toMatchObject({ state: 'FAILED', problem: { code: 'dependency-failed' } });
    expect(world.payloads.kept.size).toBe(0);
  });

  it('is refused when it depends on itself', async () => {
    const data = { ...session, dependsOn: ['mine'] };

    expect(await send('deploy', { clusterId: 'one', data, key: 'mine' }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/dependsOn'],
    });
  });

  it('does not wait for a command of the queue that was refused, until that comes again as it should', async () => {
    const [, queue] = doors[1]!;
    await queue('deploy', { clusterId: 'one', data: { mode: 'per-job' }, key: 'first' }, world);
    await deploy(send, 'two', { dependsOn: ['first'] });
    await settle();
    await queue('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    await deploy(send, 'three', { dependsOn: ['first'] });
    await settle();

    expect(operationOfCluster('two')).toMatchObject({
      state: 'FAILED',
      problem: { detail: 'it depends on commands that did not finish: first is refused (unsupported-mode)' },
    });
    expect(await stateOf('three')).toBe('RUNNING');
  });

  it('holds its place after a failure until what was created is gone', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    world.pass(700);
    await throughLooks({ target: 'local' }, world.ports);
    const before = await admitted();
    await settle();
    world.pass(60);
    await settle();

    expect(await stateOf('one')).toBe('FAILED');
    expect(before).toEqual(['one']);
    expect(await admitted()).toEqual([]);
  });
});

describe.each(doors)('through %s, an application in a target with limits', (_door, send) => {
  const application = { mode: 'application', job: { jar: 'local:///a.jar' } };

  it.each(['remove', 'keep'])(
    'frees its place at once when its program failed, with onFailure %s',
    async (onFailure) => {
      limit({ limits: { clusters: 1 } });
      await send('deploy', { clusterId: 'one', data: { ...application, onFailure } }, world);
      await deploy(send, 'two');
      await settle();
      world.kubernetes.cluster('one').flink.setState(idOf('one'), 'FAILED', 'java.lang.Exception: no');
      await throughLooks({ target: 'local' }, world.ports);
      await settle();

      expect([await stateOf('one'), await stateOf('two')]).toEqual(['FAILED', 'RUNNING']);
      expect(await admitted()).toEqual(['two']);
    },
  );

  it('that did not come up and is kept holds its place until somebody deletes it', async () => {
    limit({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'one', data: { ...application, onFailure: 'keep' } }, world);
    world.pass(700);
    await throughLooks({ target: 'local' }, world.ports);
    await settle();
    world.pass(3_600);
    await throughLooks({ target: 'local' }, world.ports);
    const kept = await admitted();
    world.kubernetes.clusters.delete('one');
    await throughLooks({ target: 'local' }, world.ports);

    expect(await stateOf('one')).toBe('FAILED');
    expect(kept).toEqual(['one']);
    expect(await admitted()).toEqual([]);
  });
});

describe.each(doors)('through %s, a submit to a target with limits', (_door, send) => {
  it('waits until a job of the session has ended', async () => {
    limit({ limits: { jobs: 1 } });
    await deploy(send, 'etl');
    await settle();
    await send('submit', { clusterId: 'etl', data: { jar } }, world);
    const first = idOf('etl', 'submit');
    await send('submit', { clusterId: 'etl', data: { jar } }, world);
    const second = idOf('etl', 'submit');
    await settle();
    const waiting = await readOperation(second);
    await send('cancel', { clusterId: 'etl', jobId: first }, world);
    await settle();

    expect(waiting).toMatchObject({ state: 'QUEUED', phase: 'WaitingForQuota: jobs 1/1 (place 1 of 1)' });
    expect(await readOperation(second)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await readOperation(first)).toMatchObject({ state: 'SUCCEEDED', verdict: 'CANCELED' });
  });

  it('is planned with the TaskManagers that its parallelism needs', async () => {
    limit({ limits: { cpu: 4 } });
    await deploy(send, 'etl', { config: { 'taskmanager.numberOfTaskSlots': 2 } });
    await settle();

    expect(await send('submit', { clusterId: 'etl', data: { jar, parallelism: 4 } }, world)).toMatchObject({
      outcome: 'done',
    });
    expect(operationOfCluster('etl', 'submit')).toMatchObject({ state: 'QUEUED' });
    expect(await readOperation(idOf('etl', 'submit'))).toMatchObject({
      phase: 'WaitingForQuota: cpu 1/4, it needs 4 (place 1 of 1)',
    });
  });
});

describe('the line of a target', () => {
  const [, send] = doors[0]!;

  it('is listed with what is taken', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one', { labels: { team: 'etl' } });
    await deploy(send, 'two', { labels: { team: 'bi' }, priority: 3 });

    expect((await call('GET', '')).body).toMatchObject({
      target: 'local',
      limits: { clusters: 1 },
      usage: { clusters: 1, jobs: 0, cpu: 1 },
      teams: [{ team: 'etl', usage: { clusters: 1 } }],
      queued: [
        { position: 1, clusterId: 'two', team: 'bi', priority: 3, reason: 'WaitingForQuota', message: 'clusters 1/1' },
      ],
    });
  });

  it('lets a command be moved', async () => {
    limit({ limits: { clusters: 1 } });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    const answer = await call('PUT', '/{operationId}', { operationId: idOf('three') }, { priority: 9 });
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await settle();

    expect(answer).toMatchObject({ status: 200, body: { state: 'QUEUED', position: 1 } });
    expect([await stateOf('two'), await stateOf('three')]).toEqual(['QUEUED', 'RUNNING']);
  });

  it('starts nothing while it is drained, and goes on afterwards', async () => {
    await call('PUT', '', {}, { paused: true });
    await deploy(send, 'one');
    await settle();
    const before = [await stateOf('one'), (await call('GET', '')).body];
    await call('PUT', '', {}, { paused: false });
    await settle();

    expect(before).toMatchObject(['QUEUED', { paused: { since: expect.any(String) }, queued: [{ reason: 'Paused' }] }]);
    expect(await stateOf('one')).toBe('RUNNING');
  });

  it.each([
    ['PUT', '/{operationId}', { priority: 1 }],
    ['POST', '/{operationId}/cancel', undefined],
  ])('says that a command waits no longer: %s %s', async (method, path, body) => {
    await deploy(send, 'one');

    expect(await call(method, path, { operationId: idOf('one') }, body)).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail: 'the deploy of one is IN_PROGRESS: it does not wait' },
    });
    expect(await call(method, path, { operationId: 'f'.repeat(32) }, body)).toMatchObject({ status: 404 });
  });

  it('is read once for all who ask for their place within some seconds, and by nobody who enters it', async () => {
    limit({ limits: { clusters: 1 } });
    let reads = 0;
    const line = world.store.queue.bind(world.store);
    world.store.queue = async (target) => {
      reads += 1;
      return line(target);
    };
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    const entering = reads;
    const places = [await readOperation(idOf('two')), await readOperation(idOf('three'))];
    const asking = reads;
    world.pass(6);
    await readOperation(idOf('two'));

    expect(places.map(({ position }) => position)).toEqual([1, 2]);
    expect([entering, asking, reads]).toEqual([0, 1, 2]);
  });

  it('counts who waits at each look, and on with each that comes', async () => {
    limit({ limits: { clusters: 1 }, maxQueued: 2 });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    const full = await deploy(send, 'four');
    await send('stop', { clusterId: 'three' }, world);
    await settle();

    expect(full).toMatchObject({ outcome: 'returned', code: 'limit-reached' });
    expect(await deploy(send, 'four')).toMatchObject({ outcome: 'done' });
  });

  it('that cannot be looked at keeps no other waiting, and is asked for again', async () => {
    world.targets.known.set('other', { ...world.targets.known.get('local')!, limits: { clusters: 1 } });
    limit({ limits: { clusters: 1 } });
    for (const name of ['one', 'two']) await deploy(send, name);
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);

    expect(await throughAdmissions(['no-such-target', 'other', 'local'], world.ports)).toEqual(['no-such-target']);
    expect(await stateOf('two')).toBe('REQUESTED');
  });

  it('starts those whose turn it is before it ends those who wait in vain', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'late', { deadline: '2026-11-23T12:10:00Z' });
    await deploy(send, 'two');
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    world.pass(700);
    const before = world.store.written.length;
    await throughAdmissions(['local'], world.ports);

    expect(world.store.written.slice(before).map(({ clusterId, to }) => [clusterId, to])).toEqual([
      ['two', 'REQUESTED'],
      ['late', 'FAILED'],
    ]);
  });

  it('ends nobody when the store cannot be asked for a while', async () => {
    await deploy(send, 'one', { dependsOn: ['first'] });
    const idempotency = world.store.idempotency.bind(world.store);
    world.store.idempotency = async () => {
      throw new Fault('limit-reached', 'too many');
    };

    const returned = await throughAdmissions(['local'], world.ports);
    world.store.idempotency = idempotency;

    expect(returned).toEqual(['local']);
    expect(await stateOf('one')).toBe('QUEUED');
  });

  it('is held up for half an hour by one that does not fit, and then not', async () => {
    limit({ limits: { cpu: 4 } });
    await deploy(send, 'one');
    await deploy(send, 'large', { config: { 'kubernetes.jobmanager.cpu.amount': 4 } });
    await deploy(send, 'small');
    await settle();
    const soon = await stateOf('small');
    world.pass(31 * 60);
    await settle();

    expect([soon, await stateOf('small'), await stateOf('large')]).toEqual(['QUEUED', 'RUNNING', 'QUEUED']);
    expect((await call('GET', '')).body['queued']).toMatchObject([{ clusterId: 'large', reason: 'WaitingForQuota' }]);
  });

  it('takes nobody for longer than what waits is kept', async () => {
    expect(await deploy(send, 'one', { deadline: '2026-12-07T12:00:00Z' })).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/deadline'],
    });
  });

  it('is looked at each minute', async () => {
    await dispatchReconcile(world.ports);

    expect(world.admissionQueue.asked).toEqual(['local']);
  });

  it('leaves those alone at each look who may wait on', async () => {
    limit({ limits: { clusters: 1 } });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    await settle();
    const read: string[] = [];
    const operation = world.store.operation.bind(world.store);
    world.store.operation = async (id) => {
      read.push(id);
      return operation(id);
    };
    await throughLooks({ target: 'local' }, world.ports);

    expect(read.filter((id) => [idOf('two'), idOf('three')].includes(id))).toEqual([]);
  });

  it('carries on an admitted deploy whose message got lost', async () => {
    limit({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    world.commandQueue.sendResume = async () => undefined;
    await letIn({ ...world, admissionQueue: Object.assign(world.admissionQueue, { asked: ['local'] }) });
    Reflect.deleteProperty(world.commandQueue, 'sendResume');
    const lost = await stateOf('two');
    world.pass(180);
    await throughLooks({ target: 'local' }, world.ports);
    await settle();

    expect(lost).toBe('REQUESTED');
    expect(await stateOf('two')).toBe('RUNNING');
  });

  it('frees what nobody holds any more', async () => {
    await deploy(send, 'one');
    world.pass(700);
    await throughLooks({ target: 'local' }, world.ports);
    // The cleanup never comes.
    world.workflows.started.splice(0);
    world.kubernetes.clusters.clear();
    world.pass(3_600);
    await throughLooks({ target: 'local' }, world.ports);

    expect(await admitted()).toEqual([]);
  });
});
