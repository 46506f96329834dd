import { describe, expect, it } from 'vitest';

import { assess } from '#shared/clusters/workflows/startup.ts';
import { origins } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getCluster, getState, jar, limitTarget, session, world } from '#test/unit/shared/clusters/fixture.ts';

import { callQueue, deploy, findOperation, findOperationId, listAdmitted, readOperation, settle } from './fixture.ts';

const listTransitionsOf = (clusterId: string) =>
  world.store.writtenTransitions.filter((one) => one.clusterId === clusterId).map(({ to }) => to);

describe.each(origins)('a deploy from %s to a target with limits', (_origin, send) => {
  it('starts within the limits, and is queued beyond them', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');

    expect([await getState('one'), await getState('two')]).toEqual(['DEPLOYING', 'QUEUED']);
    expect(await getCluster('two')).toMatchObject({
      reason: 'WaitingForQuota',
      message: 'The target uses 1 of 1 clusters; the command requests 1.',
    });
    expect(await readOperation(findOperationId('two'))).toMatchObject({
      state: 'QUEUED',
      position: 1,
      phase: expect.stringContaining('WaitingForQuota: The target uses 1 of 1 clusters; the command requests 1.'),
    });
    expect(world.kubernetes.clusters.has('two')).toBe(false);
  });

  it('starts when capacity becomes free, with the data that it was sent with', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two', { config: { 'taskmanager.numberOfTaskSlots': 7 } });
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await settle();

    expect([await getState('one'), await getState('two')]).toEqual(['STOPPED', 'RUNNING']);
    expect(await listAdmitted()).toEqual(['two']);
    expect(world.payloads.stored.size).toBe(0);
    expect(listTransitionsOf('two')).toEqual(['QUEUED', 'REQUESTED', 'DEPLOYING', 'RUNNING']);
  });

  it('uses the capacity that it requests at its start, after the defaults of the target have changed', async () => {
    limitTarget({ limits: { clusters: 1, cpu: 10 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    limitTarget({ defaults: { 'kubernetes.jobmanager.cpu.amount': '3' } });
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await settle();

    expect((await callQueue('GET', '')).body).toMatchObject({ usage: { clusters: 1, cpu: 3 }, queued: [] });
  });

  it('has its whole start-up timeout after it was queued', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await settle();
    world.passTime(3_600);
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
    world.kubernetes.cluster('two').trouble = { reason: 'ImagePullBackOff', message: 'a registry that is slow' };
    const startedAt = world.ports.now().toISOString();
    const assessed = await assess({ operationId: findOperationId('two') }, world.ports);

    expect(assessed).toMatchObject({ outcome: 'waiting' });
    expect(await readOperation(findOperationId('two'))).toMatchObject({ startedAt });
  });

  it('counts the resource requests of its pods', async () => {
    limitTarget({ limits: { cpu: 4 } });
    const job = { jar: 'local:///a.jar', parallelism: 5 };
    const data = {
      mode: 'application',
      job,
      config: { 'taskmanager.numberOfTaskSlots': 2, 'kubernetes.taskmanager.cpu.amount': 1 },
    };
    await send('deploy', { clusterId: 'one', data }, world);
    await runQueues(world);
    await send('deploy', { clusterId: 'two', data }, world);

    // One JobManager with one CPU, three TaskManagers with one each.
    expect(await getCluster('two')).toMatchObject({
      state: 'QUEUED',
      message: 'The target uses 4 of 4 CPUs; the command requests 4.',
    });
  });

  it('is rejected when it exceeds the limits of the target on its own', async () => {
    limitTarget({ limits: { cpu: 0.5 } });

    expect(await deploy(send, 'one')).toMatchObject({ outcome: 'rejected', code: 'over-limit' });
    expect(await getCluster('one')).toBeUndefined();
  });

  it('is returned for a retry when the queue is full', async () => {
    limitTarget({ limits: { clusters: 1 }, maxQueued: 1 });
    await deploy(send, 'one');
    await deploy(send, 'two');

    expect(await deploy(send, 'three')).toMatchObject({ outcome: 'returned' });
    expect(await getCluster('three')).toBeUndefined();
  });

  it('is the same command when it is sent again while it is queued', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    const again = () => send('deploy', { clusterId: 'two', data: session, key: 'again' }, world);
    await again();

    expect(await again()).toMatchObject({ outcome: 'done' });
    expect((await world.store.queue('local')).queued).toHaveLength(1);
  });
});

describe.each(origins)('a submit from %s to a target with limits', (_origin, send) => {
  it('is queued until a job of the session has ended', async () => {
    limitTarget({ limits: { jobs: 1 } });
    await deploy(send, 'etl');
    await settle();
    await send('submit', { clusterId: 'etl', data: { jar } }, world);
    const first = findOperationId('etl', 'submit');
    await send('submit', { clusterId: 'etl', data: { jar } }, world);
    const second = findOperationId('etl', 'submit');
    await settle();
    const waiting = await readOperation(second);
    await send('cancel', { clusterId: 'etl', jobId: first }, world);
    await settle();

    expect(waiting).toMatchObject({
      state: 'QUEUED',
      phase: expect.stringContaining('WaitingForQuota: The target uses 1 of 1 jobs; the command requests 1.'),
    });
    expect(await readOperation(second)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await readOperation(first)).toMatchObject({ state: 'SUCCEEDED', verdict: 'CANCELED' });
  });

  it('demands the TaskManagers that its parallelism needs', async () => {
    limitTarget({ limits: { cpu: 4 } });
    await deploy(send, 'etl', { config: { 'taskmanager.numberOfTaskSlots': 2 } });
    await settle();

    expect(await send('submit', { clusterId: 'etl', data: { jar, parallelism: 4 } }, world)).toMatchObject({
      outcome: 'done',
    });
    expect(findOperation('etl', 'submit')).toMatchObject({ state: 'QUEUED' });
    expect(await readOperation(findOperationId('etl', 'submit'))).toMatchObject({
      phase: expect.stringContaining('WaitingForQuota: The target uses 1 of 4 CPUs; the command requests 4.'),
    });
  });
});

describe.each(origins)('a command from %s to a target without limits', (_origin, send) => {
  it('starts at once beside a submit that waits for its session', async () => {
    await deploy(send, 'starting');
    await send('submit', { clusterId: 'starting', data: { jar } }, world);
    await deploy(send, 'other');

    expect(findOperation('starting', 'submit')).toMatchObject({ state: 'QUEUED' });
    expect(listTransitionsOf('other')).toEqual(['REQUESTED', 'DEPLOYING']);
  });

  it('starts at once beside a deploy that waits for a dependency', async () => {
    await deploy(send, 'running');
    await world.workflows.runAll(world.ports);
    await deploy(send, 'dependent', { dependsOn: ['not come yet'] });
    await deploy(send, 'other');
    await send('submit', { clusterId: 'running', data: { jar } }, world);

    expect(await getState('dependent')).toBe('QUEUED');
    expect(listTransitionsOf('other')).toEqual(['REQUESTED', 'DEPLOYING']);
    expect(findOperation('running', 'submit')).toMatchObject({ state: 'PENDING' });
  });
});
