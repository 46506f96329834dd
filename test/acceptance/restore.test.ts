import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Operation } from '#events/records/operation.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { enableS3, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import { call, freshId, listJobs, startCluster, stop, system, untilRestored, untilState } from '../support/system.ts';

const [clusterId, application] = [freshId('office'), freshId('clicks')];
const specPath = `/v1/targets/${system.target}/specs/${clusterId}`;
const id = `-Dkubernetes.cluster-id=${clusterId}`;
const jar = exampleJar(settingsFrom());
const small = {
  ...enableS3(),
  'jobmanager.memory.process.size': '1g',
  'taskmanager.memory.process.size': '1g',
  'taskmanager.numberOfTaskSlots': '3',
  'kubernetes.jobmanager.cpu.amount': '0.2',
  'kubernetes.taskmanager.cpu.amount': '0.2',
};

const { url } = useBucket();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drey-restore-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await Promise.all(
    [clusterId, application].map(async (one) => {
      if ((await stop(one)).status < 300) await untilState(one, 'STOPPED');
    }),
  );
  await call('DELETE', specPath);
});

const body = () => ({
  mode: 'session',
  clusterId,
  config: { ...small, 'execution.checkpointing.savepoint-dir': url },
  restore: { fromCluster: clusterId, latest: true, allowEmptyState: true },
});

/** The savepoints of the first incarnation, by their jobs, and one job of the second incarnation. */
const savepoints = new Map<string, string>();
let restored = '';

describe('a session with restore', () => {
  it('starts without jobs the first time', async () => {
    const file = join(folder, 'office.json');
    await writeFile(file, JSON.stringify(body()));
    expect(await drey(['spec', 'put', clusterId, file])).toMatchObject({ code: 0 });

    const started = await drey(['deploy', '--spec', clusterId]);

    expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('Create flink session cluster') });
    expect(await listJobs(clusterId)).toEqual([]);
  });

  it('is stopped with a savepoint of each of its jobs', async () => {
    for (const parallelism of ['1', '2'])
      expect(await drey(['run', '-d', id, '-p', parallelism, jar])).toMatchObject({ code: 0 });

    const stopped = await drey(
      ['kubernetes-session', id, '-Dexecution.attached=true', '-Ddrey.stop.savepoint=required'],
      'stop\n',
    );

    expect(stopped).toMatchObject({ code: 0, stdout: expect.stringContaining('Stopped session cluster') });
    for (const { jobId, finalSavepoint = '' } of await listJobs(clusterId)) savepoints.set(jobId, finalSavepoint);
    expect([...savepoints.values()]).toEqual([
      expect.stringContaining(`${url}/savepoint-`),
      expect.stringContaining(`${url}/savepoint-`),
    ]);
  });

  it('restores the jobs from their savepoints at its next start', async () => {
    const again = await drey(['deploy', '--spec', clusterId, '--output', 'json']);

    expect(again).toMatchObject({ code: 0 });
    const { operation } = JSON.parse(again.stdout) as { operation: Operation };
    const restoredJobs = operation.restoredJobs ?? [];
    expect(new Map(restoredJobs.map(({ formerJobId, savepoint }) => [formerJobId, savepoint]))).toEqual(savepoints);
    for (const { jobId, savepoint } of restoredJobs) expect(await untilRestored(clusterId, jobId)).toBe(savepoint);
    restored = restoredJobs[0]?.jobId ?? '';
  });

  it('can be restored by an application, too', async () => {
    await stop(clusterId, { savepoint: 'required' });
    await untilState(clusterId, 'STOPPED');

    const restore = { fromCluster: clusterId, latest: true, job: restored };
    const { operationId, restoredFrom: path } = await startCluster({
      mode: 'application',
      clusterId: application,
      config: small,
      job: { jar: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar', restore },
    });

    expect(path).toContain(`${url}/savepoint-`);
    expect([...savepoints.values()]).not.toContain(path);
    expect(await untilRestored(application, operationId)).toBe(path);
  });
});
