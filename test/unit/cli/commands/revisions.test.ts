import { describe, expect, it } from 'vitest';

import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const path = '/v1/targets/local/clusters/etl/revisions';
const time = '2026-11-24T12:00:00.000Z';
const revision = {
  target: 'local',
  clusterId: 'etl',
  number: 2,
  createdAt: time,
  principal: 'arn:aws:iam::000000000000:user/ada',
  operationId: 'a'.repeat(32),
  mode: 'application',
  digest: '0123456789abcdef',
  image: 'flink:2.2',
  flinkVersion: '2.2',
  jar: 'local:///a.jar',
  outcome: 'failed',
  problem: { code: 'deploy-failed', reason: 'ImagePullBackOff', detail: 'no such image' },
};
const deploy = { mode: 'application', clusterId: 'etl', job: { jar: 'local:///a.jar', args: ['******'] } };
const one = { [`GET ${path}/2`]: { body: { ...revision, deploy } } };

describe('drey revisions', () => {
  it('lists revisions with their outcomes', async () => {
    const { stdout } = await run({ [`GET ${path}`]: { body: { revisions: [revision] } } }, ['revisions', 'etl']);

    expect(stdout).toMatch(/^REVISION +CREATED +OUTCOME +MADE BY +IMAGE/);
    expect(stdout).toMatch(
      /2 +24\.11\.2026.* failed +flink:2\.2 +local:\/\/\/a\.jar +0123456789ab +arn:\S+ada +ImagePullBackOff: no such image/,
    );
  });

  it.each([
    [{ madeBy: 'deploy' }, 'deploy'],
    [{ madeBy: 'in-place' }, 'apply in place'],
    [{ madeBy: 'rollback', specOf: 1 }, 'rollback to 1'],
    [{ madeBy: 'automatic-rollback', specOf: 1 }, 'automatic rollback to 1'],
    [{ madeBy: 'restart', specOf: 1 }, 'restart'],
  ])('says what has made a revision: %j', async (fields, text) => {
    const body = { revisions: [{ ...revision, ...fields }] };
    const { stdout } = await run({ [`GET ${path}`]: { body } }, ['revisions', 'etl']);

    expect(stdout).toMatch(new RegExp(` failed +${text} +flink:2`));
  });

  it('prints the list as JSON', async () => {
    const body = { revisions: [revision] };
    const { stdout } = await run({ [`GET ${path}`]: { body } }, ['revisions', 'etl', '--output', 'json']);

    expect(JSON.parse(stdout)).toEqual(body);
  });

  it('says that a cluster has none', async () => {
    const { stdout } = await run({ [`GET ${path}`]: { body: { revisions: [] } } }, ['revisions', 'etl']);

    expect(stdout).toBe('Cluster etl has no revisions.\n');
  });

  it('prints a spec as YAML for `drey deploy -f`, and names what is masked', async () => {
    const { stdout, stderr } = await run(one, ['revisions', 'etl', '2']);

    expect(stdout).toBe('mode: application\nclusterId: etl\njob:\n  jar: local:///a.jar\n  args:\n    - "******"\n');
    expect(stderr).toContain('****** stands for a value that may be a secret (job/args/0). Drey refuses it');
  });

  it('prints the newest spec as JSON', async () => {
    const routes = { ...one, [`GET ${path}`]: { body: { revisions: [revision] } } };
    const { stdout } = await run(routes, ['revisions', 'etl', 'latest', '--output', 'json']);

    expect(JSON.parse(stdout)).toEqual(deploy);
    expect(server.received.map((request) => request.path)).toContain(`${path}/2`);
  });

  it('refuses what is no number', async () => {
    const { code, stdout } = await run({}, ['revisions', 'etl', 'newest']);

    expect(code).not.toBe(0);
    expect(stdout).toContain('"newest" is not the number of a revision.');
  });
});
