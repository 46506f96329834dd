import { beforeEach, describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { Fault } from '#events/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { observeJobsOf } from '#shared/clusters/jobs/observe-jobs.ts';
import { read } from '#shared/clusters/jobs/record-jobs.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { take } from '#shared/clusters/workflows/snapshot.ts';
import { resubmitJobs } from '#shared/clusters/workflows/resubmit-jobs.ts';
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
  await world.workflows.runAll(world.ports);
  await letIn(world);
  await world.workflows.runAll(world.ports);
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
const askToStop = (savepoint = 'required', clusterId = 'etl') =>
  throughHttp('stop', { clusterId, data: { savepoint, savepointDirectory } }, world);
const stop = async (savepoint = 'required') => {
  flinkOf('etl').savepoint = (jobId) => ({ location: `${savepointDirectory}/${jobId}` });
  await askToStop(savepoint);
  await settled();
};
/** Ends one job by itself. */
const stopJob = async (jobId: string) => {
  flinkOf('etl').savepoint = (id) => ({ location: `${savepointDirectory}/${id}` });
  await throughHttp('stop-job', { clusterId: 'etl', jobId, data: { directory: savepointDirectory } }, world);
  await settled();
};
const flinkOf = (clusterId: string) => world.kubernetes.cluster(clusterId).flink;
const operations = () => [...world.store.operations.values()].map(({ value }) => value);
const lastOperation = () => operations().at(-1);
const deployOf = (clusterId: string) =>
  operations().findLast((operation) => operation.kind === 'deploy' && operation.clusterId === clusterId);
const restoresOf = (clusterId: string) => deployOf(clusterId)?.restoredJobs ?? [];
const formerJobsOf = (clusterId: string) => restoresOf(clusterId).map(({ formerJobId }) => formerJobId);
const running = (clusterId: string) =>
  [...flinkOf(clusterId).jobs].map(([jobId, { options }]) => ({ jobId, ...options }));

const operation = (id: string | undefined) => operations().find(({ operationId }) => operationId === id);
const jobOf = (jobId: string) => [...world.store.jobRecords.values()].find(({ value }) => value.jobId === jobId)?.value;
const limit = async (jobs: number | undefined) =>
  world.targets.known.set('local', {
    ...(await world.targets.get('local')),
    limits: jobs === undefined ? {} : { jobs },
  });
const letSavepoints = (
  how: (jobId: string) => { readonly location: string } | { readonly failure: string } | 'in-progress',
) => {
  flinkOf('etl').savepoint = how;
};
/** Only this job's savepoint works. */
const saveOnly = (one: string) =>
  letSavepoints((jobId) => (jobId === one ? { location: `${savepointDirectory}/${jobId}` } : { failure: 'no space' }));
const cancelQueued = async (operationId: string) => {
  await endQueued({ operationId }, { state: 'CANCELED', fault: new Fault('canceled', 'taken back') }, world.ports);
};

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
    const without = await deploy({ restore: { ...restore, allowEmptyState: true } }, 'other', send);

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

    expect(formerJobsOf('etl')).toEqual([other]);
  });

  it('starts the one that is named', async () => {
    await deploy();
    const [, other] = [await submit(clicks), await submit(orders)];
    await stop();

    await deploy({ restore: { ...restore, job: other } });

    expect(formerJobsOf('etl')).toEqual([other]);
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
    await askToStop();
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

    await renewJars(world.ports);

    expect(world.jars.renewed).toEqual([jar]);
  });
});

describe('what is started again', () => {
  it('does not start a job elsewhere whose restored submit still waits in line', async () => {
    await deploy();
    await submit(clicks);
    await submit(orders);
    await stop();
    await limit(1);
    await deploy({ restore });
    const waits = restoresOf('etl')[1];
    expect(operation(waits?.jobId)?.state).toBe('QUEUED');
    await limit(undefined);

    const outcome = await deploy({ restore: { ...restore, job: waits?.formerJobId } }, 'next');

    expect(outcome.code).toBe('not-ready');
  });

  it('does not start the jobs elsewhere while the session that starts them again is coming up', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);

    const outcome = await throughHttp('deploy', { clusterId: 'next', data: { mode: 'session', restore } }, world);
    await settled();

    expect(outcome.code).toBe('not-ready');
    expect(running('etl')).toHaveLength(1);
  });

  it('does not start a job twice whose submit of the former life still waits in line', async () => {
    await deploy();
    await submit(clicks);
    await submit(orders);
    await stop();
    world.pass(60);
    await limit(1);
    await deploy({ restore });
    world.pass(60);
    letSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    await askToStop();
    // The line is not looked at before the next life is recorded: admissions are a queue.
    await world.workflows.runAll(world.ports);
    await limit(undefined);
    world.pass(60);

    const first = await deploy({ restore });
    await world.ports.admissionQueue.send('local');
    await settled();
    if (first.code === 'not-ready') await deploy({ restore });

    const paths = running('etl').map(({ savepointPath }) => savepointPath);
    expect(paths).toEqual([...new Set(paths)]);
  });

  it('does not start a job again whose submit was taken back, when it was the only one', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    world.pass(60);
    const target = await world.targets.get('local');
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    await world.workflows.runAll(world.ports);
    const [restored] = restoresOf('etl');
    expect(target).toBeDefined();
    expect(operation(restored?.jobId)?.state).toBe('QUEUED');
    await cancelQueued(restored?.jobId ?? '');
    await settled();
    world.pass(60);
    await stop();

    await deploy({ restore: { ...restore, allowEmptyState: true } });

    expect(restoresOf('etl')).toEqual([]);
  });

  it('marks a job that a look saw end which had read the cluster before its stop', async () => {
    await deploy();
    const one = await submit(clicks);
    const stale = await read({ target: 'local', clusterId: 'etl' }, world.ports);
    letSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    letSavepoints(() => 'in-progress');
    await askToStop();
    const flink = flinkOf('etl');
    const answer = flink.answer.bind(flink);
    let looked = false;
    flink.answer = async (request) => {
      const result = await answer(request);
      const [trigger] = [...flink.savepoints].find(([, value]) => value === 'in-progress') ?? [];
      if (!looked && trigger !== undefined && request.method === 'GET' && request.path.includes('/savepoints/')) {
        looked = true;
        flink.complete(one, trigger, `${savepointDirectory}/${one}`);
        await observeJobsOf(stale, world.ports);
      }
      return result;
    };
    await settled();
    expect(looked).toBe(true);
    expect(jobOf(one)?.finalSavepoint).toBe(`${savepointDirectory}/${one}`);

    expect(jobOf(one)?.stoppedWithCluster).toBe(true);
  });

  it('leaves a job alone that was stopped by itself just before its cluster was', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    letSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    await throughHttp('stop-job', { clusterId: 'etl', jobId: one, data: { directory: savepointDirectory } }, world);
    // Its machine has asked Flink, which has ended the job; nobody has looked since.
    const trigger = operations().findLast(({ kind }) => kind === 'stop-job')?.operationId ?? '';
    await take({ operationId: trigger }, world.ports);
    await askToStop();
    const at = world.workflows.started.findIndex(({ machine }) => machine === 'cleanup');
    world.workflows.started.unshift(...world.workflows.started.splice(at, 1));
    await settled();

    await deploy({ restore });

    expect(formerJobsOf('etl')).toEqual([other]);
  });

  it('does not lose a job whose savepoint was complete only when the stop had failed for another job', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    letSavepoints((jobId) => (jobId === one ? 'in-progress' : { failure: 'no space' }));
    await askToStop();
    await settled();
    const flink = flinkOf('etl');
    const [trigger = ''] = [...flink.savepoints].find(([, value]) => value === 'in-progress') ?? [];
    flink.complete(one, trigger, `${savepointDirectory}/${one}`);
    await observeJobsOf(await read({ target: 'local', clusterId: 'etl' }, world.ports), world.ports);
    expect(jobOf(one)).toMatchObject({ state: 'FINISHED', finalSavepoint: `${savepointDirectory}/${one}` });
    await stop();

    await deploy({ restore });

    expect(formerJobsOf('etl').toSorted()).toEqual([one, other].toSorted());
  });

  it('a job that never starts does not keep the session from coming up for ever', async () => {
    await deploy();
    await submit(clicks);
    await submit({ ...orders, jar: otherJar });
    await stop();
    world.pass(60);
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    await world.workflows.runAll(world.ports);
    world.kubernetes.cluster('etl').flink.program = ({ entryClass }) =>
      entryClass === 'com.example.Orders'
        ? { thrown: 'java.io.FileNotFoundException: savepoint' }
        : { state: 'RUNNING' };
    await settled();
    expect(operation(restoresOf('etl')[1]?.jobId)?.state).toBe('FAILED');
    world.pass(60);
    await stop();
    world.pass(30 * 24 * 3600);
    world.jars.held.delete(otherJar);

    const outcome = await deploy({ restore });

    expect(outcome.outcome).toBe('done');
  });

  it('reads operations a bounded number at once', async () => {
    await deploy();
    const one = await submit(clicks);
    const template = [...world.store.jobRecords].find(([, { value }]) => value.jobId === one);
    await stop();
    for (let i = 0; i < 3000; i += 1) {
      const jobId = (0xabc00000 + i).toString(16).padStart(32, '0');
      if (template !== undefined)
        world.store.jobRecords.set(template[0].replace(one, jobId), {
          ...template[1],
          value: { ...template[1].value, jobId, state: 'FINISHED' },
        });
    }
    let open = 0;
    let most = 0;
    const read = world.store.operation.bind(world.store);
    world.store.operation = async (id) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return read(id);
    };

    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);

    expect(most).toBeLessThanOrEqual(64);
  });

  it('does not bring a job back twice that high availability recovers', async () => {
    await deploy();
    const one = await submit(clicks);
    letSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    const [key, known] = [...world.store.jobRecords].find(([, { value }]) => value.jobId === one) ?? [];
    await stop('none');
    // As a best-effort stop leaves it whose JobManager was lost behind the savepoint, with ha: keep.
    const { endTime: _endTime, ...value } = jobOf(one) ?? {};
    if (key !== undefined && known !== undefined)
      world.store.jobRecords.set(key, {
        ...known,
        value: {
          ...known.value,
          ...value,
          state: 'SUSPENDED',
          finalSavepoint: `${savepointDirectory}/${one}`,
          stoppedWithCluster: true,
        },
      });

    await deploy({ restore: { ...restore, allowEmptyState: true } });

    expect(restoresOf('etl')).toEqual([]);
  });

  it('a job that went on behind a failed stop and was then cancelled is not started from the old savepoint', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    const flink = flinkOf('etl');
    const answer = flink.answer.bind(flink);
    // Flink restarts a job whose savepoint is complete but whose tasks did not finish.
    flink.answer = async (request) => {
      const result = await answer(request);
      if (request.method === 'POST' && request.path.includes(one)) flink.setState(one, 'RUNNING');
      return result;
    };
    await askToStop();
    await settled();
    flink.answer = answer;
    await throughHttp('cancel', { clusterId: 'etl', jobId: one, data: { jobId: one } }, world);
    await settled();
    expect(jobOf(one)?.state).toBe('CANCELED');
    await stop();

    await deploy({ restore });

    expect(formerJobsOf('etl')).toEqual([other]);
  });

  it('a failed savepoint of a best-effort stop is told of, not left out in silence', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    await askToStop('best-effort');
    await settled();
    expect(jobOf(other)).toMatchObject({ state: 'CANCELED' });

    const outcome = await deploy({ restore });
    expect(outcome).toMatchObject({ code: 'not-found' });
    expect(outcome.detail).toContain(`job ${other} (`);
    expect(outcome.detail).toContain('has no savepoint, as it failed; with allowEmptyState it starts without state');
    await deploy({ restore: { ...restore, allowEmptyState: true } });

    expect(running('etl').map(({ savepointPath }) => savepointPath)).toEqual([
      `${savepointDirectory}/${one}`,
      undefined,
    ]);
  });

  it('starts a job once that somebody submitted again from the savepoint of a stop that failed for another', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    await askToStop();
    await settled();
    world.pass(60);
    const again = await submit({ ...clicks, restore: { path: `${savepointDirectory}/${one}` } });
    await stop();

    await deploy({ restore });

    expect(formerJobsOf('etl').toSorted()).toEqual([other, again].toSorted());
  });

  it('is at most fifty jobs', async () => {
    await deploy();
    const one = await submit(clicks);
    await stop();
    const [key, known] = [...world.store.jobRecords].find(([, { value }]) => value.jobId === one) ?? [];
    if (key === undefined || known === undefined) throw new Error('the job is not recorded');
    for (let more = 0; more < 50; more += 1) {
      const jobId = (0xabc00 + more).toString(16).padStart(32, '0');
      world.store.jobRecords.set(key.replace(one, jobId), { ...known, value: { ...known.value, jobId } });
    }

    const outcome = await deploy({ restore });

    expect(outcome).toMatchObject({ code: 'over-limit' });
    expect(outcome.detail).toContain('etl was stopped with 51 jobs: at most 50 are restored at once');
  });

  it('is named where it is none of those that there are', async () => {
    await deploy();
    await submit(clicks);
    await stop();

    expect((await deploy({ restore: { ...restore, job: 'orders' } }, 'next')).detail).toContain(
      'there is no job orders among those that etl was stopped with: com.example.Clicks',
    );
    expect((await deploy({ restore: { fromCluster: 'nobody' } }, 'next')).detail).toContain(
      'there is no cluster nobody in target local, and was none',
    );
  });

  it('is told by a plan, too', async () => {
    const data = commands.deploy.data.parse({ mode: 'session', restore });

    await expect(planDeploy('local', data, world.ports)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is chosen when a deploy is recorded, also of one that waits in line, and starts when that has come up', async () => {
    await deploy();
    const one = await submit(clicks);
    await stop();
    await deploy({}, 'other');
    world.targets.known.set('local', { ...(await world.targets.get('local')), limits: { clusters: 1 } });
    await deploy({ restore });
    expect(deployOf('etl')).toMatchObject({ state: 'QUEUED', restoredJobs: [{ formerJobId: one }] });

    await throughHttp('stop', { clusterId: 'other' }, world);
    await settled();
    await world.admissionQueue.send('local');
    await settled();
    await settled();

    expect(running('etl')).toMatchObject([
      { jobId: restoresOf('etl')[0]?.jobId, savepointPath: `${savepointDirectory}/${one}` },
    ]);
  });

  it('leaves behind what belonged to the submit of then, and takes the correlation of the deploy', async () => {
    await deploy();
    const first = await submit(clicks);
    await submit({
      ...orders,
      correlationId: 'then',
      deadline: new Date(world.ports.now().getTime() + 60_000).toISOString(),
      dependsOn: [first],
    });
    const finished = flinkOf('etl');
    finished.setState(first, 'FINISHED');
    await dispatchReconcile(world.ports);
    await settled();
    await stop();
    world.pass(3_600);

    await deploy({ restore, correlationId: 'now' });

    const again = operation(restoresOf('etl')[0]?.jobId);
    expect(again).toMatchObject({ state: 'SUCCEEDED', correlationId: 'now' });
    expect(again?.request).toMatchObject({ kind: 'submit', data: { dependsOn: [] } });
    expect(again?.request).not.toHaveProperty('data.deadline');
  });

  it.each([
    ['is full', new Fault('limit-reached', 'too many wait'), 'limit-reached'],
    ['cannot be read', new Error('S3 answers 503'), 'internal'],
  ])('does not keep a session from coming up whose line, or jar, %s', async (_what, trouble, code) => {
    await deploy();
    await submit(clicks);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.inspect = async () => {
      throw trouble;
    };
    await settled();

    expect(deployOf('etl')).toMatchObject({ state: 'SUCCEEDED' });
    expect(operation(restoresOf('etl')[0]?.jobId)).toMatchObject({ state: 'FAILED', problem: { code } });
  });

  it('is nothing for a session that was stopped on its way up', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    await throughHttp('stop', { clusterId: 'etl' }, world);
    await resubmitJobs(deployOf('etl')!, world.ports);

    expect(operation(restoresOf('etl')[0]?.jobId)).toBeUndefined();
  });

  it('does not lose the jobs that a life should have started and of which it started none', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    world.pass(60);
    await throughHttp('deploy', { clusterId: 'next', data: { mode: 'session', restore } }, world);
    world.jars.held.clear();
    await settled();
    expect(running('next')).toEqual([]);
    await askToStop('required', 'next');
    await settled();
    world.jars.held.set(jar, jarBytes);

    await deploy({ restore: { fromCluster: 'next', allowEmptyState: true } }, 'next');

    expect(restoresOf('next')).toHaveLength(1);
  });

  it('takes the same job by the id that the deploy named for it', async () => {
    await deploy();
    await submit(clicks);
    const other = await submit({ ...orders, jar: otherJar });
    await stop();
    world.pass(60);
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.held.delete(otherJar);
    await settled();
    const told = restoresOf('etl').find(({ formerJobId }) => formerJobId === other)?.jobId;
    await stop();
    world.jars.held.set(otherJar, jarBytes);

    const outcome = await deploy({ restore: { ...restore, job: told } });

    expect(outcome.outcome).toBe('done');
  });

  it('a bucket that is throttled for a moment fails no job that a session starts again', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    const inspect = world.jars.inspect.bind(world.jars);
    let asked = 0;
    world.jars.inspect = async (...args) => {
      if ((asked += 1) === 1)
        throw new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment: try again');
      return inspect(...args);
    };
    await settled();
    const [restored] = restoresOf('etl');
    expect(operation(restored?.jobId)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('a job that was stopped without a savepoint is not started again because of an earlier stop that failed', async () => {
    await deploy();
    await submit(clicks);
    letSavepoints(() => ({ failure: 'no space' }));
    await askToStop();
    await settled();
    world.pass(60);
    await throughHttp('stop', { clusterId: 'etl', data: { savepoint: 'none' } }, world);
    await settled();
    await deploy({ restore: { ...restore, allowEmptyState: true } });
    expect(restoresOf('etl')).toEqual([]);
  });

  it('one job that cannot be submitted keeps not those behind it', async () => {
    await deploy();
    await submit({ ...clicks, jar: otherJar });
    await submit(orders);
    await stop();
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    const inspect = world.jars.inspect.bind(world.jars);
    world.jars.inspect = async (name, target) => {
      if (name === otherJar) throw new Error('AccessDenied');
      return inspect(name, target);
    };
    await settled();
    expect(restoresOf('etl').map(({ jobId }) => operation(jobId)?.state)).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it('other id, ha: keep, failed best-effort savepoint: told, not left out in silence', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    world.kubernetes.highAvailability.set('etl', new Set(['etl-cluster-config-map']));
    await throughHttp(
      'stop',
      { clusterId: 'etl', data: { savepoint: 'best-effort', savepointDirectory, ha: 'keep' } },
      world,
    );
    await settled();
    expect(jobOf(other)).toMatchObject({ state: 'SUSPENDED', stoppedWithCluster: true });
    const outcome = await deploy({ restore }, 'next');
    expect(outcome).toMatchObject({ outcome: 'rejected', detail: expect.stringContaining(other) });
  });
});

describe('a table that is throttled for a while', () => {
  const throttle = (times: number) => {
    const readOperation = world.store.operation.bind(world.store);
    let asked = 0;
    world.store.operation = async (id) => {
      if ((asked += 1) <= times) throw new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment');
      return readOperation(id);
    };
  };

  it('fails no deploy that is there', async () => {
    await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
    throttle(8);
    await settled();

    expect(deployOf('etl')).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('fails no stop', async () => {
    await deploy();
    await throughHttp('stop', { clusterId: 'etl', data: { savepoint: 'none' } }, world);
    throttle(8);
    await settled();

    expect(lastOperation()).toMatchObject({ kind: 'stop', state: 'SUCCEEDED' });
  });

  it('fails no deploy that could not be written down, and that nobody repeats', async () => {
    const commit = world.store.commit.bind(world.store);
    let left = 1;
    world.store.commit = async (change) => {
      if (change.cluster?.value.state === 'DEPLOYING' && (left -= 1) >= 0)
        throw new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment');
      await commit(change);
    };
    const first = await throughHttp('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
    expect(first.code).toBe('limit-reached');

    for (let minute = 0; minute < 4; minute += 1) {
      world.pass(60);
      await dispatchReconcile(world.ports);
      await settled();
    }

    expect(deployOf('etl')?.state).toBe('SUCCEEDED');
  });
});

describe('a required stop', () => {
  it('names the jobs that still end behind its deadline, when others failed, and starts them again', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    letSavepoints((jobId) => (jobId === one ? 'in-progress' : { failure: 'no space' }));
    await askToStop();
    await settled();

    const stopped = lastOperation();
    expect(stopped).toMatchObject({ kind: 'stop', state: 'FAILED' });
    expect(stopped?.problem?.detail).toContain(other);
    expect(stopped?.problem?.detail).toContain(one);
    expect([jobOf(one)?.stoppedWithCluster, jobOf(other)?.stoppedWithCluster]).toEqual([true, undefined]);
  });
});
