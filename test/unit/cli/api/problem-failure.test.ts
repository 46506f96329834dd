import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const jar = 'local:///opt/flink/usrlib/my-flink-job.jar';
const run = (replies: Replies, words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, env });
};

describe('a failure', () => {
  it.each([
    [['list', '--output', 'json', '-Dkubernetes.cluster-id=x'], 'Could not get the rest endpoint of x', 'not-found'],
    [['cancel', '--output=json', 'xyz'], 'Cannot parse JobID from "xyz".', undefined],
    [['list', '--output', 'json', '--frobnicate'], 'Unrecognized option: --frobnicate', undefined],
    [['--output', 'json', 'run'], 'Java program should be specified a JAR file.', undefined],
  ])('of %j is printed as JSON for programs', async (words, message, code) => {
    const ended = await run({}, words);

    const { error } = JSON.parse(ended.stderr);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });

  it('has its mistakes in JSON, too', async () => {
    const errors = [{ pointer: '/config/a.b', detail: 'wrong' }];

    const ended = await run({ [`POST ${clusters}`]: problem('refused-option', 422, 'refused', { errors }) }, [
      'run-application',
      '--output',
      'json',
      jar,
    ]);

    expect(JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      error: { message: 'refused', code: 'refused-option', errors },
    });
  });
});
