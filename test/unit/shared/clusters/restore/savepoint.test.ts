import { describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { origins, type Send, sendHttp } from '#test/fakes/origins.ts';
import { getLastOperation, jar, runWorkflows, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

const program = { jar: 'local:///opt/flink/usrlib/a.jar' };
const restore = { fromCluster: 'etl', latest: true };
const startSession = async (clusterId: string) => {
  await sendHttp('deploy', { clusterId, data: { mode: 'session' } }, world);
  await runWorkflows();
};
const submitJob = async (clusterId: string, data: Readonly<Record<string, unknown>> = {}) => {
  await sendHttp('submit', { clusterId, data: { jar, ...data } }, world);
  await runWorkflows();
};
/** One incarnation of a session with a job. The session is stopped with a savepoint or without one. */
const runIncarnation = async (savepoint: 'required' | 'none', entryClass?: string) => {
  await startSession('etl');
  world.passTime(60);
  await submitJob('etl', entryClass === undefined ? {} : { entryClass });
  await stopSession(savepoint);
};
const stopSession = async (savepoint: string) => {
  world.kubernetes.cluster('etl').flink.savepoint = (jobId) => ({ location: `${savepointDirectory}/${jobId}` });
  await sendHttp('stop', { clusterId: 'etl', data: { savepoint, savepointDirectory } }, world);
  await runWorkflows();
};
/** Takes a savepoint of the running job, which continues by default. */
const takeSavepoint = async (fields: object = {}) => {
  const [jobId] = world.kubernetes.cluster('etl').flink.jobs.keys();
  await sendHttp('savepoint', { clusterId: 'etl', data: { jobId, directory: savepointDirectory, ...fields } }, world);
  await runWorkflows();
};
const makeApplication = (fields: object) => ({
  clusterId: 'app',
  data: { mode: 'application', job: { ...program, restore: { ...restore, ...fields } } },
});
const listSavepoints = () => [...world.store.jobRecords.values()].flatMap(({ value }) => value.savepoint ?? []);

describe.each(origins)('restore from a cluster, with commands from %s', (_origin, send: Send) => {
  it('starts a job of another session from the savepoint of the stop', async () => {
    await runIncarnation('required');
    await startSession('next');

    await send(
      'submit',
      { clusterId: 'next', data: { jar, restore: { ...restore, allowNonRestoredState: true } } },
      world,
    );
    await runWorkflows();

    const [savepoint] = listSavepoints();
    expect(getLastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED', restoredFrom: savepoint });
    const [job] = world.kubernetes.cluster('next').flink.jobs.values();
    expect(job?.options).toMatchObject({
      savepointPath: savepoint,
      allowNonRestoredState: true,
    });
    expect(job?.options).not.toHaveProperty('claimMode');
  });

  it('starts an application from that savepoint, also under the same id', async () => {
    await runIncarnation('required');

    await send('deploy', { clusterId: 'etl', data: { mode: 'application', job: { ...program, restore } } }, world);
    await runWorkflows();

    const [savepoint = 'none'] = listSavepoints();
    const objects = JSON.stringify(world.kubernetes.cluster('etl').manifests);
    expect(objects).toContain(`path: ${savepoint}`);
  });

  it('is rejected when the last incarnation was stopped without a savepoint', async () => {
    await runIncarnation('required');
    await runIncarnation('none');

    const outcome = await send(
      'deploy',
      { clusterId: 'app', data: { mode: 'application', job: { ...program, restore } } },
      world,
    );

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found', pointers: ['/job/restore/fromCluster'] });
    expect(outcome.detail).toContain(
      'No job of the last incarnation of cluster etl in target local was stopped with a savepoint',
    );
  });

  it('is rejected when the only savepoint was taken while the job ran', async () => {
    await startSession('etl');
    await submitJob('etl');
    await takeSavepoint();
    world.passTime(5 * 3_600);
    await stopSession('none');

    const outcome = await send('deploy', makeApplication({}), world);

    expect(listSavepoints()).toEqual([expect.stringContaining(savepointDirectory)]);
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found' });
  });

  it('is rejected when the job ended on its own after its savepoint', async () => {
    await startSession('etl');
    await submitJob('etl');
    await takeSavepoint();
    const { flink } = world.kubernetes.cluster('etl');
    for (const jobId of flink.jobs.keys()) flink.setState(jobId, 'FINISHED');
    await dispatchReconcile(world.ports);
    await stopSession('none');

    expect(await send('deploy', makeApplication({}), world)).toMatchObject({ code: 'not-found' });
  });

  it('is rejected while the job runs, also with allowEmptyState', async () => {
    await startSession('etl');
    await submitJob('etl');
    await takeSavepoint();

    const outcome = await send('deploy', makeApplication({ allowEmptyState: true }), world);

    expect(outcome).toMatchObject({ code: 'wrong-state', pointers: ['/job/restore/fromCluster'] });
    expect(outcome.detail).toContain('still runs. Stop it with a savepoint first.');
  });

  it.each([
    [
      { mode: 'application', job: program, restore },
      'malformed-request',
      '/restore',
      'For an application, set job.restore.',
    ],
    [
      { mode: 'session', job: { ...program, restore } },
      'refused-option',
      '/job',
      'set restore to start the jobs of an earlier one',
    ],
  ])('is rejected in the wrong place, for a session or an application: %j', async (data, code, pointer, hint) => {
    const outcome = await send('deploy', { clusterId: 'next', data }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', code, pointers: [pointer] });
    expect(outcome.detail).toContain(hint);
  });

  it('is returned for a retry while the cluster is STOPPING, also with allowEmptyState', async () => {
    await startSession('etl');
    await submitJob('etl');
    await sendHttp('stop', { clusterId: 'etl', data: { savepoint: 'required', savepointDirectory } }, world);

    const early = await send('deploy', makeApplication({ allowEmptyState: true }), world);
    await runWorkflows();
    const late = await send('deploy', makeApplication({ allowEmptyState: true }), world);

    expect(early.outcome).not.toBe('done');
    expect(late.outcome).toBe('done');
    expect(getLastOperation()?.restoredFrom).toBe(listSavepoints()[0]);
  });

  it('starts from the savepoint of a job that was stopped on its own, unless it was started again', async () => {
    await startSession('etl');
    await submitJob('etl');
    const [first] = world.kubernetes.cluster('etl').flink.jobs.keys();
    await sendHttp('stop-job', { clusterId: 'etl', data: { jobId: first, directory: savepointDirectory } }, world);
    await runWorkflows();

    const stoppedJob = await send('deploy', makeApplication({}), world);
    const restoredFrom = getLastOperation()?.restoredFrom;
    await submitJob('etl');
    const anew = await send('deploy', { ...makeApplication({}), clusterId: 'other' }, world);

    expect(stoppedJob.outcome).toBe('done');
    expect(restoredFrom).toContain(savepointDirectory);
    expect(anew).toMatchObject({ code: 'wrong-state' });
  });

  it('starts from the savepoint that a job was canceled with', async () => {
    await startSession('etl');
    await submitJob('etl');
    await takeSavepoint({ cancelJob: true });

    await send('deploy', makeApplication({}), world);

    expect(getLastOperation()?.restoredFrom).toBe(listSavepoints()[0]);
  });

  it('is rejected when the savepoint was disposed of', async () => {
    await startSession('etl');
    await submitJob('etl');
    const [jobId] = world.kubernetes.cluster('etl').flink.jobs.keys();
    await sendHttp('stop-job', { clusterId: 'etl', data: { jobId, directory: savepointDirectory } }, world);
    await runWorkflows();
    await sendHttp('dispose-savepoint', { clusterId: 'etl', data: { path: listSavepoints()[0] } }, world);
    await runWorkflows();

    expect(await send('deploy', makeApplication({}), world)).toMatchObject({ code: 'not-found' });
  });

  it('skips an incarnation without jobs', async () => {
    await runIncarnation('required');
    await startSession('etl');
    await stopSession('none');

    const outcome = await send(
      'deploy',
      { clusterId: 'app', data: { mode: 'application', job: { ...program, restore } } },
      world,
    );

    expect(outcome.outcome).toBe('done');
  });

  it('starts without state with allowEmptyState', async () => {
    const job = { ...program, restore: { ...restore, allowEmptyState: true } };

    const outcome = await send('deploy', { clusterId: 'app', data: { mode: 'application', job } }, world);

    expect(outcome.outcome).toBe('done');
    expect(JSON.stringify(world.kubernetes.cluster('app').manifests)).not.toContain(savepointDirectory);
  });

  it('is rejected without the name of the job when there were several', async () => {
    await startSession('etl');
    await submitJob('etl', { entryClass: 'com.example.Clicks' });
    await submitJob('etl', { entryClass: 'com.example.Orders' });
    await stopSession('required');
    await startSession('next');

    const unclear = await send('submit', { clusterId: 'next', data: { jar, restore } }, world);
    expect(unclear).toMatchObject({ code: 'malformed-request', pointers: ['/restore/job'] });
    const clear = { ...restore, job: 'com.example.Orders' };
    await send('submit', { clusterId: 'next', data: { jar, restore: clear } }, world);

    expect(getLastOperation()?.restoredFrom).toContain(savepointDirectory);
  });

  it.each([
    { path: 's3://b/s', fromCluster: 'etl' },
    { latest: true },
    { path: 's3://b/s', allowEmptyState: true },
    { fromCluster: 'etl', latest: false },
  ])('is rejected as %j', async (bad) => {
    await startSession('next');

    const outcome = await send('submit', { clusterId: 'next', data: { jar, restore: bad } }, world);

    expect(outcome).toMatchObject({ code: 'malformed-request' });
  });
});
