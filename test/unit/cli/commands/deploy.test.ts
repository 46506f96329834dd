import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { cluster, clusters, deploys, operation, time } from '#test/unit/cli/session-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const bodyOf = (route: string) => server.received.findLast(({ method, path }) => `${method} ${path}` === route)?.json;

describe('drey deploy', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'drey-')), 'cluster.yaml');
  writeFileSync(file, 'mode: session\nclusterId: etl\nlifetime: { ttl: 8h }\n');

  it('deploys a file', async () => {
    const { code, stdout } = await run(deploys, ['deploy', '-f', file]);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${clusters}`)).toEqual({ mode: 'session', clusterId: 'etl', lifetime: { ttl: '8h' } });
    expect(stdout).toContain('Create flink session cluster etl successfully');
  });

  it.each([[[]], [['--no-wait']]])('prints the warnings of the operation on stderr, with %j', async (words) => {
    const warned = { ...operation, warnings: ['a is not an option of Flink.'] };
    const replies = { ...deploys, [`POST ${clusters}`]: { status: 202, body: { operation: warned, cluster } } };

    const { code, stderr } = await run(replies, ['deploy', '-f', file, ...words]);

    expect(code).toBe(0);
    expect(stderr).toContain('WARN a is not an option of Flink.\n');
  });

  it('deploys a stored spec, under another id if one is given', async () => {
    const spec = { name: 'office', target: 'local', updatedAt: time, deploy: { mode: 'session', clusterId: 'office' } };
    const words = ['deploy', '--spec', 'office', '--no-wait', '-Dkubernetes.cluster-id=etl'];
    const { code } = await run({ ...deploys, 'GET /v1/targets/local/specs/office': { body: spec } }, words);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${clusters}`)).toEqual({ mode: 'session', clusterId: 'etl' });
  });

  it('replaces options of a stored spec also under another name', async () => {
    const stored = { mode: 'session', config: { 'execution.checkpointing.num-retained': 5, 'pipeline.name': 'a' } };
    const spec = { name: 'office', target: 'local', updatedAt: time, deploy: stored };
    const words = ['deploy', '--spec', 'office', '--no-wait', '-Dstate.checkpoints.num-retained=20'];

    await run({ ...deploys, 'GET /v1/targets/local/specs/office': { body: spec } }, words);

    expect(bodyOf(`POST ${clusters}`)).toEqual({
      mode: 'session',
      config: { 'pipeline.name': 'a', 'state.checkpoints.num-retained': '20' },
    });
  });

  it('restores the program of a file from the latest savepoint of a cluster', async () => {
    const application = join(mkdtempSync(join(tmpdir(), 'drey-')), 'application.yaml');
    writeFileSync(application, 'mode: application\nclusterId: etl\njob: { jar: local:///a.jar }\n');

    await run(deploys, ['deploy', '-f', application, '-Ddrey.restore.from-cluster=etl']);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({
      job: { jar: 'local:///a.jar', restore: { fromCluster: 'etl', latest: true } },
    });
  });

  it('restores the program of a file from a snapshot', async () => {
    const application = join(mkdtempSync(join(tmpdir(), 'drey-')), 'application.yaml');
    writeFileSync(application, 'mode: application\nclusterId: etl\njob: { jar: local:///a.jar }\n');
    const snapshot = 'a'.repeat(32);

    await run(deploys, ['deploy', '-f', application, `-Ddrey.restore.snapshot=${snapshot}`]);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({ job: { jar: 'local:///a.jar' } });
    expect(bodyOf(`POST ${clusters}`)).toHaveProperty('job.restore', { snapshot });
  });

  it('restores the jobs of the session of a file', async () => {
    const session = join(mkdtempSync(join(tmpdir(), 'drey-')), 'session.yaml');
    writeFileSync(session, 'mode: session\nclusterId: etl\nrestore: { fromCluster: etl, allowEmptyState: true }\n');

    await run(deploys, ['deploy', '-f', session, '-Ddrey.restore.from-cluster=other']);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({
      restore: { fromCluster: 'other', latest: true, allowEmptyState: true },
    });
  });

  it('overrides it with the options of the command line', async () => {
    const options = [
      '-Dtaskmanager.numberOfTaskSlots=9',
      '-Ddrey.lifetime.idle-after=1h',
      '-Ddrey.team=etl',
      '-Ddrey.priority=5',
    ];

    await run(deploys, ['deploy', '-f', file, ...options]);

    expect(bodyOf(`POST ${clusters}`)).toEqual({
      mode: 'session',
      clusterId: 'etl',
      config: { 'taskmanager.numberOfTaskSlots': '9' },
      lifetime: { ttl: '8h', idleAfter: '1h' },
      labels: { team: 'etl' },
      priority: 5,
    });
  });

  it.each([[[]], [['-f', file, '--spec', 'office']]])('wants one thing to deploy, not %j', async (words) => {
    expect(await run({}, ['deploy', ...words])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Specify what to deploy'),
    });
  });
});
