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
    [['list', '--output', 'json', '--labl', 'a=b'], 'Unrecognized option: --labl. Did you mean --label?', undefined],
    [
      ['run', '--output', 'json', '--flink-version', '1.20'],
      'Unrecognized option: --flink-version. Did you mean -Ddrey.flink-version?',
      undefined,
    ],
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

  it.each([
    ['GET /v1/targets/local/specs/nope', ['spec', 'get', 'nope'], {}, 'Run `drey spec list` to list the specs.'],
    [
      'DELETE /v1/targets/local/schedules/nope',
      ['schedule', 'delete', 'nope'],
      {},
      'Run `drey schedule list` to list the schedules.',
    ],
    [
      'GET /v1/targets/nope/specs/x',
      ['spec', 'get', 'x', '--at', 'nope'],
      { errors: [{ pointer: '/target', detail: 'The target is not registered.' }] },
      'Run `drey targets` to list the targets.',
    ],
  ])('of %s says where to look for what is not found', async (route, words, more, hint) => {
    const ended = await run({ [route]: problem('not-found', 404, 'There is none.', more) }, words);

    expect(ended.stderr.trimEnd().split('\n').at(-1)).toBe(hint);
  });

  it.each([
    [`GET ${clusters}`, '/label', ['clusters', '--label', 'team'], '  --label: wrong'],
    [`GET ${clusters}`, '/state', ['clusters', '--state', 'RUNNIN'], '  --state: wrong'],
    ['GET /v1/targets/local/operations/123', '/operationId', ['operation', '123'], '  the operation: wrong'],
  ])('of %s names %s in words of the command line', async (route, pointer, words, line) => {
    const errors = [{ pointer, detail: 'wrong' }];

    const ended = await run({ [route]: problem('malformed-request', 400, `${pointer}: wrong`, { errors }) }, words);

    expect(ended.stderr.split('\n')).toContain(line);
  });
});
