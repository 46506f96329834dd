import { describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  getState,
  jar,
  reconcile,
  runWorkflows,
  savepointDirectory,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('stop from %s', (_origin, send) => {
  it('first takes a savepoint of each job on request', async () => {
    const jobId = await submitJob(send);
    await send(
      'stop',
      { clusterId, data: { savepoint: 'required', savepointDirectory: 's3://bucket/savepoints' } },
      world,
    );
    await runWorkflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FINISHED', savepoint: expect.stringContaining('s3://bucket/savepoints/') },
    });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('leaves the cluster running when a required savepoint fails', async () => {
    await submitJob(send);
    world.kubernetes.cluster(clusterId).flink.savepoint = () => ({ failure: 'java.io.IOException: disk full' });

    await send(
      'stop',
      { clusterId, data: { savepoint: 'required', savepointDirectory: 's3://bucket/savepoints' } },
      world,
    );
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'RUNNING',
      reason: 'SavepointFailed',
      message: expect.stringContaining('disk full'),
    });
    expect(getLastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(world.kubernetes.clusters.size).toBe(1);
  });

  it('continues without a best-effort savepoint', async () => {
    await submitJob(send);

    await send('stop', { clusterId, data: { savepoint: 'best-effort' } }, world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it.each(['best-effort', 'required'])('waits for Flink when it does not answer at once (%s)', async (savepoint) => {
    const jobId = await submitJob(send);
    await send('stop', { clusterId, data: { savepoint, savepointDirectory: 's3://bucket/savepoints' } }, world);
    const { flink } = world.kubernetes.cluster(clusterId);
    const answer = flink.answer.bind(flink);
    let requests = 0;
    flink.answer = async (request) => {
      requests += 1;
      flink.leaderless = requests === 1 || (requests > 4 && requests < 8);
      return answer(request);
    };

    await runWorkflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FINISHED', savepoint: expect.stringContaining('s3://bucket/savepoints/') },
    });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('continues without a best-effort savepoint after Flink has not answered for five minutes', async () => {
    await submitJob(send);
    await send('stop', { clusterId, data: { savepoint: 'best-effort' } }, world);
    const begun = world.ports.now().getTime();
    world.kubernetes.cluster(clusterId).flink.leaderless = true;

    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.ports.now().getTime() - begun).toBeGreaterThan(5 * 60_000);
    expect(world.ports.now().getTime() - begun).toBeLessThan(8 * 60_000);
  });

  it('is refused without a directory of its required savepoints, and only when there are jobs', async () => {
    await startSession(send);
    const data = { savepoint: 'required' };
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();

    expect(await send('stop', { clusterId, data }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/savepointDirectory'],
    });
    expect(await getState()).toBe('RUNNING');

    await send('cancel', { clusterId, jobId: getLastOperation()?.operationId ?? '' }, world);
    await runWorkflows();
    await reconcile();
    await send('stop', { clusterId, data }, world);
    await runWorkflows();

    expect(await getState()).toBe('STOPPED');
  });

  it('waits for a required savepoint until its deadline', async () => {
    await submitJob(send);
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    const begun = world.ports.now().getTime();
    world.kubernetes.cluster(clusterId).flink.leaderless = true;

    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    expect(world.ports.now().getTime() - begun).toBeGreaterThan(30 * 60_000);
  });

  const other = 'b'.repeat(32);
  /** Starts a session with two jobs. Returns the id of the first. */
  const startTwoJobs = async () => {
    const jobId = await submitJob(send);
    getFlink().addJob(other, { name: 'other' });
    return jobId;
  };
  /** Runs a function at a request for the list of jobs, which is counted from now. */
  const atRequest = (count: number, happens: () => void) => {
    const answer = getFlink().answer.bind(getFlink());
    let reconcileQueue = 0;
    getFlink().answer = async (request) => {
      if (request.path === '/v1/jobs/overview' && (reconcileQueue += 1) === count) happens();
      return answer(request);
    };
  };

  it('names the jobs that it has ended when a required savepoint of another one fails', async () => {
    const jobId = await startTwoJobs();
    getFlink().savepoint = (id) => (id === jobId ? 'in-progress' : { failure: 'java.io.IOException: disk full' });
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    // It completes after the other one has failed.
    atRequest(4, () => {
      const [trigger = ''] = [...getFlink().savepoints].find(([, savepoint]) => savepoint === 'in-progress') ?? [];
      getFlink().complete(jobId, trigger, 's3://bucket/one');
    });

    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    const detail = getLastOperation()?.problem?.detail;
    expect(detail).toContain(`job other (${other}): IOException: disk full`);
    expect(detail).toMatch(new RegExp(String.raw`These jobs ended, .*\(${jobId}\) at s3://bucket/one`));
    expect((await getCluster())?.message).toBe(detail);
  });

  it('names the jobs whose savepoints are not complete by the deadline, up to a maximum', async () => {
    const jobId = await startTwoJobs();
    for (let index = 10; index < 50; index += 1) getFlink().addJob(String(index).repeat(16), { name: `job-${index}` });
    getFlink().savepoint = (id) => (id === jobId ? { location: 's3://bucket/one' } : 'in-progress');

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    await runWorkflows();

    const detail = getLastOperation()?.problem?.detail ?? '';
    expect(detail).toMatch(/^The deadline passed before these savepoints were complete: job other /);
    expect(detail).toContain(
      'and 21 more (drey describe). Each job ends when its savepoint is complete. These jobs ended, each',
    );
    expect(detail).toContain(`(${jobId}) at s3://bucket/one. `);
  });

  it('does not name jobs that had ended before', async () => {
    const jobId = await startTwoJobs();
    getFlink().complete(jobId, 'a'.repeat(32), 's3://bucket/before');
    await dispatchReconcile(world.ports);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });
    world.passTime(1);

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    await runWorkflows();

    expect(getLastOperation()?.problem?.detail).toBe(
      `These savepoints failed: job other (${other}): IOException: disk full.`,
    );
  });
});
