import { createServer } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Job } from '#events/records/job.ts';
import { sessionJob } from '#test/unit/cli/input/flink-operator/fixture.ts';
import { id, operationAt } from '#test/unit/cli/operation-fixture.ts';
import { accept, jobAt, jobsAt, newOperation, session, useResources } from '#test/unit/cli/resource-fixture.ts';

const { server, jarFile, apply, post, submitting, getSubmit, readIdentity, startedBy } = useResources();

type Fields = Readonly<Record<string, unknown>>;

describe('a FlinkSessionJob', () => {
  const clicks = (fields: Fields = {}, spec: Fields = {}) => sessionJob({ jarURI: jarFile, ...fields }, spec);

  it('is submitted to its session with its jar', async () => {
    const initialSavepointPath = 's3://bucket/savepoint-1';
    const replies = { ...submitting(), ...jobsAt() };

    const { code, stdout } = await apply(replies, [clicks({ args: ['--day', '1'], initialSavepointPath })]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: `FlinkSessionJob/default/clicks runs as job ${id('d')}.\n` });
    expect(getSubmit()?.json).toMatchObject({
      jar: 's3://bucket/uploads/x.jar',
      args: ['--day', '1'],
      parallelism: 4,
      restore: { path: initialSavepointPath },
      correlationId: expect.stringMatching(/^FlinkSessionJob\/default\/clicks@[0-9a-f]{64}$/) as string,
    });
    expect(server.received.find(({ method }) => method === 'PUT')?.body.toString()).toBe('PK\u0003\u0004');
  });

  it('has the same idempotency key in two applies at the same time', async () => {
    const readKey = async (resource: unknown) => {
      await apply({ ...submitting(), ...jobsAt() }, [resource]);
      return getSubmit()?.headers['idempotency-key'];
    };
    const key = await readKey(clicks());

    expect(key).toMatch(/^flink-session-job-[0-9a-f]{64}$/);
    expect(await readKey(clicks())).toBe(key);
    expect(await readKey(clicks({ parallelism: 2 }))).not.toBe(key);
  });

  it('runs once when it is applied twice, also in another order of its fields', async () => {
    const started = await startedBy(clicks());
    const { spec, ...rest } = clicks();

    const { code, stdout } = await apply({ ...submitting(), ...started }, [
      { spec: Object.fromEntries(Object.entries(spec).toReversed()), ...rest },
    ]);

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `FlinkSessionJob/default/clicks is unchanged (job ${id('b')}).\n`,
    });
    expect(post()).toEqual([]);
  });

  it('is known after its session has restored its job', async () => {
    const started = await startedBy(clicks(), { state: 'FINISHED', finalSavepoint: 's3://bucket/s' });
    const deploy = newOperation({
      operationId: id('e'),
      restoredJobs: [{ jobId: id('f'), name: 'clicks', formerJobId: id('b') }],
    });
    const restored = jobAt({
      jobId: id('f'),
      operationId: id('f'),
      clusterOperationId: id('e'),
      startTime: '2026-11-24T13:00:00.000Z',
    });
    const replies = {
      ...started,
      ...operationAt(deploy),
      ...operationAt(newOperation({ operationId: id('f'), kind: 'submit' })),
      ...jobsAt(jobAt({ state: 'FINISHED', finalSavepoint: 's3://bucket/s' }), restored),
    };

    const { stdout } = await apply({ ...submitting(), ...replies }, [clicks()]);

    expect(stdout).toBe(`FlinkSessionJob/default/clicks is unchanged (job ${id('f')}).\n`);
  });

  const applyTo = (to: string, correlationId?: string) => {
    const rollout = { phase: 'Verifying' as const, phases: [], job: { from: id('b'), to } };
    return newOperation({ operationId: id('e'), kind: 'apply-job', correlationId, rollout });
  };

  it.each(['savepoint', 'stateless'])('is applied to its job: upgradeMode %s', async (upgradeMode) => {
    const started = await startedBy(clicks({ upgradeMode }));
    const replies = { ...submitting(), ...started, ...accept(`PUT ${session}/jobs/${id('b')}`, applyTo(id('f'))) };
    const changed = clicks({ upgradeMode, parallelism: 8, initialSavepointPath: 's3://bucket/savepoint-1' });

    const { code, stdout } = await apply(replies, [changed], ['--stable-within', '1min']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: `Job ${id('f')} runs in place of job ${id('b')}.\n` });
    const sent = server.received.find(({ path }) => path === `${session}/jobs/${id('b')}`);
    expect(sent?.json).toMatchObject({
      jar: 's3://bucket/uploads/x.jar',
      parallelism: 8,
      rollout: { state: upgradeMode === 'savepoint' ? 'savepoint' : 'none', stableWithin: '1min' },
      correlationId: expect.stringMatching(/^FlinkSessionJob\/default\/clicks@/) as string,
    });
    expect(sent?.json).not.toHaveProperty('restore');
  });

  it('is applied to its job as the options say, which precede the resource', async () => {
    const started = await startedBy(clicks());
    const replies = { ...submitting(), ...started, ...accept(`PUT ${session}/jobs/${id('b')}`, applyTo(id('f'))) };
    const words = '--state savepoint --savepoint-directory s3://bucket/other --max-restarts 2 --on-failure keep -n';

    await apply(replies, [clicks({ parallelism: 8 })], words.split(' '));

    expect(server.received.find(({ path }) => path === `${session}/jobs/${id('b')}`)?.json).toMatchObject({
      rollout: {
        state: 'savepoint',
        savepointDirectory: 's3://bucket/other',
        maxRestarts: 2,
        onFailure: 'keep',
        allowNonRestoredState: true,
      },
    });
  });

  it.each([
    [['-n'], { restore: { path: 's3://bucket/final', allowNonRestoredState: true } }],
    [['--state', 'none'], {}],
  ])('starts again as the options say, which precede the resource: %j', async (words, expected) => {
    const resource = clicks({ upgradeMode: 'savepoint' });
    const started = await startedBy(resource, { state: 'FINISHED', finalSavepoint: 's3://bucket/final' });

    await apply({ ...submitting(), ...started }, [resource], words);

    const submit = getSubmit()?.json as { readonly restore?: unknown } | undefined;
    expect({ restore: submit?.restore }).toEqual({ restore: undefined, ...expected });
  });

  it.each([
    ['savepoint', [], 'stop', {}],
    ['savepoint', ['--savepoint-directory', 's3://bucket/other'], 'stop', { directory: 's3://bucket/other' }],
    ['savepoint', ['--state', 'none', '--savepoint-directory', 's3://bucket/other'], 'cancel', {}],
    ['stateless', ['--state', 'savepoint'], 'stop', {}],
  ])('is suspended: upgradeMode %s, options %j', async (upgradeMode, words, command, body) => {
    const started = await startedBy(clicks({ upgradeMode }));
    const end = newOperation({ operationId: id('e'), kind: command === 'stop' ? 'stop-job' : 'cancel' });
    const path = `${session}/jobs/${id('b')}/${command}`;

    const resource = clicks({ upgradeMode, state: 'suspended' });
    const { code } = await apply({ ...started, ...accept(`POST ${path}`, end) }, [resource], words);

    expect(code).toBe(0);
    expect(post().map((one) => ({ path: one.path, json: one.json }))).toEqual([{ path, json: body }]);
  });

  it.each([
    ['is unchanged after an apply of it', id('f'), true],
    ['has changed after an apply that was rolled back', id('d'), false],
  ])('%s', async (_what, to, isUnchanged) => {
    const changed = clicks({ parallelism: 8 });
    const correlationId = await readIdentity(changed);
    const started = await startedBy(clicks());
    const old = jobAt({ state: 'FINISHED', replacedBy: id('f'), applyOperationId: id('e') });
    const live = jobAt({ jobId: id('f'), operationId: id('f'), startTime: '2026-11-24T13:00:00.000Z' });
    const applied = applyTo(to, correlationId);
    const replies = {
      ...started,
      ...operationAt(newOperation({ operationId: id('f'), kind: 'submit' })),
      ...jobsAt(old, live),
      ...accept(`PUT ${session}/jobs/${id('f')}`, applied),
    };

    const { stdout } = await apply({ ...submitting(), ...replies }, [changed]);

    expect(stdout === `FlinkSessionJob/default/clicks is unchanged (job ${id('f')}).\n`).toBe(isUnchanged);
    expect(server.received.some(({ method, path }) => method === 'PUT' && path.endsWith(id('f')))).toBe(!isUnchanged);
  });

  it.each<[string, Partial<Job>]>([
    ['the savepoint with which its job was stopped', { state: 'FINISHED', finalSavepoint: 's3://bucket/final' }],
    ['the checkpoint with which a rollout ended its job', { state: 'CANCELED', finalCheckpoint: 's3://bucket/final' }],
  ])('starts from %s', async (_what, ended) => {
    const resource = { upgradeMode: 'savepoint', initialSavepointPath: 's3://bucket/old' };
    const started = await startedBy(clicks(resource), ended);

    await apply({ ...submitting(), ...started }, [clicks({ ...resource, parallelism: 8 })]);

    expect(getSubmit()?.json).toMatchObject({ parallelism: 8, restore: { path: 's3://bucket/final' } });
  });

  it('does not run again when its program has finished, until restartNonce changes', async () => {
    const started = await startedBy(clicks(), { state: 'FINISHED' });
    const first = await apply({ ...submitting(), ...started }, [clicks()]);
    const sent = post();
    await apply({ ...submitting(), ...started }, [clicks({}, { restartNonce: 1 })]);

    expect(first.stdout).toContain('is FINISHED.');
    expect(sent).toEqual([]);
    expect(getSubmit()).toBeDefined();
  });

  it('does not start without state that it had, unless it is stateless', async () => {
    const failed = { state: 'FAILED' } as const;
    const lost = await startedBy(clicks({ upgradeMode: 'savepoint' }), failed);
    const refused = await apply({ ...submitting(), ...lost }, [clicks({ upgradeMode: 'savepoint' })]);
    const stateless = await startedBy(clicks(), failed);
    await apply({ ...submitting(), ...stateless }, [clicks()]);

    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('without a savepoint or last checkpoint') as string,
    });
    expect(refused.stderr).toContain('initialSavepointPath');
    expect(getSubmit()?.json).not.toHaveProperty('restore');
  });

  it('is stopped with a savepoint when it is suspended', async () => {
    const started = await startedBy(clicks({ upgradeMode: 'savepoint' }));
    const end = newOperation({ operationId: id('e'), kind: 'stop-job', savepoint: 's3://bucket/final' });
    const replies = { ...started, ...accept(`POST ${session}/jobs/${id('b')}/stop`, end) };

    const { stdout } = await apply(replies, [clicks({ upgradeMode: 'savepoint', state: 'suspended' })]);

    expect(stdout).toBe('FlinkSessionJob/default/clicks is suspended. Its state is savepoint s3://bucket/final.\n');
  });

  it('is refused with a jar that this machine cannot read', async () => {
    const { code, stderr } = await apply({ ...submitting(), ...jobsAt() }, [clicks({ jarURI: 'hdfs://x/a.jar' })]);

    expect(code).toBe(1);
    expect(stderr).toContain('This machine cannot read hdfs://x/a.jar.');
  });

  describe('with the jar of a web server', () => {
    const web = createServer((request, response) => {
      response.writeHead(request.url === '/clicks.jar' ? 200 : 404);
      response.end('PK\u0003\u0004web');
    });
    let origin = '';
    beforeAll(async () => {
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      const address = web.address();
      if (address === null || typeof address === 'string') throw new Error('a port was asked for');
      origin = `http://127.0.0.1:${address.port}`;
    });
    afterAll(() => new Promise((resolve) => web.close(resolve)));

    it('fetches and uploads it', async () => {
      const { code } = await apply({ ...submitting(), ...jobsAt() }, [clicks({ jarURI: `${origin}/clicks.jar` })]);

      expect(code).toBe(0);
      expect(server.received.find(({ method }) => method === 'PUT')?.body.toString()).toBe('PK\u0003\u0004web');
    });

    it('says when it is not there', async () => {
      const jarURI = `${origin}/absent.jar?token=secret`;

      const { code, stderr } = await apply({ ...submitting(), ...jobsAt() }, [clicks({ jarURI })]);

      expect(code).toBe(1);
      expect(stderr).toContain(`The jar ${origin}/absent.jar cannot be fetched: the server answered 404.`);
      expect(stderr).not.toContain('secret');
    });
  });
});
