import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getFlink, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  clicks,
  deploy,
  findDeploy,
  getOperation,
  limitJobs,
  listRestoredJobs,
  listRunningJobs,
  orders,
  otherJar,
  restore,
  settle,
  stop,
  submit,
} from './fixture.ts';

describe('the selection of the restored jobs', () => {
  it('leaves out a job whose restored submit is queued in another session', async () => {
    await deploy();
    await submit(clicks);
    await submit(orders);
    await stop();
    limitJobs(1);
    await deploy({ restore });
    const waits = listRestoredJobs('etl')[1];
    expect(getOperation(waits?.jobId)?.state).toBe('QUEUED');
    limitJobs(undefined);

    const outcome = await deploy({ restore: { ...restore, job: waits?.formerJobId } }, 'next');

    expect(outcome.code).toBe('not-ready');
  });

  it('is rejected while another session that restores the jobs starts', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);

    const outcome = await sendHttp('deploy', { clusterId: 'next', data: { mode: 'session', restore } }, world);
    await settle();

    expect(outcome.code).toBe('not-ready');
    expect(listRunningJobs('etl')).toHaveLength(1);
  });

  it('reads a bounded number of operations at once', async () => {
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

    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);

    expect(most).toBeLessThanOrEqual(64);
  });

  it('has at most fifty jobs', async () => {
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
    expect(outcome.detail).toContain('Cluster etl has 51 jobs. A session restores at most 50.');
  });

  it('is rejected for an unknown job, with the jobs that exist', async () => {
    await deploy();
    await submit(clicks);
    await stop();

    expect((await deploy({ restore: { ...restore, job: 'orders' } }, 'next')).detail).toContain(
      'Cluster etl was not stopped with a job orders. It was stopped with com.example.Clicks.',
    );
    expect((await deploy({ restore: { fromCluster: 'unknown' } }, 'next')).detail).toContain(
      'Target local has no cluster unknown, and never had one.',
    );
  });

  it('is checked by a plan, too', async () => {
    const data = commands.deploy.data.parse({ mode: 'session', restore });

    await expect(planDeploy('local', data, world.ports)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is made when the deploy is recorded, also of a queued one, whose jobs start when it runs', async () => {
    await deploy();
    const one = await submit(clicks);
    await stop();
    await deploy({}, 'other');
    world.targets.known.set('local', { ...(await world.targets.get('local')), limits: { clusters: 1 } });
    await deploy({ restore });
    expect(findDeploy('etl')).toMatchObject({ state: 'QUEUED', restoredJobs: [{ formerJobId: one }] });

    await sendHttp('stop', { clusterId: 'other' }, world);
    await settle();
    await world.admissionQueue.send('local');
    await settle();
    await settle();

    expect(listRunningJobs('etl')).toMatchObject([
      { jobId: listRestoredJobs('etl')[0]?.jobId, savepointPath: `${savepointDirectory}/${one}` },
    ]);
  });

  it('drops the queue fields of the original submit, and uses the correlation id of the deploy', async () => {
    await deploy();
    const first = await submit(clicks);
    await submit({
      ...orders,
      correlationId: 'then',
      deadline: new Date(world.ports.now().getTime() + 60_000).toISOString(),
      dependsOn: [first],
    });
    const finished = getFlink('etl');
    finished.setState(first, 'FINISHED');
    await dispatchReconcile(world.ports);
    await settle();
    await stop();
    world.passTime(3_600);

    await deploy({ restore, correlationId: 'now' });

    const again = getOperation(listRestoredJobs('etl')[0]?.jobId);
    expect(again).toMatchObject({ state: 'SUCCEEDED', correlationId: 'now' });
    expect(again?.request).toMatchObject({ kind: 'submit', data: { dependsOn: [] } });
    expect(again?.request).not.toHaveProperty('data.deadline');
  });

  it('accepts the id that an earlier restore gave to a job', async () => {
    await deploy();
    await submit(clicks);
    const other = await submit({ ...orders, jar: otherJar });
    await stop();
    world.passTime(60);
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.stored.delete(otherJar);
    await settle();
    const newJobId = listRestoredJobs('etl').find(({ formerJobId }) => formerJobId === other)?.jobId;
    await stop();
    world.jars.stored.set(otherJar, jarBytes);

    const outcome = await deploy({ restore: { ...restore, job: newJobId } });

    expect(outcome.outcome).toBe('done');
  });
});
