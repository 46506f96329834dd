import { beforeAll, describe, it } from 'vitest';

import type { Accepted } from '#events/http/accepted.ts';
import type { Operation } from '#events/records/operation.ts';

import { enableS3, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import { adaptive, buildCounts, countsConfig, readFlinkJob, untilCounts } from '../support/counts.ts';
import {
  call,
  clusterPath,
  freshId,
  small,
  startCluster,
  stop,
  untilDone,
  untilJobRuns,
  untilState,
} from '../support/system.ts';

const { url, put } = useBucket();
const versions = ['1.20', '2.2', '2.3'];
beforeAll(async () => {
  await Promise.all(versions.map(async (version) => put(`jobs/counts-${version}.jar`, await buildCounts(version))));
});

const start = async (version: string, config: Readonly<Record<string, string>>) => {
  const clusterId = freshId('scale');
  await startCluster({
    clusterId,
    mode: 'application',
    image: `flink:${version}`,
    job: { jar: `${url}/jobs/counts-${version}.jar` },
    config: {
      ...small,
      ...enableS3(version),
      ...countsConfig(url),
      'kubernetes.jobmanager.cpu.amount': '0.2',
      'kubernetes.taskmanager.cpu.amount': '0.2',
      ...config,
    },
  });
  const { jobId = '' } = (await untilJobRuns(clusterId)) ?? {};
  return { clusterId, jobId };
};

const rescale = async (clusterId: string, jobId: string, body: object): Promise<Operation> => {
  const path = `${clusterPath(clusterId)}/jobs/${jobId}/rescale`;
  const { operation } = (await call<Accepted>('POST', path, body)).body;
  return untilDone(operation.operationId);
};

const end = async (clusterId: string) => {
  await stop(clusterId);
  await untilState(clusterId, 'STOPPED');
};

describe.concurrent.each(versions)('a job of the adaptive scheduler of Flink %s', (version) => {
  it('gets another parallelism without a restart of the program, and keeps its state', async ({ expect }) => {
    const { clusterId, jobId } = await start(version, adaptive);
    const before = await untilCounts(clusterId, jobId, ({ last }) => last > 200);
    const { 'start-time': startTime } = await readFlinkJob(clusterId, jobId);

    const operation = await rescale(clusterId, jobId, { parallelism: 2, within: '5min' });

    expect(operation).toMatchObject({ state: 'SUCCEEDED' });
    const job = await readFlinkJob(clusterId, jobId);
    expect(job['start-time']).toBe(startTime);
    expect(job.vertices.map(({ parallelism }) => parallelism)).toEqual([1, 2]);
    // The tasks continue from a checkpoint. The program fails when a count does not fit.
    const { first } = await untilCounts(clusterId, jobId, (counts) => counts.first > 0);
    expect(first).toBeGreaterThan(before.first);

    expect(await drey(['rescale', clusterId, '--parallelism', '1'])).toMatchObject({
      code: 0,
      stdout: `Job ${jobId} runs with parallelism 1.\n`,
    });
    expect((await readFlinkJob(clusterId, jobId)).vertices.map(({ parallelism }) => parallelism)).toEqual([1, 1]);
    await end(clusterId);
  });
});

describe.concurrent('a rescale', () => {
  it('that gets no slots is undone, and names the cause', async ({ expect }) => {
    const { clusterId, jobId } = await start('2.2', {
      ...adaptive,
      'slotmanager.number-of-slots.max': '1',
    });

    const operation = await rescale(clusterId, jobId, { parallelism: 2, within: '20s' });

    expect(operation).toMatchObject({
      state: 'FAILED',
      problem: {
        code: 'rescale-failed',
        detail: expect.stringContaining(`Job ${jobId} ran with parallelism 1 in place of 2`),
      },
    });
    // What the job required before is valid again, so that the next rescale to it is done at once.
    expect(await rescale(clusterId, jobId, { parallelism: 1, within: '20s' })).toMatchObject({ state: 'SUCCEEDED' });
    await end(clusterId);
  });

  it('of a job of another scheduler is refused with the way out', async ({ expect }) => {
    const { clusterId, jobId } = await start('2.2', {});

    const { status, body } = await call('POST', `${clusterPath(clusterId)}/jobs/${jobId}/rescale`, { parallelism: 2 });

    expect({ status, ...body }).toMatchObject({
      status: 409,
      code: 'wrong-state',
      detail: expect.stringContaining('Deploy the cluster with jobmanager.scheduler: adaptive'),
    });
    await end(clusterId);
  });
});
