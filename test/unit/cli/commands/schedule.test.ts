import { describe, expect, it } from 'vitest';

import type { Schedule } from '#events/records/schedules.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

type StopDefinition = Extract<Schedule['definition'], { readonly action: 'stop' }>;

const { server, run } = useLocalTarget();
const bodyOf = (route: string) => server.received.findLast(({ method, path }) => `${method} ${path}` === route)?.json;
const id = 'a'.repeat(32);
const time = '2026-11-24T12:00:00.000Z';

describe('drey schedule', () => {
  const path = '/v1/targets/local/schedules';
  const schedule: Schedule = {
    name: 'evening',
    target: 'local',
    revision: id,
    updatedAt: time,
    updatedBy: 'arn:aws:iam::000000000000:user/ada',
    definition: {
      action: 'stop',
      expression: 'cron(0 20 ? * MON-FRI *)',
      timezone: 'Europe/Berlin',
      enabled: true,
      selector: { labels: { team: 'etl' }, mode: 'session' },
      savepoint: 'best-effort',
      ha: 'keep',
    },
  };
  const every = ['--every', 'cron(0 20 ? * MON-FRI *)'];

  it('is created from options', async () => {
    const options = ['--timezone', 'Europe/Berlin', '--stop', '--mode', 'session', '--label', 'team=etl'];
    const { stdout } = await run({ [`PUT ${path}/evening`]: { body: schedule } }, [
      'schedule',
      'put',
      'evening',
      ...every,
      ...options,
      '--savepoint',
      'best-effort',
    ]);

    expect(bodyOf(`PUT ${path}/evening`)).toEqual({
      action: 'stop',
      expression: 'cron(0 20 ? * MON-FRI *)',
      timezone: 'Europe/Berlin',
      selector: { labels: { team: 'etl' }, mode: 'session' },
      savepoint: 'best-effort',
    });
    expect(stdout).toContain('Schedule evening: stop sessions, team=etl (savepoint: best-effort, ha: keep), cron(0 20');
  });

  it('rescales jobs', async () => {
    const { action: _action, savepoint: _savepoint, ha: _ha, ...definition } = schedule.definition as StopDefinition;
    const rescaling = { ...definition, action: 'rescale', parallelism: 8, within: '10min' };
    const options = ['--rescale', '8', '--label', 'team=etl', '--within', '5min'];

    const { stdout } = await run({ [`PUT ${path}/peak`]: { body: { ...schedule, definition: rescaling } } }, [
      'schedule',
      'put',
      'peak',
      ...every,
      ...options,
    ]);

    expect(bodyOf(`PUT ${path}/peak`)).toEqual({
      action: 'rescale',
      expression: 'cron(0 20 ? * MON-FRI *)',
      selector: { labels: { team: 'etl' } },
      parallelism: 8,
      within: '5min',
    });
    expect(stdout).toContain('rescale the jobs of sessions, team=etl to parallelism 8 (within 10min)');
  });

  it.each([
    [
      ['--apply', 'office', '--state', 'last-state', '--stable-within', '2min', '--on-failure', 'keep'],
      { action: 'apply', spec: 'office', state: 'last-state', stableWithin: '2min', onFailure: 'keep' },
    ],
    [
      ['--suspend', '--label', 'team=etl', '--state', 'savepoint', '--savepoint-directory', 's3://b/s'],
      { action: 'suspend', selector: { labels: { team: 'etl' } }, state: 'savepoint', savepointDirectory: 's3://b/s' },
    ],
    [
      ['--resume', '--all', '--stable-within', '2min', '--max-restarts', '1', '--on-failure', 'keep', '-n'],
      {
        action: 'resume',
        selector: {},
        stableWithin: '2min',
        maxRestarts: 1,
        onFailure: 'keep',
        allowNonRestoredState: true,
      },
    ],
  ])('is created with %j', async (options, body) => {
    await run({ [`PUT ${path}/night`]: { body: schedule } }, ['schedule', 'put', 'night', ...every, ...options]);

    expect(bodyOf(`PUT ${path}/night`)).toEqual({ expression: 'cron(0 20 ? * MON-FRI *)', ...body });
  });

  it.each([
    [['--stop'], 'Specify when the schedule runs'],
    [[...every], 'Specify what the schedule does'],
    [[...every, '--stop'], 'Specify the clusters: --label'],
    [[...every, '--stop', '--label', 'etl'], 'A label must have the form key=value, not "etl".'],
    [
      [...every, '--deploy', 'office', '--label', 'team=etl', '--savepoint-directory', 's3://b/s'],
      'A schedule with --deploy does not have these options. Remove --label, --savepoint-directory.',
    ],
    [[...every, '--stop', '--rescale', '2'], 'Specify what the schedule does'],
    [[...every, '--rescale', '2'], 'Specify the clusters: --label'],
    [[...every, '--rescale', '0', '--all'], 'The parallelism must be a positive number'],
    [
      [...every, '--rescale', '2', '--all', '--ha', 'keep'],
      'A schedule with --rescale does not have these options. Remove --ha.',
    ],
    [
      [...every, '--stop', '--all', '--within', '5min', '-n'],
      'A schedule with --stop does not have these options. Remove --allowNonRestoredState, --within.',
    ],
    [[...every, '--suspend', '--resume', '--all'], 'and only one of them'],
    [
      [...every, '--resume', '--all', '--state', 'none'],
      'A schedule with --resume does not have these options. Remove --state.',
    ],
    [['evening.yaml', '--disabled'], 'The file defines the whole schedule. Remove --disabled.'],
  ])('is refused with %j', async (options, message) => {
    expect(await run({}, ['schedule', 'put', 'evening', ...options])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(message),
    });
  });

  it('is listed, described with its last runs, and removed', async () => {
    const results = [
      { clusterId: 'etl', operationId: id, state: 'SUCCEEDED' as const },
      { clusterId: 'new', code: 'not-ready', detail: 'wait until it is RUNNING' },
      { clusterId: 'old', operationId: id },
      { clusterId: 'next' },
    ];
    const ran = {
      runId: time,
      target: 'local',
      name: 'evening',
      action: 'stop',
      scheduledAt: time,
      startedAt: time,
      results,
    };
    const late = { ...ran, results: [], missed: 'more than an hour late' };
    const replies = {
      [`GET ${path}`]: { body: { schedules: [schedule] } },
      [`GET ${path}/evening`]: { body: schedule },
      [`GET ${path}/evening/runs`]: { body: { runs: [ran, late] } },
      [`DELETE ${path}/evening`]: { body: { name: 'evening' } },
    };

    expect((await run(replies, ['schedule', 'list'])).stdout).toMatch(
      /evening +cron.* +Europe\/Berlin +yes +stop sessions/,
    );
    const file = (await run(replies, ['schedule', 'get', 'evening'])).stdout;
    expect(file).toContain('expression: cron(');
    expect(file).not.toContain('revision');
    const described = (await run(replies, ['schedule', 'describe', 'evening'])).stdout;
    expect(described).toContain('cron(0 20 ? * MON-FRI *) in Europe/Berlin');
    expect(described).toMatch(/Changed: +24\.11\.2026 \d\d:00:00 by arn:aws:iam::000000000000:user\/ada\n/);
    expect(described).toMatch(/etl +SUCCEEDED +a{32}/);
    const listed = (await run(replies, ['schedule', 'runs', 'evening'])).stdout;
    expect(listed).toMatch(/new +refused +not-ready: wait/);
    expect(listed).toMatch(/old +accepted +a{32}/);
    expect(listed).toMatch(/next +pending/);
    expect(listed).toMatch(/- +missed +more than an hour late/);
    expect(listed).not.toContain('no clusters');
    expect((await run(replies, ['schedule', 'delete', 'evening'])).stdout).toBe('Schedule evening deleted.\n');
  });
});
