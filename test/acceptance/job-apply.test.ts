import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { enableS3, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import { buildCounts, type Counts, countsConfig, readFlinkJob, untilCounts } from '../support/counts.ts';
import { freshId, listJobs, small, startCluster, stop, untilState } from '../support/system.ts';

const clusterId = freshId('jobs');
const id = `-Dkubernetes.cluster-id=${clusterId}`;
const { url } = useBucket();
let folder = '';
let jar = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drey-job-apply-'));
  jar = join(folder, 'counts.jar');
  await writeFile(jar, await buildCounts());
  const config = { ...small, ...enableS3(), ...countsConfig(url), 'taskmanager.numberOfTaskSlots': '2' };
  await startCluster({ mode: 'session', clusterId, config });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  if ((await stop(clusterId)).status < 300) await untilState(clusterId, 'STOPPED');
});

/** The only job that runs, with its counts. */
const readLive = async (wanted?: (counts: Counts) => boolean) => {
  const [job, ...others] = (await listJobs(clusterId)).filter(({ state }) => state === 'RUNNING');
  expect(others).toEqual([]);
  const jobId = job?.jobId ?? '';
  return { jobId, ...(await untilCounts(clusterId, jobId, wanted)) };
};

const applyJob = (jobId: string, options: readonly string[], variant: string) =>
  drey(['apply-job', id, ...options, '--stable-within', '60s', jobId, jar, variant]);

describe('a job of a session that counts', () => {
  it('continues to count after an apply of other arguments and another parallelism', async () => {
    expect(await drey(['run', '-d', id, '-p', '1', jar, 'good'])).toMatchObject({ code: 0 });
    const before = await readLive(({ last }) => last > 200);

    const applied = await applyJob(before.jobId, ['-p', '2'], 'good-2');

    // The program fails when a count does not follow from its number.
    const after = await readLive();
    expect(applied).toMatchObject({
      code: 0,
      stdout: `Job ${after.jobId} runs in place of job ${before.jobId}.\n`,
    });
    expect(after.first).toBeGreaterThan(before.last);
    const { vertices } = await readFlinkJob(clusterId, after.jobId);
    expect(vertices.map(({ parallelism }) => parallelism)).toEqual([1, 2]);
    const old = (await listJobs(clusterId)).find(({ jobId }) => jobId === before.jobId);
    expect(old).toMatchObject({ state: 'FINISHED', replacedBy: after.jobId });
    expect(old?.finalSavepoint).toContain(`${url}/savepoints/`);
  });

  it('stays as it is when another upload of the same jar is applied', async () => {
    const { jobId } = await readLive();

    const applied = await applyJob(jobId, ['-p', '2'], 'good-2');

    expect(applied).toMatchObject({ code: 0, stdout: `Job ${jobId} is unchanged.\n` });
    expect((await readLive()).jobId).toBe(jobId);
  });

  it.each([
    ['throws in main()', 'throws-in-main', 'This version is bad.'],
    ['throws 20 seconds after its start', 'throws-later', 'restarted'],
    ['has state of another type', 'other-type', ''],
  ])('runs with its count again when the new one %s', async (_what, variant, cause) => {
    const before = await readLive();

    const { code, stderr } = await applyJob(before.jobId, ['-p', '2'], variant);

    const after = await readLive();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(cause) as string });
    expect(stderr).toContain(`Job ${after.jobId} runs the old program again.`);
    expect(after.first).toBeGreaterThan(before.last);
    const { vertices } = await readFlinkJob(clusterId, after.jobId);
    expect(vertices.map(({ parallelism }) => parallelism)).toEqual([1, 2]);
  });
});
