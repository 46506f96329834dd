import { describe, expect, it } from 'vitest';

import type { ClusterState } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { cluster, operation, oneTarget, problem, type Replies, type Reply } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

const server = useLoopbackApi();
const root = '/v1/targets/local';
const definition = {
  action: 'deploy',
  expression: 'rate(1 day)',
  timezone: 'UTC',
  enabled: true,
  spec: 'nightly',
} as const;
const schedule = (name: string, enabled = true) => ({
  name,
  target: 'local',
  revision: '1',
  updatedAt: '2026-11-24T12:00:00.000Z',
  definition: { ...definition, enabled },
});

const otherStopId = '2'.repeat(32);
/** The stop operation of the session that another command started. */
const withOtherStop = (more: Partial<Operation>): Replies => ({
  [`GET /v1/targets/local/operations/${otherStopId}`]: {
    body: operation({ kind: 'stop', operationId: otherStopId, ...more }),
  },
});

/** An API with one session, which a stop ends as `stop` says. */
const withSession = (
  stop: (end: (state: ClusterState) => void) => Reply,
  first: ClusterState = 'RUNNING',
  staysStopping = false,
): Replies => {
  let state: ClusterState = first;
  const end = (next: ClusterState) => {
    state = next;
  };
  return {
    'GET /v1/targets': oneTarget,
    [`GET ${root}/clusters`]: () => ({ body: { clusters: state === 'STOPPED' ? [] : [cluster({ state })] } }),
    [`GET ${root}/clusters/live`]: () => {
      const body = cluster({ state, stopOperationId: otherStopId });
      if (state === 'STOPPING' && !staysStopping) end('STOPPED');
      return { body };
    },
    [`GET ${root}/schedules`]: { body: { schedules: [schedule('nightly'), schedule('old', false)] } },
    [`PUT ${root}/schedules/nightly`]: { body: schedule('nightly', false) },
    [`PUT ${root}/queue`]: { body: {} },
    [`GET ${root}/orphans`]: { body: { orphans: [] } },
    [`POST ${root}/clusters/live/stop`]: () => stop(end),
  };
};
const withStop = (): Replies =>
  withSession((end) => {
    end('STOPPED');
    return { status: 202, body: { operation: operation({ kind: 'stop' }) } };
  });
const run = (replies: Replies, ...words: readonly string[]) => {
  server.answer(replies);
  return drey(['shutdown', ...words], { api: server.url });
};
const posts = () => server.received.filter(({ method }) => method === 'POST').map(({ json }) => json);
const writes = () => server.received.filter(({ method }) => method !== 'GET');

describe('drey shutdown', () => {
  it('lists the live clusters and the enabled schedules, and changes nothing', async () => {
    const { code, stdout, stderr } = await run(withStop());

    expect(code).toBe(0);
    expect(stdout).toMatch(/local +session +live +RUNNING/);
    expect(stdout).toMatch(/local +schedule +nightly +enabled/);
    expect(stdout).not.toContain('old');
    expect(stderr).toContain('drey shutdown --yes');
    expect(writes()).toEqual([]);
  });

  it('disables the schedules, pauses the queue, then stops the clusters with savepoints', async () => {
    const { code, stdout } = await run(withStop(), '--yes');

    expect(code).toBe(0);
    expect(writes().map(({ method, path, json }) => [`${method} ${path}`, json])).toEqual([
      [`PUT ${root}/schedules/nightly`, { ...definition, enabled: false }],
      [`PUT ${root}/queue`, { paused: true }],
      [`POST ${root}/clusters/live/stop`, { savepoint: 'required' }],
    ]);
    expect(stdout).toContain('No cluster is live.');
  });

  it('sends the options of the stop', async () => {
    await run(withStop(), '--yes', '--savepoint', 'best-effort', '--savepoint-directory', 's3://b/s', '--ha', 'purge');

    expect(writes().at(-1)?.json).toEqual({ savepoint: 'best-effort', savepointDirectory: 's3://b/s', ha: 'purge' });
  });

  it('prints what the stop could not delete', async () => {
    const warnings = ['Files of high availability remain.'];
    const replies = withSession((end) => {
      end('STOPPED');
      return { status: 202, body: { operation: operation({ kind: 'stop', warnings }) } };
    });
    const { code, stderr } = await run(replies, '--yes', '--ha', 'purge');

    expect(code).toBe(0);
    expect(stderr).toContain('WARN session cluster live: Files of high availability remain.');
  });

  it('joins a stop that is already running', async () => {
    const replies = withSession((end) => {
      end('STOPPED');
      return { status: 202, body: { operation: operation({ kind: 'stop' }) } };
    }, 'STOPPING');
    const { code } = await run(replies, '--yes', '--savepoint', 'none');

    expect(code).toBe(0);
    expect(posts()).toEqual([{ savepoint: 'none' }]);
  });

  it('names a cluster whose stop has no result after its deadline', async () => {
    const overdue = operation({ kind: 'stop', state: 'IN_PROGRESS', deadline: '2026-01-01T00:00:00.000Z' });
    const replies = withSession(() => ({ status: 202, body: { operation: overdue } }), 'STOPPING', true);
    const { code, stderr } = await run(replies, '--yes');

    expect(code).toBe(1);
    expect(stderr).toContain('session cluster live in target local: The stop of cluster live has no result 60 s after');
  });

  it('waits for a running stop with other options', async () => {
    const replies = withSession(
      () => problem('wrong-state', 409, 'It is being stopped with other options.'),
      'STOPPING',
    );
    const { code } = await run({ ...replies, ...withOtherStop({ state: 'SUCCEEDED' }) }, '--yes');

    expect(code).toBe(0);
    expect(posts()).toHaveLength(1);
  });

  it('sends its own stop after one with other options has failed', async () => {
    const answers = [problem('wrong-state', 409, 'It is being stopped with other options.')];
    const replies = withSession(
      (end) => {
        const refusal = answers.pop();
        if (refusal !== undefined) return refusal;
        end('STOPPED');
        return { status: 202, body: { operation: operation({ kind: 'stop' }) } };
      },
      'STOPPING',
      true,
    );
    const { code } = await run({ ...replies, ...withOtherStop({ state: 'FAILED' }) }, '--yes', '--savepoint', 'none');

    expect(code).toBe(0);
    expect(posts()).toEqual([{ savepoint: 'none' }, { savepoint: 'none' }]);
  });

  it('stops a cluster that is starting without a savepoint', async () => {
    const replies = withSession((end) => {
      if (posts().length === 1) return problem('not-ready', 409, 'Cluster live in target local is DEPLOYING.');
      end('STOPPED');
      return { status: 202, body: { operation: operation({ kind: 'stop' }) } };
    }, 'DEPLOYING');
    const { code } = await run(replies, '--yes', '--ha', 'purge');

    expect(code).toBe(0);
    expect(posts()).toEqual([
      { savepoint: 'required', ha: 'purge' },
      { savepoint: 'none', ha: 'purge' },
    ]);
  });

  describe('with FAILED clusters', () => {
    const failed = { state: 'FAILED', mode: 'application' } as const;
    const listFailed = (): Replies => {
      let isStopped = false;
      const kept = () =>
        cluster({ ...failed, clusterId: 'kept', onFailure: 'keep', ...(isStopped && { state: 'STOPPED' }) });
      const others = [
        cluster({ ...failed, clusterId: 'removed' }),
        cluster({ ...failed, clusterId: 'stopped', onFailure: 'keep', stopOperationId: '2'.repeat(32) }),
      ];
      return {
        ...withStop(),
        [`GET ${root}/clusters`]: ({ query }) => ({
          body: { clusters: query.includes('FAILED') ? [...others, ...(isStopped ? [] : [kept()])] : [] },
        }),
        [`GET ${root}/clusters/kept`]: () => ({ body: kept() }),
        [`POST ${root}/clusters/kept/stop`]: () => {
          isStopped = true;
          return { status: 202, body: { operation: operation({ kind: 'stop' }) } };
        },
      };
    };

    it('lists those whose objects are kept', async () => {
      const { stdout } = await run(listFailed());

      expect(stdout).toMatch(/local +application +kept +FAILED/);
      expect(stdout).not.toMatch(/removed|stopped/);
    });

    it('stops those whose objects are kept', async () => {
      const { code } = await run(listFailed(), '--yes');

      expect(code).toBe(0);
      expect(server.calls().filter((call) => call.startsWith('POST'))).toEqual([`POST ${root}/clusters/kept/stop`]);
    });

    it('names one that cannot be stopped', async () => {
      const refusal = problem('target-refused', 403, 'The target is not allowed.');
      const { code, stderr } = await run({ ...listFailed(), [`POST ${root}/clusters/kept/stop`]: refusal }, '--yes');

      expect(code).toBe(1);
      expect(stderr).toContain('application cluster kept in target local: The target is not allowed.');
    });
  });

  it.each([[[]], [['--yes']]])(
    'fails on clusters and schedules whose records the API cannot read (%j)',
    async (words) => {
      const { code, stderr } = await run(
        {
          ...withStop(),
          [`GET ${root}/clusters`]: { body: { clusters: [], unreadable: ['etl'] } },
          [`GET ${root}/schedules`]: { body: { schedules: [], unreadable: ['morning'] } },
        },
        ...words,
      );

      expect(code).toBe(1);
      expect(stderr).toContain('cluster etl in target local: another version of Drey wrote its record');
      expect(stderr).toContain('schedule morning in target local: another version of Drey wrote its record');
    },
  );

  it('counts a cluster that became terminal before its stop', async () => {
    const replies = withSession((end) => {
      end('STOPPED');
      return problem('wrong-state', 409, 'Cluster live is already STOPPED.');
    });
    const { code } = await run(replies, '--yes');

    expect(code).toBe(0);
  });

  it('names each cluster that stays live, with the reason, and fails', async () => {
    const detail = 'The savepoint of job a failed.';
    const failed = operation({
      kind: 'stop',
      state: 'FAILED',
      problem: { type: 't', title: 't', status: 409, code: 'savepoint-failed', detail, retryable: false },
    });
    const { code, stderr } = await run(
      withSession(() => ({ status: 202, body: { operation: failed } })),
      '--yes',
    );

    expect(code).toBe(1);
    expect(stderr).toContain(`session cluster live in target local: ${detail}`);
    expect(stderr).toContain('--savepoint none');
  });

  it('reports orphans, and targets whose orphans are unknown', async () => {
    const orphan = { kind: 'ConfigMap', name: 'a', uid: 'u', clusterId: 'a', reason: 'HighAvailabilityData' };
    const found = await run({ ...withStop(), [`GET ${root}/orphans`]: { body: { orphans: [orphan] } } }, '--yes');
    expect(found.stdout).toContain('Target local has 1 orphaned Kubernetes object');

    const unknown = await run(
      { ...withStop(), [`GET ${root}/orphans`]: problem('target-unreachable', 503, 'No response.') },
      '--yes',
    );
    expect(unknown).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('its orphans are unknown. No response.'),
    });
  });

  it('refuses unknown targets before anything stops', async () => {
    const { code, stderr } = await run(withStop(), 'local', 'nowhere', '--yes');

    expect(code).toBe(1);
    expect(stderr).toContain('There is no target nowhere.');
    expect(writes()).toEqual([]);
  });

  it('prints objects for programs', async () => {
    const listed = await run(
      withSession(() => ({})),
      '--output',
      'json',
    );
    expect(JSON.parse(listed.stdout)).toMatchObject({
      targets: [{ target: 'local', clusters: [{ clusterId: 'live' }], schedules: [{ name: 'nightly' }] }],
    });

    const done = await run(withStop(), '--yes', '--output', 'json');
    expect(JSON.parse(done.stdout)).toEqual({ targets: [{ target: 'local', orphans: [] }], failures: [] });
  });
});
