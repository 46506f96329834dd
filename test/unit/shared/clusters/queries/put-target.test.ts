import { beforeEach, describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import type { Target } from '#events/records/target.ts';
import { targetsHandler } from '#functions/targets.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

let localTarget: Target;
beforeEach(() => {
  localTarget = world.targets.known.get('local')!;
});

const callTargets = (method: 'PUT' | 'DELETE', name: string, body?: unknown) =>
  callHandler(targetsHandler(world.ports), makeHttpEvent(`${method} /v1/targets/{target}`, { target: name }, { body }));

describe('the creation of a target', () => {
  const put = (name: string, change: Partial<Target> = {}) =>
    callTargets('PUT', name, { ...localTarget, namespace: name === 'local' ? localTarget.namespace : name, ...change });
  const none = new Fault('target-refused', 'there is no EKS cluster nowhere in region eu-central-1', {
    reason: 'ResourceNotFoundException',
  });

  it('requires an existing EKS cluster', async () => {
    world.kubernetes.failNext('locate', none);

    expect(await put('etl', { cluster: 'nowhere' })).toMatchObject({
      status: 400,
      body: { code: 'malformed-request', errors: [{ pointer: '/cluster', detail: none.message }] },
    });
    expect(world.targets.known.has('etl')).toBe(false);
  });

  it.each([
    new Fault('target-refused', 'no', { reason: 'AccessDeniedException' }),
    new Fault('target-unreachable', 'dark'),
  ])('succeeds when AWS does not say whether the cluster exists: $message', async (fault) => {
    world.kubernetes.failNext('locate', fault);

    expect(await put('etl')).toMatchObject({ status: 200 });
  });

  it.each(['execution.state-recovery.path', 'execution.savepoint.path'])('refuses the default %s', async (key) => {
    expect(await put('etl', { defaults: { [key]: 's3://b/savepoint-1' } })).toMatchObject({
      status: 422,
      body: {
        code: 'refused-option',
        errors: [{ pointer: `/defaults/${key}`, detail: expect.stringContaining('restore.path (-s PATH)') }],
      },
    });
    expect(world.targets.known.has('etl')).toBe(false);
  });

  it('looks the EKS cluster up again only when it changes', async () => {
    world.kubernetes.failNext('locate', none);

    expect(await put('local', { limits: { clusters: 3 } })).toMatchObject({ status: 200 });
    expect(await put('local', { cluster: 'nowhere' })).toMatchObject({ status: 400 });
  });

  it('is refused in the namespace of another target, which the answer does not name', async () => {
    const answer = await put('etl', { namespace: localTarget.namespace });

    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'namespace-taken', errors: [{ pointer: '/namespace' }] },
    });
    expect(answer.body['detail']).toMatch(
      /^\/namespace: Namespace flink of EKS cluster eks .* Use another namespace, or /,
    );
    expect(JSON.stringify(answer.body)).not.toContain('local');
    expect(world.targets.known.has('etl')).toBe(false);
  });

  it.each(['', 'a/b', 'a b', '../etl', 'a'.repeat(101), 'arn:aws:eks:eu-central-1:000000000000:cluster/eks'])(
    'refuses %j, which is no name of an EKS cluster',
    async (cluster) => {
      expect(await put('etl', { cluster })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/cluster' }] } });
    },
  );
});
