import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { oneTarget, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const folder = useFolder();
const jar = join(folder, 'Top Speed.jar');
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};

describe('every verb', () => {
  it.each(['kubernetes-session', 'run', 'list', 'cancel'])('%s refuses per-job mode up front', async (verb) => {
    const ended = await run({}, [
      verb,
      '-t',
      'kubernetes-per-job',
      '-Dkubernetes.cluster-id=x',
      ...(verb === 'run' ? [jar] : []),
    ]);

    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Per-Job Mode not supported by Active Kubernetes deployments.\n'),
    });
    expect(server.received).toEqual([]);
  });

  it.each([['-e', 'kubernetes-per-job'], ['-Dexecution.target=kubernetes-per-job']])(
    'knows the other ways to say it: %s',
    async (...words) => {
      expect(await run({}, ['list', ...words])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Per-Job Mode'),
      });
    },
  );

  it('asks which target is meant when there are several', async () => {
    const ended = await run({ 'GET /v1/targets': { body: { targets: [{ name: 'one' }, { name: 'two' }] } } }, ['list']);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('  one\n  two\nUse --at NAME') });
  });

  it.each([
    [['--at', 'etl'], {}],
    [['-Ddrey.target=etl'], {}],
    [[], { DREY_TARGET: 'etl' }],
  ])('takes the target of %j and %j', async (words, env) => {
    server.answer({ 'GET /v1/targets/etl/clusters': { body: { clusters: [] } } });

    const ended = await drey(['list', ...words], { api: server.url, env });

    expect(ended).toMatchObject({ code: 0, stdout: 'Target etl has no live cluster.\n' });
  });

  it('takes options in front of it, too', async () => {
    expect(
      await run({ [`GET ${live}/jobs`]: { body: { jobs: [], reachable: 'True' } } }, [
        '-Dkubernetes.cluster-id=live',
        'list',
        '-r',
      ]),
    ).toMatchObject({
      code: 0,
      stdout: 'Waiting for response...\nNo running jobs.\n',
    });
  });
});
