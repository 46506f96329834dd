import { afterAll, describe, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { enableS3, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import { readWebUi } from '../support/web-ui.ts';
import {
  call,
  clusterPath,
  deploy,
  freshId,
  listJobs,
  listObjects,
  small,
  stop,
  untilRestored,
  untilState,
} from '../support/system.ts';

/** The first and the last line of Flink that Drey starts. The other files run on 2.2. */
const versions = ['1.20', '2.3'] as const;
const examples = 'local:///opt/flink/examples/streaming';

const { url } = useBucket();
const created: string[] = [];
afterAll(async () => {
  await Promise.all(created.map((clusterId) => stop(clusterId)));
});

const start = async (version: string, cluster: { readonly mode: string; readonly job?: object }) => {
  const clusterId = freshId(`v${version.replace('.', '')}`);
  created.push(clusterId);
  const { status, body } = await deploy({
    clusterId,
    image: `flink:${version}`,
    config: { ...small, ...enableS3(version), 'execution.checkpointing.savepoint-dir': url },
    ...cluster,
  });
  if (status >= 300) throw new Error(`${clusterId} was not accepted: ${JSON.stringify(body)}`);
  return clusterId;
};
const clusterOf = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId))).body;
const submittedId = (stdout: string) => /Job has been submitted with JobID ([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';

describe.concurrent.each(versions)('Flink %s', (version) => {
  it('runs a job on a session, stops it with a savepoint, restores it and cancels it', async ({ expect }) => {
    const jar = exampleJar(settingsFrom({ flink: [version] }));
    const clusterId = await start(version, { mode: 'session' });
    const id = `-Dkubernetes.cluster-id=${clusterId}`;
    const stateOf = async (jobId: string) => (await listJobs(clusterId)).find((job) => job.jobId === jobId)?.state;
    const untilRuns = (jobId: string) =>
      expect.poll(() => stateOf(jobId), { timeout: 120_000, interval: 1_000 }).toBe('RUNNING');

    const ran = await drey(['run', '-d', id, jar]);
    expect(ran).toMatchObject({ code: 0 });
    const first = submittedId(ran.stdout);
    await untilRuns(first);
    const ui = await readWebUi(clusterId, first);
    const listed = await drey(['list', id]);
    const stopped = await drey(['stop', id, first]);
    const savepoint = /Path: (\S+)/.exec(stopped.stdout)?.[1] ?? '';
    const second = submittedId((await drey(['run', '-d', id, '-s', savepoint, jar])).stdout);
    await untilRuns(second);
    const restored = await untilRestored(clusterId, second);
    const canceled = await drey(['cancel', id, second]);

    expect(ui).toMatchObject({
      page: expect.stringContaining('<flink-root>'),
      jobs: [{ jid: first, state: 'RUNNING' }],
    });
    if (ui.graph !== undefined) expect(ui.graph).toMatch(/Car data generator source[^]*GlobalWindows/);
    expect(listed.stdout).toMatch(new RegExp(`: ${first} : .* \\((RUNNING|CREATED)\\)`));
    expect({ ...stopped, savepoint }).toMatchObject({
      code: 0,
      savepoint: expect.stringContaining(`${url}/savepoint-`),
    });
    expect(canceled).toMatchObject({ code: 0, stdout: expect.stringContaining(`Cancelled job ${second}.`) });
    const jobs = await listJobs(clusterId);
    expect(jobs.find(({ jobId }) => jobId === first)).toMatchObject({ state: 'FINISHED', finalSavepoint: savepoint });
    expect(restored).toBe(savepoint);
    await expect.poll(() => stateOf(second), { timeout: 60_000 }).toBe('CANCELED');
    expect(await clusterOf(clusterId)).toMatchObject({ state: 'RUNNING' });
  });

  it('runs an application until it is FINISHED', async ({ expect }) => {
    const clusterId = await start(version, { mode: 'application', job: { jar: `${examples}/WordCount.jar` } });

    await untilState(clusterId, 'FINISHED');

    expect(await listJobs(clusterId)).toMatchObject([{ state: 'FINISHED' }]);
    expect(await listObjects(clusterId)).toEqual([]);
  });

  it('records an application as FAILED with the exception of its main()', async ({ expect }) => {
    const job = { jar: `${examples}/WordCount.jar`, args: ['--execution-mode', 'sideways'] };
    const clusterId = await start(version, { mode: 'application', job });

    await untilState(clusterId, 'FAILED');

    expect((await clusterOf(clusterId)).message?.split('\n')[0]).toMatch(/sideways/i);
  });
});
