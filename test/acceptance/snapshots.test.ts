import { afterAll, describe, expect, it } from 'vitest';

import type { Snapshots } from '#cli/api/responses.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { enableS3, toWords, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import {
  call,
  clusterPath,
  freshId,
  listEvents,
  listJobs,
  small,
  startCluster,
  stop,
  until,
  untilRestored,
  untilState,
} from '../support/system.ts';

const { url, listKeys } = useBucket();
const clusterId = freshId('catalogue');
const id = `-Dkubernetes.cluster-id=${clusterId}`;
const jar = exampleJar(settingsFrom());
const config = {
  ...small,
  ...enableS3(),
  'taskmanager.numberOfTaskSlots': '2',
  'execution.checkpointing.savepoint-dir': `${url}/savepoints`,
  'execution.checkpointing.dir': `${url}/checkpoints`,
};
afterAll(async () => {
  if ((await stop(clusterId)).status < 300) await untilState(clusterId, 'STOPPED');
});

/** Runs a command, whose failure names what it printed. */
const succeed = async (words: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await drey([...words]);
  expect(code, `${words.join(' ')}: ${stdout}${stderr}`).toBe(0);
};
const listSnapshots = async () => (await call<Snapshots>('GET', `${clusterPath(clusterId)}/snapshots`)).body.snapshots;
const isMetadata = (key: string) => key.endsWith('/_metadata');

describe('the catalogue of snapshots', () => {
  let jobId = '';
  let snapshotId = '';
  let restoredId = '';

  it('has a savepoint and a checkpoint with path, size and duration', async () => {
    await startCluster({ mode: 'session', clusterId, config });
    await untilState(clusterId, 'RUNNING');
    const options = toWords({ 'execution.checkpointing.interval': '10min' });
    await succeed(['run', '-d', id, ...options, jar]);
    [{ jobId } = { jobId: '' }] = await listJobs(clusterId);

    await succeed(['savepoint', id, jobId]);
    await succeed(['checkpoint', id, jobId]);

    const [checkpoint, savepoint] = await listSnapshots();
    const taken = {
      jobId,
      state: 'COMPLETED',
      trigger: 'manual',
      revision: 1,
      sizeBytes: expect.any(Number) as number,
    };
    expect(checkpoint).toMatchObject({ ...taken, kind: 'checkpoint', checkpoint: expect.any(Number) as number });
    expect(checkpoint?.path).toContain(`${url}/checkpoints/${jobId}/chk-`);
    expect(savepoint).toMatchObject({ ...taken, kind: 'savepoint', durationMs: expect.any(Number) as number });
    expect(savepoint?.path).toContain(`${url}/savepoints/savepoint-${jobId.slice(0, 6)}-`);
    snapshotId = savepoint?.snapshotId ?? '';
    const { stdout } = await drey(['snapshots', clusterId]);
    expect(stdout).toMatch(new RegExp(`${snapshotId} .* savepoint +manual +COMPLETED .* ${savepoint?.path}`));
  });

  it('restores a job, and keeps its savepoint while that runs', async () => {
    const path = (await listSnapshots()).find((one) => one.snapshotId === snapshotId)?.path;
    await succeed(['run', '-d', id, `-Ddrey.restore.snapshot=${snapshotId}`, jar]);
    restoredId = (await listJobs(clusterId)).find((job) => job.jobId !== jobId)?.jobId ?? '';

    const refused = await drey(['snapshots', clusterId, 'dispose', snapshotId]);

    expect(await untilRestored(clusterId, restoredId)).toBe(path);
    expect(refused.code).not.toBe(0);
    expect(`${refused.stdout}${refused.stderr}`).toContain(`Job ${restoredId}`);
    expect((await listKeys('savepoints/')).filter(isMetadata)).toHaveLength(1);
  });

  it('disposes of a savepoint when its job has ended', async () => {
    await succeed(['cancel', id, restoredId]);
    await until(
      () => listJobs(clusterId),
      (jobs) => jobs.some((job) => job.jobId === restoredId && job.state === 'CANCELED'),
    );

    await succeed(['snapshots', clusterId, 'dispose', snapshotId]);

    expect((await listKeys('savepoints/')).filter(isMetadata)).toEqual([]);
    expect((await listSnapshots()).find((one) => one.snapshotId === snapshotId)).toMatchObject({ state: 'DISPOSED' });
  });

  it('has the savepoint of each job with which the cluster was stopped, and events of all', async () => {
    const { status } = await stop(clusterId, { savepoint: 'required' });
    await untilState(clusterId, 'STOPPED');

    expect(status).toBe(202);
    const [savepoint] = await listSnapshots();
    expect(savepoint).toMatchObject({
      jobId,
      state: 'COMPLETED',
      trigger: 'stop',
      sizeBytes: expect.any(Number) as number,
    });
    expect(savepoint?.path).toBe((await listJobs(clusterId)).find((job) => job.jobId === jobId)?.finalSavepoint);
    const changes = await until(
      async () => listEvents(clusterId, 'Flink Snapshot State Change'),
      (events) => events.length === 4,
    );
    expect(changes.map(({ detail }) => detail['to'])).toEqual(['COMPLETED', 'COMPLETED', 'DISPOSED', 'COMPLETED']);
  });
});

describe('the snapshot policy of a session', () => {
  const policyId = freshId('policy');
  const snapshotsOf = async () => (await call<Snapshots>('GET', `${clusterPath(policyId)}/snapshots`)).body.snapshots;
  afterAll(async () => {
    if ((await stop(policyId)).status < 300) await untilState(policyId, 'STOPPED');
  });

  it('takes savepoints of its job, and disposes of old ones', async () => {
    const directory = `${url}/policy`;
    await startCluster({
      mode: 'session',
      clusterId: policyId,
      config,
      snapshots: { every: '1min', keep: 1, directory },
    });
    await untilState(policyId, 'RUNNING');
    await succeed(['run', '-d', `-Dkubernetes.cluster-id=${policyId}`, jar]);

    const snapshots = await until(snapshotsOf, (all) => all.some(({ state }) => state === 'DISPOSED'));

    const taken = snapshots.filter(({ state }) => state === 'COMPLETED');
    expect(taken.length).toBeGreaterThan(0);
    for (const snapshot of snapshots)
      expect(snapshot).toMatchObject({ trigger: 'schedule', kind: 'savepoint', principal: 'drey:reconcile' });
    const keys = (await listKeys('policy/')).filter(isMetadata).join('\n');
    for (const { path = '' } of taken) expect(keys).toContain(path.slice(path.lastIndexOf('/')));
    const [disposed] = snapshots.filter(({ state }) => state === 'DISPOSED');
    expect(keys).not.toContain(disposed?.path?.slice(disposed.path.lastIndexOf('/')));
  });
});
