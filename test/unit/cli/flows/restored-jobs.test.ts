import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { cluster, clusters, deploys, id, operation } from '#test/unit/cli/session-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const bodyOf = (route: string) => server.received.findLast(({ method, path }) => `${method} ${path}` === route)?.json;
const notThere = { ...deploys, [`GET ${clusters}/etl`]: { body: { ...cluster, state: 'STOPPED' } } };

describe('a session that restores jobs', () => {
  const [one, other] = ['b'.repeat(32), 'c'.repeat(32)];
  const restored = (jobId: string, name: string) => ({ jobId, name, savepoint: `s3://b/${name}`, formerJobId: id });
  const restoredJobs = [restored(one, 'clicks'), restored(other, 'orders')];
  const submit = (jobId: string, fields: object = {}) => ({
    [`GET /v1/targets/local/operations/${jobId}`]: {
      body: { ...operation, kind: 'submit', operationId: jobId, jobId, ...fields },
    },
  });
  const problem = { code: 'jar-refused', detail: 'it is no longer there', retryable: false };
  const deploying = {
    [`POST ${clusters}`]: { status: 202, body: { operation: { ...operation, restoredJobs }, cluster } },
  };
  const half = { ...notThere, ...deploying, ...submit(one), ...submit(other, { state: 'FAILED', problem }) };
  const words = ['kubernetes-session', '-Dkubernetes.cluster-id=etl', '-Ddrey.restore.from-cluster=etl'];

  it('reports each job, with the cause of one that was not restored', async () => {
    const { code, stdout, stderr } = await run(half, [...words, '-Ddrey.restore.allow-empty-state']);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({
      mode: 'session',
      restore: { fromCluster: 'etl', latest: true, allowEmptyState: true },
    });
    expect(stdout).toContain('Create flink session cluster etl successfully');
    expect(stdout).toContain(`Job clicks was restored as JobID ${one} from s3://b/clicks.`);
    expect(code).toBe(1);
    expect(stderr).toContain('Cluster etl is RUNNING, but some of its jobs were not restored.');
    expect(stderr).toContain(`orders (JobID ${other}): it is no longer there`);
  });

  it('does so by drey deploy, too, and in objects for programs', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drey-')), 'session.yaml');
    writeFileSync(file, 'mode: session\nclusterId: etl\nrestore: { fromCluster: etl }\n');

    const { code, stdout } = await run(half, ['deploy', '-f', file, '--output', 'json']);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ operation: { restoredJobs } });
  });

  it('does not take an API that does not answer for a job that was not started', async () => {
    const ended = await run(
      { ...half, [`GET /v1/targets/local/operations/${one}`]: { status: 403, body: { message: 'Forbidden' } } },
      words,
    );

    expect(ended).toMatchObject({ code: 1, stderr: expect.not.stringContaining('not all of its jobs') });
  });

  it('accepts commands of an attached shell in the meantime', async () => {
    const stops = {
      [`POST ${clusters}/etl/stop`]: { status: 202, body: { operation: { ...operation, kind: 'stop' } } },
    };

    const { stderr } = await run({ ...half, ...stops }, [...words, '-Dexecution.attached=true'], 'help\nstop\n');

    expect(stderr).toContain(`Job orders is being restored as JobID ${other} from s3://b/orders.`);
    expect(server.received.some(({ path }) => path === `${clusters}/etl/stop`)).toBe(true);
  });

  it.each([
    ['waits for them', []],
    ['announces them', ['-Dexecution.attached=true']],
  ])('prints no escape sequence of their names beside JSON when it %s', async (_what, more) => {
    const named = [restored(one, 'clicks\u001B]52;c;eA==\u0007\u009B2J'), restored(other, 'orders')];
    const hostile = {
      [`POST ${clusters}`]: { status: 202, body: { operation: { ...operation, restoredJobs: named }, cluster } },
    };

    const { stderr } = await run({ ...half, ...hostile }, [...words, ...more, '--output', 'json'], 'quit\n');

    expect(stderr).toContain('clicks');
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('is followed by a second command during its start', async () => {
    const { stdout, stderr } = await run(
      {
        [`GET ${clusters}/etl`]: { body: { ...cluster, state: 'DEPLOYING' } },
        [`GET /v1/targets/local/operations/${id}`]: { body: { ...operation, restoredJobs: restoredJobs.slice(0, 1) } },
        ...submit(one),
      },
      words,
    );

    expect(stdout).toContain('Job clicks was restored');
    expect(stderr).not.toContain('No job is restored');
  });

  it('is retrieved without restoring jobs when it is RUNNING', async () => {
    const ended = await run({ [`GET ${clusters}/etl`]: { body: cluster } }, words);

    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('already exists. No job is restored.'),
    });
  });
});
