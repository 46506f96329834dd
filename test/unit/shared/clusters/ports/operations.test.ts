import { beforeEach, describe, expect, it } from 'vitest';

import type { NamedTarget } from '#events/records/target.ts';
import { stepsHandler } from '#functions/handlers/steps.ts';
import type { Binding } from '#shared/clusters/ports/ports.ts';
import { deliverReconcile, makeContext } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import { runQueues, type World } from '#test/fakes/world.ts';

import { clusterId, getFlink, getLastOperation, limitTarget, session, submitJob, world } from '../fixture.ts';

/** The operations with whose names Kubernetes was called. Undefined: the call had no operation. */
let seen: (string | undefined)[];
let recording: World;
beforeEach(() => {
  seen = [];
  const kubernetes = (_target: NamedTarget, { operationId }: Partial<Binding> = {}) => {
    seen.push(operationId);
    return world.kubernetes;
  };
  recording = { ...world, ports: { ...world.ports, kubernetes } };
});

describe.each(origins)('a command through %s', (_, send) => {
  it('creates the objects of a deploy as its operation', async () => {
    await send('deploy', { clusterId, data: session }, recording);

    expect(new Set(seen)).toEqual(new Set([getLastOperation()?.operationId]));
  });

  it('cancels a job as its operation, and observes the jobs before as no operation', async () => {
    const jobId = await submitJob(send);

    await send('cancel', { clusterId, jobId }, recording);

    const { operationId } = getLastOperation()!;
    // Both sessions connect before the jobs are observed.
    expect(seen.slice(0, 3)).toEqual([undefined, operationId, undefined]);
    expect(new Set(seen.slice(3))).toEqual(new Set([operationId]));
  });

  it('creates the objects of a queued deploy as its operation, when it is admitted', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'second', data: session }, recording);
    const { operationId } = getLastOperation()!;

    await runQueues(recording);

    expect(seen).toEqual([operationId]);
  });

  it('is resumed as its operation when it has stalled', async () => {
    const jobId = await submitJob(send);
    getFlink().leaderless = true;
    await send('cancel', { clusterId, jobId }, world);
    getFlink().leaderless = false;
    const { operationId } = getLastOperation()!;
    const { value, version } = world.store.operations.get(operationId)!;
    world.store.operations.set(operationId, { value: { ...value, deadline: '2026-11-24T00:00:00.000Z' }, version });
    world.passTime(180);

    await deliverReconcile({ target: 'local' }, recording.ports);

    expect(seen).toContain(operationId);
  });
});

describe('the step of a state machine', () => {
  it('calls Kubernetes as the operation of the execution', async () => {
    const operationId = 'a'.repeat(32);
    const target = await world.ports.targets.get('local');
    const handler = stepsHandler(
      {
        assess: async (state: { readonly operationId: string }, ports) => {
          ports.kubernetes(target);
          return state;
        },
      },
      recording.ports,
    );

    await handler({ step: 'assess', state: { operationId, principal: 'drey:reconcile' } }, makeContext());

    expect(seen).toEqual([operationId]);
  });
});

describe('a pass of the reconciler', () => {
  it('calls Kubernetes as no operation, so that all passes share one session', async () => {
    await submitJob(origins[0]![1]);

    await deliverReconcile({ target: 'local' }, recording.ports);

    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});
