import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { golden } from '#test/unit/cli/golden.ts';
import { accepted, cluster, job, oneTarget, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const jobId = job().jobId;
const useHelp = '\n\nUse the help option (-h or --help) to get help on the command.\n';
const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};

describe('cancel', () => {
  const lines = `Cancelling job ${jobId}.\nCancelled job ${jobId}.\n`;
  const canceling: Replies = { [`POST ${live}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }) };

  it('prints what Flink prints', async () => {
    const ended = await run(canceling, [
      'cancel',
      '--target',
      'kubernetes-session',
      jobId.toUpperCase(),
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: lines });
    expect(lines.trimEnd().split('\n')).toEqual(await golden('live-cancel'));
  });

  it('finds the cluster of a recorded job with one request', async () => {
    const found: Replies = {
      [`GET ${clusters}`]: { body: { clusters: [cluster({ clusterId: 'other' }), { ...cluster(), jobs: [job()] }] } },
    };

    expect(await run({ ...canceling, ...found }, ['cancel', jobId])).toMatchObject({ code: 0, stdout: lines });
    expect(server.calls()).not.toContain(`GET ${live}/jobs`);
  });

  it('asks Flink for a job that is not recorded', async () => {
    const found: Replies = {
      [`GET ${clusters}`]: { body: { clusters: [cluster({ clusterId: 'other' }), cluster()] } },
      [`GET ${clusters}/other/jobs`]: { body: { jobs: [], reachable: 'True' } },
      [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
    };

    expect(await run({ ...canceling, ...found }, ['cancel', jobId])).toMatchObject({ code: 0, stdout: lines });
  });

  it.each([[['-Dkubernetes.cluster-id=live']], [[]]])('says that it could not, with %j', async (more) => {
    const ended = await run({ [`GET ${clusters}`]: { body: { clusters: [] } } }, ['cancel', ...more, jobId]);

    expect(ended).toMatchObject({
      code: 1,
      stdout: `Cancelling job ${jobId}.\n`,
      stderr: expect.stringContaining(`Could not cancel job ${jobId}.\n`),
    });
  });

  it.each([
    [[], 'Missing JobID. Specify a JobID to cancel a job.'],
    [
      ['xyz'],
      'Cannot parse JobID from "xyz". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.',
    ],
  ])('refuses %j', async (operands, message) => {
    expect(await run({}, ['cancel', ...operands])).toMatchObject({ code: 1, stdout: `${message}${useHelp}` });
    expect(server.received).toEqual([]);
  });
});
