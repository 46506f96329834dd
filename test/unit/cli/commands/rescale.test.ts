import { describe, expect, it } from 'vitest';

import { clusters, operation } from '#test/unit/cli/session-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const jobId = '8a077da4350254f0f435da5061d32226';
const path = `${clusters}/etl/jobs/${jobId}/rescale`;
const rescaling = { ...operation, kind: 'rescale' as const, jobId };
const accepting = (state: 'SUCCEEDED' | 'PENDING' | 'FAILED', fields: object = {}) => ({
  [`POST ${path}`]: { body: { operation: { ...rescaling, state, ...fields } } },
});
const listing = (...states: readonly string[]) => ({
  [`GET ${clusters}/etl/jobs`]: {
    body: { jobs: states.map((state) => ({ jobId, name: 'clicks', state })), reachable: 'True' },
  },
});
const getBody = () => server.received.findLast(({ method }) => method === 'POST')?.json;

describe('drey rescale', () => {
  it('rescales a job, and waits for it', async () => {
    const result = await run(accepting('SUCCEEDED'), ['rescale', 'etl', jobId, '--parallelism', '4']);

    expect(result).toMatchObject({ code: 0, stdout: `Job ${jobId} runs with parallelism 4.\n` });
    expect(getBody()).toEqual({ parallelism: 4 });
  });

  it('finds the only live job of a cluster', async () => {
    const replies = { ...accepting('SUCCEEDED'), ...listing('RUNNING') };

    expect(await run(replies, ['rescale', 'etl', '-p', '2', '--within', '2min'])).toMatchObject({ code: 0 });
    expect(getBody()).toEqual({ parallelism: 2, within: '2min' });
  });

  it.each([[[]], [['FINISHED']], [['RUNNING', 'RUNNING']]])('needs the JobID when the jobs are %j', async (states) => {
    expect(await run(listing(...states), ['rescale', 'etl', '-p', '2'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Specify the JobID: drey rescale etl JOB.'),
    });
  });

  it('does not wait with --no-wait', async () => {
    const { code, stdout } = await run(accepting('PENDING'), ['rescale', 'etl', jobId, '-p', '4', '--no-wait']);

    expect(code).toBe(0);
    expect(stdout).toContain(`Rescale of job ${jobId} requested.`);
  });

  it('prints the operation as JSON', async () => {
    const { stdout } = await run(accepting('SUCCEEDED'), ['rescale', 'etl', jobId, '-p', '4', '--output', 'json']);

    expect(JSON.parse(stdout)).toMatchObject({ operation: { kind: 'rescale', state: 'SUCCEEDED' } });
  });

  it('fails with the reason of the operation', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Job was not rescaled',
      status: 502,
      code: 'rescale-failed',
      detail: `Job ${jobId} ran with parallelism 2 in place of 4.`,
      retryable: false,
    };

    const { code, stderr } = await run(accepting('FAILED', { problem }), ['rescale', 'etl', jobId, '-p', '4']);

    expect(code).toBe(1);
    expect(stderr).toContain(`Could not rescale the job ${jobId}.`);
    expect(stderr).toContain('ran with parallelism 2 in place of 4.');
  });

  it.each([
    [[], 'Missing the parallelism'],
    [['-p', '0'], 'The parallelism must be a positive number'],
    [['-p', 'many'], 'The parallelism must be a positive number'],
  ])('refuses %j', async (words, message) => {
    expect(await run({}, ['rescale', 'etl', jobId, ...words])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(message),
    });
  });
});
