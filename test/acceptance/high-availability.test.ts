import { describe, it } from 'vitest';

import { enableS3, useBucket } from '../support/bucket.ts';
import {
  freshId,
  listJobs,
  small,
  startCluster,
  stop,
  until,
  untilDone,
  untilJobRuns,
  untilRestored,
  untilState,
} from '../support/system.ts';

const { url, listKeys } = useBucket();

const start = (version: string, clusterId: string) =>
  startCluster({
    clusterId,
    mode: 'application',
    image: `flink:${version}`,
    job: { jar: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar' },
    config: {
      ...small,
      ...enableS3(version),
      'high-availability.type': 'kubernetes',
      'high-availability.storageDir': `${url}/ha`,
      'execution.checkpointing.dir': `${url}/checkpoints`,
      'execution.checkpointing.interval': '1s',
    },
  });

/** The files of high availability that a cluster has. Flink leaves empty objects in place of folders, whose keys end with `/`. */
const listFiles = async (clusterId: string) =>
  (await listKeys('ha/')).filter((key) => key.includes(clusterId) && !key.endsWith('/'));

describe.concurrent.each(['1.20', '2.2', '2.3'])('high availability of Flink %s', (version) => {
  it('recovers an application that was stopped, until a stop purges its data', async ({ expect }) => {
    const clusterId = freshId(`ha${version.replace('.', '')}`);
    await start(version, clusterId);
    const first = await untilJobRuns(clusterId);
    await until(
      () => listFiles(clusterId),
      (files) => files.some((file) => file.includes('completedCheckpoint')),
    );
    await stop(clusterId, { ha: 'keep' });
    await untilState(clusterId, 'STOPPED');

    await start(version, clusterId);

    const recovered = await untilJobRuns(clusterId);
    expect(recovered?.jobId).toBe(first?.jobId);
    expect(await untilRestored(clusterId, recovered?.jobId ?? '')).toContain('/chk-');
    expect((await listJobs(clusterId)).filter(({ state }) => state === 'RUNNING')).toHaveLength(1);

    const { body } = await stop(clusterId, { ha: 'purge' });

    const purge = await untilDone(body.operation.operationId);
    expect(purge).toMatchObject({ state: 'SUCCEEDED' });
    expect(purge.warnings).toBeUndefined();
    expect(await listFiles(clusterId)).toEqual([]);
  });
});
