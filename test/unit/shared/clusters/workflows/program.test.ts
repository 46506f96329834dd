import { describe, expect, it } from 'vitest';

import { readOperation } from '#shared/clusters/queue/read-operation.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  listStates,
  reconcile,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const application = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/job.jar', args: [] } };
const getDeployId = () => [...world.store.operations.values()][0]?.value.operationId ?? '';
const thrown =
  'org.apache.flink.client.program.ProgramInvocationException: The main method caused an error\n\tat a.B(C.java:1)\n' +
  'Caused by: java.lang.IllegalArgumentException: no input\n\tat a.B(C.java:1)\n';
const message = 'IllegalArgumentException: no input';
const deploy = (send: Send, data: Readonly<Record<string, unknown>> = application) =>
  send('deploy', { clusterId, data }, world);
const setProgram = (state: 'RUNNING' | 'FAILED' | 'CANCELED' | 'FINISHED', failure?: string) => {
  getFlink().application = { id: getDeployId(), state, ...(failure === undefined ? {} : { failure }) };
};
const finish = async () => {
  await reconcile();
  await runWorkflows();
};

describe.each(origins)('a program of Flink 2.3, from %s', (_origin, send) => {
  it('fails its deploy as soon as main() throws, with the exception', async () => {
    world.kubernetes.applicationJob = undefined;
    await deploy(send);
    setProgram('FAILED', thrown);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'ProgramFailed', message });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('that throws after its job FINISHED ends FAILED', async () => {
    await deploy(send);
    await runWorkflows();
    getFlink().setState(getDeployId(), 'FINISHED');
    setProgram('FAILED', thrown);
    await finish();

    expect(listStates().slice(-3)).toEqual(['job FINISHED', 'STOPPING', 'FAILED']);
    expect(await getCluster()).toMatchObject({ reason: 'ProgramFailed', message });
    expect(await readOperation({ target: 'local', operationId: getDeployId() }, world.ports)).toMatchObject({
      verdict: 'FAILED',
      verdictMessage: message,
    });
  });

  it('runs until its last job has ended, and each job is recorded', async () => {
    await deploy(send);
    await runWorkflows();
    getFlink().setState(getDeployId(), 'FINISHED');
    setProgram('RUNNING');
    await finish();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', program: { state: 'RUNNING' } });

    const second = 'b'.repeat(32);
    getFlink().addJob(second, { name: 'second' });
    await finish();
    getFlink().setState(second, 'FINISHED');
    setProgram('FINISHED');
    await finish();

    expect(listStates().slice(-5)).toEqual(['job FINISHED', 'job RUNNING', 'job FINISHED', 'STOPPING', 'FINISHED']);
    expect(await world.store.job(clusterRef, second)).toMatchObject({
      value: { name: 'second', state: 'FINISHED', operationId: getDeployId() },
    });
  });

  it('may end as soon as it has run, without a job', async () => {
    world.kubernetes.applicationJob = undefined;
    await deploy(send);
    setProgram('FINISHED');
    await runWorkflows();

    expect(listStates()).toEqual(['REQUESTED', 'DEPLOYING', 'RUNNING', 'STOPPING', 'FINISHED']);
  });

  it('that tolerates a failed job ends as Flink says', async () => {
    await deploy(send);
    await runWorkflows();
    getFlink().setState(getDeployId(), 'FAILED', thrown);
    setProgram('FINISHED');
    await finish();

    expect(await getCluster()).toMatchObject({ state: 'FINISHED', reason: 'JobFinished' });
  });

  it('ends with its jobs when the JobManager is of an earlier line', async () => {
    await deploy(send, { ...application, flinkVersion: '2.3' });
    getFlink().version = '2.2.1';
    await runWorkflows();
    getFlink().setState(getDeployId(), 'FINISHED');
    await finish();

    expect(await getCluster()).toMatchObject({ state: 'FINISHED' });
    expect(await getCluster()).not.toHaveProperty('program');
  });

  it('that Flink last reported as running is stopped with the state of its jobs', async () => {
    await deploy(send);
    await runWorkflows();
    getFlink().setState(getDeployId(), 'FINISHED');
    setProgram('RUNNING');
    await finish();
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FINISHED' });
  });

  it.each(['1.20', '2.2', '2.3'])(
    'recovers only the job that is in the high-availability data, with Flink %s',
    async (flinkVersion) => {
      const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://ha/' };
      await deploy(send, { ...application, config, flinkVersion });
      await runWorkflows();
      world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
      await send('stop', { clusterId, data: { ha: 'keep' } }, world);
      await runWorkflows();
      const jobId = getDeployId();
      const jobOf = async () => (await world.store.job(clusterRef, jobId))?.value;
      expect(await jobOf()).toMatchObject({ state: 'SUSPENDED' });

      await deploy(send, { ...application, config, flinkVersion });
      await runWorkflows();

      const cluster = await getCluster();
      expect([...getFlink().jobs.keys()]).toEqual([jobId]);
      expect(getFlink().application).toEqual(flinkVersion === '2.3' ? { id: jobId } : undefined);
      expect(cluster?.operationId).not.toBe(jobId);
      expect(await jobOf()).toMatchObject({ state: 'RUNNING', clusterOperationId: cluster?.operationId });
      expect(Object.keys((await jobOf()) ?? {})).not.toContain('endTime');
      expect(Object.keys((await jobOf()) ?? {})).not.toContain('message');
    },
  );

  describe('with a job that was suspended', () => {
    const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://ha/' };
    const jobOf = async (jobId: string) => (await world.store.job(clusterRef, jobId))?.value;
    const deployToEnd = async (data: Readonly<Record<string, unknown>>) => {
      await deploy(send, { ...application, ...data });
      await runWorkflows();
    };
    const suspend = async () => {
      await deployToEnd({ config });
      world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
      await send('stop', { clusterId, data: { ha: 'keep' } }, world);
      await runWorkflows();
      return getDeployId();
    };

    it('leaves it to the next deploy when it does not start', async () => {
      const jobId = await suspend();
      world.kubernetes.startsAtOnce = false;
      await deployToEnd({ config });
      expect(await getCluster()).toMatchObject({ state: 'FAILED' });
      expect(await jobOf(jobId)).toMatchObject({ state: 'SUSPENDED' });

      world.kubernetes.startsAtOnce = true;
      await deployToEnd({ config });

      expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(1);
      expect([...getFlink().jobs.keys()]).toEqual([jobId]);
      expect(await jobOf(jobId)).toMatchObject({ state: 'RUNNING' });
    });

    it('keeps the data of a later incarnation that begins while the removal of a failed one is checked', async () => {
      const name = `${clusterId}-cluster-config-map`;
      const remove = world.kubernetes.remove.bind(world.kubernetes);
      let isPending = true;
      let failedAt = '';
      world.kubernetes.remove = async (cluster) => {
        const removal = await remove(cluster);
        failedAt ||= (await getCluster())?.updatedAt ?? '';
        // Until then a function of the failed deploy may still create objects, so that nothing is deleted.
        if (world.ports.now().getTime() < Date.parse(failedAt) + 60_000 || !isPending) return removal;
        isPending = false;
        world.kubernetes.startsAtOnce = true;
        await deploy(send, { ...application, config });
        world.kubernetes.highAvailability.set(clusterId, new Set([name]));
        world.kubernetes.dataCreatedAt.set(name, world.ports.now().toISOString());
        return { ...(await remove(cluster)), isReplaced: false }; // The Deployment was read before it was created.
      };
      world.kubernetes.startsAtOnce = false;

      await deployToEnd({ config });

      expect(isPending).toBe(false);
      expect([...(world.kubernetes.highAvailability.get(clusterId) ?? [])]).toEqual([name]);
    });

    it('starts another one after a later incarnation purged the data', async () => {
      const jobId = await suspend();
      await deployToEnd({});
      await send('stop', { clusterId, data: { ha: 'purge' } }, world);
      await runWorkflows();
      expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(0);
      const message = 'Its high-availability data was deleted.';
      expect(await jobOf(jobId)).toMatchObject({ state: 'CANCELED', message });

      await deployToEnd({ config });

      expect([...getFlink().jobs.keys()]).toEqual([(await getCluster())?.operationId]);
    });
  });

  it('FAILED when its JobManager crashes repeatedly, although its job had FINISHED', async () => {
    await deploy(send);
    await runWorkflows();
    getFlink().setState(getDeployId(), 'FINISHED');
    setProgram('RUNNING');
    await finish();
    Object.assign(world.kubernetes.cluster(clusterId), {
      ready: false,
      restarts: 3,
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off 40s', exitCode: 2 },
      previousLog: 'java.lang.OutOfMemoryError: heap',
    });
    await finish();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', message: expect.stringContaining('OutOfMemoryError') });
  });
});

describe.each(origins)('a program with a running job, from %s', (_origin, send) => {
  it('costs no request for the application', async () => {
    await deploy(send);
    await runWorkflows();
    const { length } = getFlink().requests;
    await reconcile();

    const paths = getFlink()
      .requests.slice(length)
      .map(({ path }) => path);
    expect(paths).toContain('/v1/jobs/overview');
    expect(paths.filter((path) => path.includes('applications'))).toEqual([]);
  });
});
