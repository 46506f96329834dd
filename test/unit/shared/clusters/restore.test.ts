import { beforeEach, describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/reconcile-target.ts';

import { doors, jarBytes, makeWorld, type Send, type World } from '../../../fakes/world.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const savepointDirectory = 's3://bucket/savepoints';
const [, throughHttp] = doors[0]!;
const program = { jar: 'local:///opt/flink/usrlib/a.jar' };
const restore = { fromCluster: 'etl', latest: true };

let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.held.set(jar, jarBytes);
});

const workflows = () => world.workflows.runAll(world.ports);
const started = async (clusterId: string) => {
  await throughHttp('deploy', { clusterId, data: { mode: 'session' } }, world);
  await workflows();
};
const submitted = async (clusterId: string, data: Readonly<Record<string, unknown>> = {}) => {
  await throughHttp('submit', { clusterId, data: { jar, ...data } }, world);
  await workflows();
};
/** One life of a session with a job, stopped with a savepoint if asked. */
const lived = async (savepoint: 'required' | 'none', entryClass?: string) => {
  await started('etl');
  world.pass(60);
  await submitted('etl', entryClass === undefined ? {} : { entryClass });
  await stopped(savepoint);
};
const stopped = async (savepoint: string) => {
  world.kubernetes.cluster('etl').flink.savepoint = (jobId) => ({ location: `${savepointDirectory}/${jobId}` });
  await throughHttp('stop', { clusterId: 'etl', data: { savepoint, savepointDirectory } }, world);
  await workflows();
};
/** A savepoint of the job that runs, and goes on unless asked otherwise. */
const saved = async (fields: object = {}) => {
  const [jobId] = world.kubernetes.cluster('etl').flink.jobs.keys();
  await throughHttp(
    'savepoint',
    { clusterId: 'etl', data: { jobId, directory: savepointDirectory, ...fields } },
    world,
  );
  await workflows();
};
const application = (fields: object) => ({
  clusterId: 'app',
  data: { mode: 'application', job: { ...program, restore: { ...restore, ...fields } } },
});
const savepoints = () => [...world.store.jobRecords.values()].flatMap(({ value }) => value.savepoint ?? []);
const lastOperation = () => [...world.store.operations.values()].at(-1)?.value;

describe.each(doors)('through %s, restore from a cluster', (_door, send: Send) => {
  it('starts a job of another session from where the cluster was stopped', async () => {
    await lived('required');
    await started('next');

    await send(
      'submit',
      { clusterId: 'next', data: { jar, restore: { ...restore, allowNonRestoredState: true } } },
      world,
    );
    await workflows();

    const [savepoint] = savepoints();
    expect(lastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED', restoredFrom: savepoint });
    const [job] = world.kubernetes.cluster('next').flink.jobs.values();
    expect(job?.options).toMatchObject({
      savepointPath: savepoint,
      allowNonRestoredState: true,
      claimMode: 'NO_CLAIM',
    });
  });

  it('starts an application from there, also under the same id', async () => {
    await lived('required');

    await send('deploy', { clusterId: 'etl', data: { mode: 'application', job: { ...program, restore } } }, world);
    await workflows();

    const [savepoint = 'none'] = savepoints();
    const objects = JSON.stringify(world.kubernetes.cluster('etl').manifests);
    expect(objects).toContain(`path: ${savepoint}`);
  });

  it('is refused when the last life was stopped without one', async () => {
    await lived('required');
    await lived('none');

    const outcome = await send(
      'deploy',
      { clusterId: 'app', data: { mode: 'application', job: { ...program, restore } } },
      world,
    );

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found', pointers: ['/job/restore/fromCluster'] });
    expect(outcome.detail).toContain('no job of the last life of etl in target local was stopped with a savepoint');
  });

  it('is refused when a savepoint was only taken on the way', async () => {
    await started('etl');
    await submitted('etl');
    await saved();
    world.pass(5 * 3_600);
    await stopped('none');

    const outcome = await send('deploy', application({}), world);

    expect(savepoints()).toEqual([expect.stringContaining(savepointDirectory)]);
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found' });
  });

  it('is refused when a job ended by itself behind its savepoint', async () => {
    await started('etl');
    await submitted('etl');
    await saved();
    const { flink } = world.kubernetes.cluster('etl');
    for (const jobId of flink.jobs.keys()) flink.setState(jobId, 'FINISHED');
    await dispatchReconcile(world.ports);
    await stopped('none');

    expect(await send('deploy', application({}), world)).toMatchObject({ code: 'not-found' });
  });

  it('is refused while the job still runs, also where nothing would do', async () => {
    await started('etl');
    await submitted('etl');
    await saved();

    const outcome = await send('deploy', application({ allowEmptyState: true }), world);

    expect(outcome).toMatchObject({ code: 'wrong-state', pointers: ['/job/restore/fromCluster'] });
    expect(outcome.detail).toContain('still runs: stop it with a savepoint first');
  });

  it.each([
    [
      { mode: 'application', job: program, restore },
      'malformed-request',
      '/restore',
      'an application has it as a member of its job',
    ],
    [
      { mode: 'session', job: { ...program, restore } },
      'refused-option',
      '/job',
      'set restore to start the jobs of an earlier one',
    ],
  ])('is a member of a session, and of the job of an application: %j', async (data, code, pointer, hint) => {
    const outcome = await send('deploy', { clusterId: 'next', data }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', code, pointers: [pointer] });
    expect(outcome.detail).toContain(hint);
  });

  it('waits while the cluster is being stopped, also where nothing would do', async () => {
    await started('etl');
    await submitted('etl');
    await throughHttp('stop', { clusterId: 'etl', data: { savepoint: 'required', savepointDirectory } }, world);

    const early = await send('deploy', application({ allowEmptyState: true }), world);
    await workflows();
    const late = await send('deploy', application({ allowEmptyState: true }), world);

    expect(early.outcome).not.toBe('done');
    expect(late.outcome).toBe('done');
    expect(lastOperation()?.restoredFrom).toBe(savepoints()[0]);
  });

  it('starts from where a job was stopped by itself, unless it was started anew', async () => {
    await started('etl');
    await submitted('etl');
    const [first] = world.kubernetes.cluster('etl').flink.jobs.keys();
    await throughHttp('stop-job', { clusterId: 'etl', data: { jobId: first, directory: savepointDirectory } }, world);
    await workflows();

    const stoppedJob = await send('deploy', application({}), world);
    const restoredFrom = lastOperation()?.restoredFrom;
    await submitted('etl');
    const anew = await send('deploy', { ...application({}), clusterId: 'other' }, world);

    expect(stoppedJob.outcome).toBe('done');
    expect(restoredFrom).toContain(savepointDirectory);
    expect(anew).toMatchObject({ code: 'wrong-state' });
  });

  it('starts from where a job was cancelled with a savepoint', async () => {
    await started('etl');
    await submitted('etl');
    await saved({ cancelJob: true });

    await send('deploy', application({}), world);

    expect(lastOperation()?.restoredFrom).toBe(savepoints()[0]);
  });

  it('is refused when the savepoint was disposed of', async () => {
    await started('etl');
    await submitted('etl');
    const [jobId] = world.kubernetes.cluster('etl').flink.jobs.keys();
    await throughHttp('stop-job', { clusterId: 'etl', data: { jobId, directory: savepointDirectory } }, world);
    await workflows();
    await throughHttp('dispose-savepoint', { clusterId: 'etl', data: { path: savepoints()[0] } }, world);
    await workflows();

    expect(await send('deploy', application({}), world)).toMatchObject({ code: 'not-found' });
  });

  it('passes over a life that had no job', async () => {
    await lived('required');
    await started('etl');
    await stopped('none');

    const outcome = await send(
      'deploy',
      { clusterId: 'app', data: { mode: 'application', job: { ...program, restore } } },
      world,
    );

    expect(outcome.outcome).toBe('done');
  });

  it('starts with nothing where that was allowed', async () => {
    const job = { ...program, restore: { ...restore, allowEmptyState: true } };

    const outcome = await send('deploy', { clusterId: 'app', data: { mode: 'application', job } }, world);

    expect(outcome.outcome).toBe('done');
    expect(JSON.stringify(world.kubernetes.cluster('app').manifests)).not.toContain(savepointDirectory);
  });

  it('asks which job is meant where there were several', async () => {
    await started('etl');
    await submitted('etl', { entryClass: 'com.example.Clicks' });
    await submitted('etl', { entryClass: 'com.example.Orders' });
    await stopped('required');
    await started('next');

    const unclear = await send('submit', { clusterId: 'next', data: { jar, restore } }, world);
    expect(unclear).toMatchObject({ code: 'malformed-request', pointers: ['/restore/job'] });
    const clear = { ...restore, job: 'com.example.Orders' };
    await send('submit', { clusterId: 'next', data: { jar, restore: clear } }, world);

    expect(lastOperation()?.restoredFrom).toContain(savepointDirectory);
  });

  it.each([
    { path: 's3://b/s', fromCluster: 'etl' },
    {},
    { path: 's3://b/s', allowEmptyState: true },
    { fromCluster: 'etl', latest: false },
  ])('is refused as %j', async (bad) => {
    await started('next');

    const outcome = await send('submit', { clusterId: 'next', data: { jar, restore: bad } }, world);

    expect(outcome).toMatchObject({ code: 'malformed-request' });
  });
});
