import { describe, expect, it } from 'vitest';

import { cluster, clusters, deploys, operation } from '#test/unit/cli/session-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const bodyOf = (route: string) => server.received.findLast(({ method, path }) => `${method} ${path}` === route)?.json;
const session = ['kubernetes-session', '-Dkubernetes.cluster-id=etl', '--no-wait'];
const notThere = { ...deploys, [`GET ${clusters}/etl`]: { body: { ...cluster, state: 'STOPPED' } } };

describe('drey extend and the options of a lifetime', () => {
  it.each([
    [{}, /^Lifetime: +version 2$/m],
    [{ warnedVersion: 1 }, /^Lifetime: +version 2$/m],
    [{ warnedVersion: 2 }, /^Lifetime: +version 2, warning sent$/m],
  ])('shows its version, and whether the warning was sent: %j', async (change, expected) => {
    const known = { ...cluster, lifetime: { ...cluster.lifetime!, ...change } };
    const replies = {
      [`GET ${clusters}/etl`]: { body: known },
      [`GET ${clusters}/etl/jobs`]: { body: { jobs: [], reachable: 'True' } },
      [`GET ${clusters}/etl/events`]: { body: { transitions: [], last: 0 } },
    };

    expect((await run(replies, ['describe', 'etl'])).stdout).toMatch(expected);
  });

  it('go with the deploy, and not into the configuration of Flink', async () => {
    const { code } = await run(notThere, [...session, '-Ddrey.lifetime.ttl=8h', '-Ddrey.lifetime.idle-after=2h']);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${clusters}`)).toMatchObject({ lifetime: { ttl: '8h', idleAfter: '2h' }, config: {} });
  });

  it('refuses an unknown option', async () => {
    const { code, stdout } = await run({}, [...session, '-Ddrey.lifetime.tll=8h']);

    expect(code).toBe(1);
    expect(stdout).toContain('Unknown option -Ddrey.lifetime.tll. Did you mean -Ddrey.lifetime.ttl?');
  });

  it('are extended', async () => {
    const path = `${clusters}/etl/extend`;
    const extendedBy = { ...operation, kind: 'extend' as const };
    const { code, stdout } = await run({ [`POST ${path}`]: { body: { operation: extendedBy, cluster } } }, [
      'extend',
      'etl',
      '--ttl',
      '4h',
      '--warn-before',
      '5min',
    ]);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${path}`)).toEqual({ ttl: '4h', warnBefore: '5min' });
    expect(stdout).toMatch(
      /^Cluster etl expires: 24\.11\.2026 \d\d:00:00, after 2h without jobs \(savepoint: best-effort\)\.$/m,
    );
  });

  it('are not extended without an option', async () => {
    expect(await run({}, ['extend', 'etl'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing to change'),
    });
  });
});
