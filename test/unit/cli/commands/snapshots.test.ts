import { describe, expect, it } from 'vitest';

import { operation as newOperation } from '#test/unit/cli/operation-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const path = '/v1/targets/local/clusters/etl/snapshots';
const snapshotId = '0192f6d27d5c7b0e8f4e0f6f4f3f2a14';
const snapshot = {
  target: 'local',
  clusterId: 'etl',
  snapshotId,
  kind: 'savepoint',
  format: 'CANONICAL',
  trigger: 'manual',
  jobId: 'b'.repeat(32),
  jobName: 'clicks',
  clusterOperationId: 'c'.repeat(32),
  revision: 3,
  flinkVersion: '2.2',
  operationId: snapshotId,
  principal: 'arn:aws:iam::000000000000:user/ada',
  path: 's3://bucket/savepoints/savepoint-1',
  sizeBytes: 1_572_864,
  durationMs: 2_140,
  createdAt: '2026-11-24T12:00:00.000Z',
  completedAt: '2026-11-24T12:00:03.000Z',
  state: 'COMPLETED',
};
const failed = {
  ...snapshot,
  state: 'FAILED',
  path: undefined,
  sizeBytes: undefined,
  durationMs: undefined,
  problem: { code: 'savepoint-failed', detail: 'disk full' },
};

describe('drey snapshots', () => {
  it('lists snapshots with size, duration and path, or why they failed', async () => {
    const { stdout } = await run({ [`GET ${path}`]: { body: { snapshots: [failed, snapshot] } } }, [
      'snapshots',
      'etl',
    ]);

    expect(stdout).toMatch(/^SNAPSHOT +CREATED +KIND +TRIGGER +STATE +JOB +REVISION +SIZE +DURATION +PATH/);
    expect(stdout).toMatch(
      /savepoint +manual +COMPLETED +clicks +3 +1\.5 MiB +2\.1 s +s3:\/\/bucket\/savepoints\/savepoint-1/,
    );
    expect(stdout).toMatch(/savepoint +manual +FAILED +clicks +3 +disk full/);
  });

  it('prints the list as JSON', async () => {
    const body = { snapshots: [snapshot] };
    const { stdout } = await run({ [`GET ${path}`]: { body } }, ['snapshots', 'etl', '--output', 'json']);

    expect(JSON.parse(stdout)).toEqual(body);
  });

  it('says that a cluster has none', async () => {
    const { stdout } = await run({ [`GET ${path}`]: { body: { snapshots: [] } } }, ['snapshots', 'etl']);

    expect(stdout).toBe('Cluster etl has no snapshots.\n');
  });

  it('disposes of one', async () => {
    const operation = newOperation({ kind: 'dispose-snapshot', clusterId: 'etl' });
    const { stdout } = await run({ [`POST ${path}/${snapshotId}/disposal`]: { body: { operation } } }, [
      'snapshots',
      'etl',
      'dispose',
      snapshotId,
    ]);

    expect(stdout).toContain(`Snapshot ${snapshotId} disposed.`);
    expect(server.received.map((request) => request.path)).toContain(`${path}/${snapshotId}/disposal`);
  });

  it.each([[['remove', snapshotId]], [['dispose']]])('refuses %j', async (words) => {
    const { code, stdout } = await run({}, ['snapshots', 'etl', ...words]);

    expect(code).not.toBe(0);
    expect(stdout).toContain('Usage: drey snapshots');
  });
});
