import { describe, expect, it } from 'vitest';

import { clusters, operation } from '#test/unit/cli/session-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const jobId = '8a077da4350254f0f435da5061d32226';
const newJobId = '9b077da4350254f0f435da5061d32226';
const jar = 's3://bucket/uploads/local/1/clicks.jar';
const path = `PUT ${clusters}/etl/jobs/${jobId}`;
const onEtl = '-Dkubernetes.cluster-id=etl';
const applying = { ...operation, kind: 'apply-job' as const, jobId };
const replying = (body: object) => ({ [path]: { body } });
/** The answers to the apply, and to the question for its operation. */
const ending = (ended: object) => ({
  ...replying({ operation: { ...applying, state: 'PENDING' } }),
  [`GET /v1/targets/local/operations/${operation.operationId}`]: { body: { ...applying, ...ended } },
});
const succeeded = ending({
  state: 'SUCCEEDED',
  rollout: { phase: 'Verifying', phases: [], job: { from: jobId, to: newJobId } },
});
const getBody = () => server.received.findLast(({ method }) => method === 'PUT')?.json;

describe('drey apply-job', () => {
  it('sends the program with the options of the rollout, and waits for it', async () => {
    const words = ['apply-job', onEtl, '-p', '4', '--stable-within', '1min', '-n', jobId, jar, '--window', '5min'];
    const result = await run(succeeded, words);

    expect(result).toMatchObject({ code: 0, stdout: `Job ${newJobId} runs in place of job ${jobId}.\n` });
    expect(getBody()).toEqual({
      jar,
      args: ['--window', '5min'],
      parallelism: 4,
      config: {},
      rollout: { stableWithin: '1min', allowNonRestoredState: true },
    });
  });

  it('says that a job runs the same already', async () => {
    const result = await run(replying({ result: 'unchanged', jobId }), ['apply-job', onEtl, jobId, jar]);

    expect(result).toMatchObject({ code: 0, stdout: `Job ${jobId} is unchanged.\n` });
    expect(getBody()).toEqual({ jar, args: [], config: {} });
  });

  it('does not wait with --no-wait, and prints JSON', async () => {
    const pending = replying({ operation: { ...applying, state: 'PENDING' } });

    expect((await run(pending, ['apply-job', onEtl, '--no-wait', jobId, jar])).stdout).toContain(
      `Applying job ${jobId}.`,
    );
    const { stdout } = await run(pending, ['apply-job', onEtl, '--no-wait', '--output', 'json', jobId, jar]);
    expect(JSON.parse(stdout)).toMatchObject({ operation: { kind: 'apply-job' } });
  });

  it('fails with the reason, and with what runs now', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Rollout failed',
      status: 409,
      code: 'rollout-failed',
      detail: `The new job was not stable (JobFailed): no topic. Job ${'0'.repeat(32)} runs the old program again.`,
      retryable: false,
    };
    const job = { from: jobId, to: newJobId, rolledBackTo: '0'.repeat(32) };
    const failed = ending({ state: 'FAILED', problem, rollout: { phase: 'RollingBack', phases: [], job } });

    const { code, stderr } = await run(failed, ['apply-job', onEtl, jobId, jar]);

    expect(code).toBe(1);
    expect(stderr).toContain(problem.detail);
  });

  it.each([
    [[], 'Missing JobID'],
    [['etl'], 'Cannot parse JobID'],
    [[jobId], 'should be specified a JAR'],
  ])('needs a job and a jar: %j', async (words, message) => {
    const { code, stdout, stderr } = await run({}, ['apply-job', onEtl, ...words]);

    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain(message);
  });
});
