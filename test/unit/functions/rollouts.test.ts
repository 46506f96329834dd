import { beforeEach, describe, expect, it } from 'vitest';

import { rolloutsHandler } from '#functions/rollouts.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { makeWorld, type World } from '#test/fakes/world.ts';

const clusterId = 'etl';
const spec = (image: string) => ({ mode: 'application', image, job: { jar: 'local:///opt/flink/usrlib/a.jar' } });

let world: World;
beforeEach(async () => {
  world = makeWorld();
  await sendHttp('deploy', { clusterId, data: spec('flink:2.3') }, world);
  await world.workflows.runAll(world.ports);
});

const put = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  callHandler(
    rolloutsHandler(world.ports),
    makeHttpEvent('PUT /v1/targets/{target}/clusters/{clusterId}', { target: 'local', clusterId }, { body, headers }),
  );
const changed = { ...spec('flink:2.3.1'), rollout: { savepointDirectory: 's3://bucket/savepoints' } };

describe('an apply over HTTP', () => {
  it('answers 202 with the operation and the cluster', async () => {
    const { status, body } = await put(changed);

    expect(status).toBe(202);
    expect(body).toMatchObject({
      operation: { kind: 'apply', rollout: { phase: 'Checking', from: 1 } },
      cluster: { state: 'RUNNING', rollout: { phase: 'Checking' } },
    });
    expect(JSON.stringify(body)).not.toContain('request');
  });

  it('answers 200 without an operation when nothing changes', async () => {
    const { status, body } = await put({ ...spec('flink:2.3'), labels: {} });

    expect(status).toBe(200);
    expect(body).toMatchObject({ result: 'unchanged', revision: 1, cluster: { clusterId, state: 'RUNNING' } });
    expect(body).not.toHaveProperty('operation');
  });

  it('returns the operation of a repeated request also when nothing is left to change', async () => {
    const first = await put(changed, { 'idempotency-key': 'one' });
    await world.workflows.runAll(world.ports);

    const repeated = await put(changed, { 'idempotency-key': 'one' });

    expect(repeated.body).toMatchObject({
      operation: {
        operationId: (first.body as { operation: { operationId: string } }).operation.operationId,
        state: 'SUCCEEDED',
      },
    });
  });

  it.each([
    ['"1"', 202],
    ['1', 202],
    ['"2"', 412],
    ['W/"1"', 400],
    ['"1', 400],
    ['1"', 400],
  ])('compares If-Match: %s with the current revision', async (match, expected) => {
    expect((await put(changed, { 'if-match': match })).status).toBe(expected);
  });

  it('refuses another revision in its body than that of If-Match', async () => {
    expect(await put({ ...changed, ifRevision: 2 }, { 'if-match': '"1"' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/ifRevision' }] },
    });
    expect((await put({ ...changed, ifRevision: 1 }, { 'if-match': '"1"' })).status).toBe(202);
  });

  it('refuses another plan than the one that was made', async () => {
    expect(await put({ ...changed, planDigest: 'a'.repeat(64) })).toMatchObject({
      status: 412,
      body: { code: 'plan-mismatch' },
    });
  });

  it('refuses another cluster id in its body', async () => {
    expect(await put({ ...changed, clusterId: 'other' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/clusterId' }] },
    });
  });

  it('refuses a savepoint without a directory, and a time that is too long', async () => {
    expect(await put(spec('flink:2.3.1'))).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/rollout/savepointDirectory' }] },
    });
    expect(await put({ ...changed, rollout: { ...changed.rollout, stableWithin: '2d' } })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/rollout/stableWithin' }] },
    });
  });

  it.each([
    [{ stableWithin: '0s' }, '/rollout/stableWithin', 'at least 1'],
    [{ state: 'none', fallback: 'last-state' }, '/rollout/fallback', 'no fallback'],
  ])('refuses %j', async (rollout, pointer, detail) => {
    expect(await put({ ...changed, rollout: { ...changed.rollout, ...rollout } })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer, detail: expect.stringContaining(detail) }] },
    });
  });
});
