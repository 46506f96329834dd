import { beforeEach, describe, expect, it } from 'vitest';

import { keepJars } from '#shared/clusters/keep-jars.ts';
import { doors, jarBytes, letIn, makeWorld, type Send, type World } from '#test/fakes/world.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const otherJar = 's3://bucket/uploads/local/2/other.jar';
const savepointDirectory = 's3://bucket/savepoints';
const [, throughHttp] = doors[0] as readonly [string, Send];
const restore = { fromCluster: 'etl', latest: true };
const clicks = { jar, entryClass: 'com.example.Clicks', args: ['--day', '1'], parallelism: 1 };
const orders = { jar, entryClass: 'com.example.Orders', config: { 'pipeline.name': 'orders' } };

let world: World;
beforeEach(() => {
  world = makeWorld();
  for (const one of [jar, otherJar]) world.jars.held.set(one, jarBytes);
});

const settled = async () => {
  await world.machines.runAll(world.ports);
  await letIn(world);
  await world.machines.runAll(world.ports);
};
const deploy = async (data: Readonly<Record<string, unknown>> = {}, clusterId = 'etl', send = throughHttp) => {
  const outcome = await send('deploy', { clusterId, data: { mode: 'session', ...data } }, world);
  await settled();
  return outcome;
};
const submit = async (data: Readonly<Record<string, unknown>>) => {
  await throughHttp('submit', { clusterId: 'etl', data }, world);
  await settled();
  return lastOperation()?.operationId ?? '';
};
const stop = async (savepoint = 'required') => {
  flinkOf('etl').savepoint = (jobId) => ({ location: `${savepointDirectory}/${jobId}` });
  await throughHttp('stop', { clusterId: 'etl', data: { savepoint, savepointDirectory } }, world);
  await settled();
};
/** Ends one job by itself. */
const stopJob = async (jobId: string) => {
  flinkOf('etl').savepoint = (id) => ({ location: `${savepointDirectory}/${id}` });
  await throughHttp('stopjob', { clusterId: 'etl', jobId, data: { directory: savepointDirectory } }, world);
  await settled();
};
const flinkOf = (clusterId: string) => world.kubernetes.cluster(clusterId).flink;
const operations = () => [...world.store.operations.values()].map(({ value }) => value);
const lastOperation = () => operations().at(-1);
const deployOf = (clusterId: string) =>
  operations().findLast((operation) => operation.kind === 'deploy' && operation.clusterId === clusterId);
const restoresOf = (clusterId: string) => deployOf(clusterId)?.restores ?? [];
const running = (clusterId: string) =>
  [...flinkOf(clusterId).jobs].map(([jobId, { options }]) => ({ jobId, ...options }));

describe.each(doors)('through %s, a session with restore', (_door, send) => {
  it('starts the jobs again that the last life was stopped with, as they were submitted', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    await stop();

    const outcome = await deploy({ restore: { ...restore, claimMode: 'CLAIM' } }, 'etl', send);

    expect(outcome.outcome).toBe('done');
    expect(restoresOf('etl')).toEqual([
      expect.objectContaining({ formerJobId: one, savepoint: `${savepointDirectory}/${one}` }),
      expect.objectContaining({ formerJobId: other, savepoint: `${savepointDirectory}/${other}` }),
    ]);
    const restored = { claimMode: 'CLAIM', allowNonRestoredState: false };
    expect(running('etl')).toEqual([
      expect.objectContaining({
        jobId: restoresOf('etl')[0]?.jobId,
        entryClass: 'com.example.Clicks',
        programArgsList: ['--day', '1'],
        parallelism: 1,
        savepointPath: `${savepointDirectory}/${one}`,
        ...restored,
      }),
      expect.objectContaining({
        jobId: restoresOf('etl')[1]?.jobId,
        flinkConfiguration: { 'pipeline.name': 'orders' },
        savepointPath: `${savepointDirectory}/${other}`,
        ...restored,
      }),
    ]);
  });

  it('is refused where no job was stopped with its cluster, or starts without where that will do', async () => {
    await deploy();
    await submit(clicks);
    await stop('none');

    const refused = await deploy({ restore }, 'next', send);
    const without = await deploy({ restore: { ...restore, orNothing: true } }, 'other', send);

    expect(refused).toMatchObject({ outcome: 'rejected', code: 'not-found', pointers: ['/restore/fromCluster'] });
    expect(without.outcome).toBe('done');
    expect(deployOf('other')).toMatchObject({ state: 'SUCCEEDED' });
    expect(running('other')).toEqual([]);
  });
});

describe('a session with restore', () => {
  it('submits each job once, however often its machine tries', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    let failures = 0;
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      // What makes the cluster RUNNING: the submits are recorded by then.
      if (change.cluster?.value.state === 'RUNNING' && (failures += 1) < 3) throw new Error('the function was killed');
      await commit(change);
    };
    await settled();

    expect(failures).toBeGreaterThan(2);
    expect(operations().filter(({ kind }) => kind === 'submit')).toHaveLength(2);
    expect(running('etl')).toHaveLength(1);
  });

  it('leaves a job alone that was stopped by itself', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    await stopJob(one);
    await stop();

    await deploy({ restore });

    expect(restoresOf('etl').map(({ formerJobId }) => formerJobId)).toEqual([other]);
  });

  it('starts the one that is named', async () => {
    await deploy();
    const [, other] = [await submit(clicks), await submit(orders)];
    await stop();

    await deploy({ restore: { ...restore, job: other } });

    expect(restoresOf('etl').map(({ formerJobId }) => formerJobId)).toEqual([other]);
  });

  it('starts a job from where its last life ended, over several lives', async () => {
    await deploy();
    await submit(clicks);
    for (const _ of [1, 2, 3]) {
      await stop();
      world.pass(60);
      await deploy({ restore });
      world.pass(60);
    }

    const [latest] = restoresOf('etl');
    expect(running('etl')).toEqual([
      expect.objectContaining({ jobId: latest?.jobId, savepointPath: `${savepointDirectory}/${latest?.formerJobId}` }),
    ]);
    expect(operations().filter(({ kind }) => kind === 'submit')).toHaveLength(4);
  });

  it('does not lose a job that a life should have started and did not', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit({ ...orders, jar: otherJar })];
    await stop();
    world.pass(60);
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.held.delete(otherJar);
    await settled();
    const [restored] = restoresOf('etl');
    expect(running('etl')).toMatchObject([{ jobId: restored?.jobId }]);
    world.pass(60);
    await stop();
    world.jars.held.set(otherJar, jarBytes);

    await deploy({ restore });

    expect(restored?.formerJobId).toBe(one);
    expect(restoresOf('etl').map(({ formerJobId, savepoint }) => [formerJobId, savepoint])).toEqual([
      [other, `${savepointDirectory}/${other}`],
      [restored?.jobId, `${savepointDirectory}/${restored?.jobId}`],
    ]);
  });

  it('is refused while a job still runs, and while the cluster is being stopped', async () => {
    await deploy();
    await submit(clicks);

    expect(await deploy({ restore }, 'next')).toMatchObject({
      code: 'wrong-state',
      pointers: ['/restore/fromCluster'],
    });
    await throughHttp('stop', { clusterId: 'etl', data: { savepoint: 'required', savepointDirectory } }, world);
    expect(await deploy({ restore }, 'next')).toMatchObject({ code: 'not-ready' });
  });

  it('is refused when a jar is no longer kept, naming what is needed to start the job by hand', async () => {
    await deploy();
    const jobId = await submit(clicks);
    await stop();
    world.jars.held.clear();

    const outcome = await deploy({ restore }, 'next');

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found' });
    expect(outcome.detail).toContain(`${jar} is no longer kept; its savepoint is ${savepointDirectory}/${jobId}`);
  });

  it('comes up all the same when a job is refused, and says why', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.held.clear();
    await settled();

    const [restored] = restoresOf('etl');
    expect(deployOf('etl')).toMatchObject({ state: 'SUCCEEDED' });
    expect(operations().find(({ operationId }) => operationId === restored?.jobId)).toMatchObject({
      kind: 'submit',
      state: 'FAILED',
      problem: { code: 'jar-refused' },
    });
  });

  it('waits in line for its jobs where the target has no more of them', async () => {
    await deploy();
    await submit(clicks);
    await submit(orders);
    await stop();
    world.targets.known.set('local', { ...(await world.targets.get('local')), limits: { jobs: 1 } });

    await deploy({ restore });

    const states = restoresOf('etl').map(
      ({ jobId }) => operations().find(({ operationId }) => operationId === jobId)?.state,
    );
    expect(states).toEqual(['SUCCEEDED', 'QUEUED']);
  });
});

describe('the jars of jobs that live', () => {
  it('are kept, and no others', async () => {
    await deploy();
    await stopJob(await submit({ ...clicks, jar: otherJar }));
    await submit(clicks);

    await keepJars(world.ports);

    expect(world.jars.renewed).toEqual([jar]);
  });
});
