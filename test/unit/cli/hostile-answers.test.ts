import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { drey } from '#test/unit/cli/drey.ts';
import { cluster, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const live = '/v1/targets/local/clusters/live';
const run = (replies: Replies, words: readonly string[]) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url });
};

const clipboard = '\u001B]52;c;cm0gLXJmIH4=\u0007';
const link = '\u001B]8;;https://example.com\u001B\\Log in\u001B]8;;\u001B\\';
const hidden = '\u001B[8mhidden\u001B[0m';
const upAndErase = '\u001B[1A\u001B[2K';
const c1 = '\u009B2J\u009D52;c;eA==\u009C';
const bidirectional = '\u202Ereversed\u202C\u2066\u200F';
const forgedRow = `\r\n23.11.2026 22:10:34 : ${'f'.repeat(32)} : forged (RUNNING)`;
const all = ['x', clipboard, link, hidden, upAndErase, c1, bidirectional, '\b\b\b\0\u0085\u2028', forgedRow].join('');

// oxlint-disable-next-line no-control-regex -- these are the characters that must not arrive
const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;

const conditions = [{ type: 'Healthy', status: 'False', reason: 'Crash', message: all, since: job().startTime }];
const jobs = { jobs: [job({ name: all, message: all, state: 'FAILED' }), job({ name: all })], reachable: 'True' };
const failed = cluster({ clusterId: 'live', state: 'RUNNING', reason: all, message: all, conditions } as object);
const transition = {
  sequence: 1,
  at: job().startTime,
  subject: 'cluster',
  from: null,
  to: 'FAILED',
  reason: all,
  message: all,
  principal: all,
};
const replies: Replies = {
  [`GET ${live}`]: { body: failed },
  'GET /v1/targets/local/clusters': { body: { clusters: [{ ...failed, jobs: jobs.jobs }] } },
  [`GET ${live}/jobs`]: { body: jobs },
  [`GET ${live}/logs`]: { body: { log: `${all}\n` } },
  [`GET ${live}/events`]: ({ query }) => ({
    body: { transitions: query.includes('after=1') ? [] : [transition], last: 1 },
  }),
};

const commands = [
  ['list', '-a', '-Dkubernetes.cluster-id=live'],
  ['list', '-a'],
  ['describe', 'live'],
  ['clusters'],
  ['logs', 'live'],
  ['events', 'live'],
] as const;

describe('an answer with characters that control a terminal', () => {
  it.each(commands.map((words) => [words.join(' '), words] as const))(
    'drey %s prints none of them',
    async (_, words) => {
      const { code, stdout, stderr } = await run(replies, words);

      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(control);
      expect(stdout).toContain('hidden');
    },
  );

  it.each(commands.map((words) => [words.join(' '), words] as const))(
    'drey %s has no row that a program wrote',
    async (_, words) => {
      const { stdout } = await run(replies, words);

      const rows = stdout.split('\n').filter((line) => /^23\.11\.2026 22:10:34 : f{32}/.test(line));
      expect(words[0] === 'logs' ? [] : rows).toEqual([]);
    },
  );

  it.each(['json', 'yaml'])('drey describe --output %s has them as escapes, with the same value', async (format) => {
    const { stdout } = await run(replies, ['describe', 'live', '--output', format]);

    expect(stdout).not.toMatch(control);
    expect(parse(stdout)).toMatchObject({ cluster: { reason: all, conditions } });
  });

  it('a problem prints none of them, and no line of its own', async () => {
    const detail = `${all}\nOperation SUCCEEDED`;
    const refusal = problem('wrong-state', 409, detail);

    const { code, stderr } = await run({ [`GET ${live}`]: refusal }, ['describe', 'live']);
    const json = await run({ [`GET ${live}`]: refusal }, ['describe', 'live', '--output', 'json']);

    expect(code).toBe(1);
    expect(stderr).not.toMatch(control);
    expect(stderr.split('\n')).not.toContain('Operation SUCCEEDED');
    expect(json.stderr).not.toMatch(control);
    expect(JSON.parse(json.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'wrong-state' },
    });
  });

  it.each(['json', 'yaml'])('a notice beside --output %s prints none of them', async (format) => {
    const unreadable = {
      ...replies,
      'GET /v1/targets/local/clusters': { body: { clusters: [{ ...failed, jobs: [], hasMoreJobs: true }] } },
      [`GET ${live}/jobs`]: problem('target-refused', 502, all),
    };

    const { stderr } = await run(unreadable, ['list', '-a', '--output', format]);

    expect(stderr).toContain('cannot be read');
    expect(stderr).not.toMatch(control);
  });

  it.each(['json', 'yaml'])('completion beside --output %s offers no name that has them', async (format) => {
    const named = {
      'GET /v1/targets/local/clusters': { body: { clusters: [failed, { ...failed, clusterId: all }] } },
    };

    const { stdout } = await run({ ...replies, ...named }, [
      'completion',
      '--line',
      `drey describe --output=${format} `,
    ]);

    expect(stdout).toBe('live\n');
  });

  it('a name of a file and an error of the command line print none of them', async () => {
    const ended = await run(replies, ['deploy', '-f', `no${all.replaceAll('\0', '')}`]);
    const usage = await run(replies, [`no${all}`]);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist') });
    expect(usage).toMatchObject({ code: 1, stdout: expect.stringContaining('is not a valid action') });
    expect(ended.stderr + usage.stdout).not.toMatch(control);
  });

  it('a spec is printed as it is stored', async () => {
    const deploy = { mode: 'session', config: { 'env.java.opts.all': `-Dx=${all}`, plain: 'yes' } };
    const spec = { name: 'office', target: 'local', updatedAt: job().startTime, updatedBy: 'x', deploy };

    const { stdout } = await run({ 'GET /v1/targets/local/specs/office': { body: spec } }, ['spec', 'get', 'office']);

    expect(stdout).not.toMatch(control);
    expect(parse(stdout)).toEqual(deploy);
  });
});
