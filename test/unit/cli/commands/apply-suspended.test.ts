import { describe, expect, it } from 'vitest';

import { application } from '#test/unit/cli/input/flink-operator/fixture.ts';
import type { Replies } from '#test/unit/cli/loopback-api.ts';
import { operation, operationAt, time } from '#test/unit/cli/operation-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const cluster = '/v1/targets/local/clusters/etl';
const clusterAt = (fields: object): Replies => ({
  [`GET ${cluster}`]: { body: { target: 'local', clusterId: 'etl', mode: 'application', state: 'RUNNING', ...fields } },
});
const post = () => server.received.filter(({ method }) => method === 'POST');
const apply = (replies: Replies, [resource]: readonly [unknown], words: readonly string[] = []) =>
  run(replies, ['apply', '-f', '-', ...words], JSON.stringify(resource));

describe('a FlinkDeployment whose job is suspended', () => {
  const suspended = (fields: object = {}) => application({ state: 'suspended', upgradeMode: 'savepoint', ...fields });
  const end = operation({
    clusterId: 'etl',
    deadline: '2099-01-01T00:00:00.000Z',
    kind: 'suspend',
    rollout: {
      phase: 'Snapshotting',
      phases: [],
      from: 1,
      snapshot: { kind: 'savepoint', path: 's3://bucket/savepoint-1', at: time },
    },
  });

  const suspending = {
    ...clusterAt({}),
    [`POST ${cluster}/suspend`]: { status: 202, body: { operation: end } },
    ...operationAt(end),
  };

  it.each([
    ['savepoint', { state: 'savepoint' }],
    ['last-state', { state: 'last-state' }],
    ['stateless', { state: 'none' }],
  ])('is suspended when it runs: upgradeMode %s', async (upgradeMode, body) => {
    const { code, stdout } = await apply(suspending, [suspended({ upgradeMode })]);

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Cluster etl is SUSPENDED. Its state is savepoint s3://bucket/savepoint-1.\n',
    });
    expect(post()).toMatchObject([{ path: `${cluster}/suspend`, json: body }]);
  });

  it('is suspended as the options say, which precede the resource', async () => {
    const words = ['--state', 'last-state', '--fallback', 'none', '--savepoint-directory', 's3://bucket/other'];
    await apply(suspending, [suspended()], words);

    const body = { state: 'last-state', fallback: 'none', savepointDirectory: 's3://bucket/other' };
    expect(post().map(({ json }) => json)).toEqual([body]);
  });

  it.each([
    [['--if-revision', '3'], '--if-revision and --plan belong to one deploy, and FlinkDeployment etl has neither.'],
    [['--plan', 'abc'], '--if-revision and --plan belong to one deploy, and FlinkDeployment etl has neither.'],
    [['--restart'], '--restart restarts clusters, and there are no deploys.'],
  ])('is refused with %j, which it has no place for', async (words, message) => {
    const { code, stdout } = await apply(suspending, [suspended()], words);

    expect(code).toBe(1);
    expect(stdout).toContain(message);
    expect(post()).toEqual([]);
  });

  it('stays as it is when it is SUSPENDED', async () => {
    const { code, stdout } = await apply(clusterAt({ state: 'SUSPENDED' }), [suspended()]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cluster etl is SUSPENDED already.\n' });
    expect(post()).toEqual([]);
  });

  it('is refused when it does not run, with the way out', async () => {
    const { code, stderr } = await apply({}, [suspended()]);

    expect(code).toBe(1);
    expect(stderr).toContain('Cluster etl does not run, so it cannot be suspended.');
    expect(stderr).toContain('Write job.state: running');
  });

  it('is no deploy of drey convert, and has no plan', async () => {
    const converted = await run({}, ['convert', '-f', '-'], JSON.stringify(suspended()));
    const planned = await run({}, ['diff', '-f', '-', '--exit-code'], JSON.stringify(suspended()));

    expect(converted.stdout).toBe(
      '# FlinkDeployment etl is suspended. If it runs, run:\n#   drey suspend etl --state savepoint\n',
    );
    expect(planned).toMatchObject({ code: 1, stderr: expect.stringContaining('NOTE FlinkDeployment etl:') as string });
  });
});
