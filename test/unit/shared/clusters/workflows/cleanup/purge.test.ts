import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  listStates,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const jobId = 'a'.repeat(32);
const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3a://bucket/ha/' };

const startWithJob = async (send: Send, own: Readonly<Record<string, string>> = {}) => {
  await send('deploy', { clusterId, data: { mode: 'session', config: { ...config, ...own } } }, world);
  await runWorkflows();
  getFlink().addJob(jobId);
  const names = [`${clusterId}-cluster-config-map`, `${clusterId}-${jobId}-config-map`];
  world.kubernetes.highAvailability.set(clusterId, new Set(names));
};
const stopWith = async (send: Send, data: Readonly<Record<string, unknown>>) => {
  await send('stop', { clusterId, data }, world);
  const flink = getFlink();
  await runWorkflows();
  return flink.requests.map(({ method, path }) => `${method} ${path}`);
};
const warnOf = (...directories: readonly string[]) =>
  `Files of high availability (ha: purge) remain in ${directories.map((path) => `s3a://bucket/ha/${path}`).join(', ')}, ` +
  'because the JobManager ended without deleting them. Delete these directories with ' +
  `${directories.map((path) => `aws s3 rm --recursive s3://bucket/ha/${path}`).join(' && ')}.`;
const warning = warnOf('etl', 'job-result-store/etl', 'application-result-store/etl');

describe.each(origins)('a stop that purges high-availability data, from %s', (_origin, send) => {
  it('cancels the jobs and ends Flink, which deletes the data', async () => {
    await startWithJob(send);

    const requests = await stopWith(send, { ha: 'purge' });

    expect(requests).toContain(`PATCH /v1/jobs/${jobId}?mode=cancel`);
    expect(requests.at(-1)).toBe('DELETE /v1/cluster');
    expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(0);
    expect(world.kubernetes.calls).not.toContain('removeConfigMaps');
    expect(getLastOperation()).toMatchObject({ kind: 'stop', state: 'SUCCEEDED' });
    expect(getLastOperation()?.warnings).toBeUndefined();
    expect(listStates().slice(-4)).toEqual(['STOPPING', 'job RUNNING', 'job CANCELED', 'STOPPED']);
  });

  it('waits until Flink has deleted the data of the jobs before it ends Flink', async () => {
    await startWithJob(send);
    const before = world.kubernetes.calls.length;

    await stopWith(send, { ha: 'purge' });

    const calls = world.kubernetes.calls.slice(before);
    expect(calls.slice(0, calls.indexOf('remove')).filter((call) => call === 'listRemaining')).toHaveLength(2);
  });

  it('warns of the files that remain when the JobManager does not answer', async () => {
    await startWithJob(send);
    world.kubernetes.cluster(clusterId).ready = false;

    await stopWith(send, { ha: 'purge' });

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(0);
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', warnings: [warning] });
  });

  it.each(['GET /v1/jobs/overview', 'DELETE /v1/cluster'])('repeats a request that fails: %s', async (failing) => {
    await startWithJob(send);
    const open = world.kubernetes.flink.bind(world.kubernetes);
    let failures = 0;
    world.kubernetes.flink = (id) => async (request) => {
      if (failures > 0 || `${request.method} ${request.path}` !== failing) return open(id)(request);
      failures += 1;
      throw new Fault('target-unreachable', 'the JobManager does not respond');
    };

    await stopWith(send, { ha: 'purge' });

    expect(failures).toBe(1);
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getLastOperation()?.warnings).toBeUndefined();
  });

  it.each([
    ['s3p://bucket/ha/', 's3p://bucket/ha/etl'],
    ['abfss://container@account.dfs.core.windows.net/ha', 'abfss://container@account.dfs.core.windows.net/ha/etl'],
  ])('records and warns of the directory: %s', async (storage, directory) => {
    await startWithJob(send, { 'high-availability.storageDir': storage });
    world.kubernetes.cluster(clusterId).ready = false;

    await stopWith(send, { ha: 'purge' });

    expect(await getCluster()).toMatchObject({ highAvailabilityDirectory: directory });
    const [warned = ''] = getLastOperation()?.warnings ?? [];
    expect(warned).toContain(`remain in ${directory}, `);
    expect(warned.includes('aws s3 rm --recursive s3://bucket/ha/etl ')).toBe(directory.startsWith('s3'));
  });

  it('warns of the files that remain when the cluster is gone', async () => {
    await startWithJob(send);
    await send('stop', { clusterId, data: { ha: 'purge' } }, world);
    world.kubernetes.deleteByHand(clusterId);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', warnings: [warning] });
  });

  it('waits no longer than a minute for the end of a job', async () => {
    await startWithJob(send);
    getFlink().cancelsSlowly = true;

    await stopWith(send, { ha: 'purge' });

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', warnings: [warning] });
  });

  it('waits no longer than a minute for Flink to delete the data of an ended job', async () => {
    await startWithJob(send);
    world.kubernetes.jobDataReads = Infinity;

    const requests = await stopWith(send, { ha: 'purge' });

    expect(requests.at(-1)).toBe('DELETE /v1/cluster');
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', warnings: [warning] });
  });

  it.each(['best-effort', 'required'])('waits for it after savepoints, too (%s)', async (savepoint) => {
    await startWithJob(send);

    const requests = await stopWith(send, { ha: 'purge', savepoint, savepointDirectory });

    expect(requests.at(-1)).toBe('DELETE /v1/cluster');
    expect(world.kubernetes.calls).not.toContain('removeConfigMaps');
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getLastOperation()?.warnings).toBeUndefined();
  });

  it('names no store of application results before Flink 2.3', async () => {
    const image = { 'kubernetes.container.image.ref': 'flink:1.20' };
    await send('deploy', { clusterId, data: { mode: 'session', config: { ...config, ...image } } }, world);
    await runWorkflows();
    world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
    world.kubernetes.cluster(clusterId).ready = false;

    await stopWith(send, { ha: 'purge' });

    expect(getLastOperation()?.warnings).toEqual([warnOf('etl', 'job-result-store/etl')]);
  });

  it('leaves a job whose best-effort savepoint failed to Flink, which keeps its checkpoints', async () => {
    await startWithJob(send);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: full' });

    const requests = await stopWith(send, { ha: 'purge', savepoint: 'best-effort', savepointDirectory });

    expect(requests.filter((request) => request.startsWith('PATCH'))).toEqual([]);
    expect(requests.at(-1)).toBe('DELETE /v1/cluster');
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', warnings: [warning] });
  });

  it('does neither without high availability, nor if the data is kept', async () => {
    await startWithJob(send);

    const requests = await stopWith(send, { ha: 'keep' });

    expect(requests.filter((request) => /^(PATCH|DELETE)/.test(request))).toEqual([]);
    expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(2);
  });
});
