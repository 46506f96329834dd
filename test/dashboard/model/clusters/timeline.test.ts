import { describe, expect, it } from 'vitest';

import { toTimeline } from '../../../../dashboard/model/clusters/timeline.ts';
import { makeCluster, makeOperation, makeProblem, makeTransition } from '../../support/fixtures.ts';

describe('toTimeline', () => {
  const operation = makeOperation({
    startedAt: '2026-11-30T07:59:05.000Z',
    phases: [
      { name: 'Scheduled', at: '2026-11-30T07:59:10.000Z' },
      { name: 'RestUp', at: '2026-11-30T07:59:50.000Z' },
    ],
  });
  const names = (...parameters: Parameters<typeof toTimeline>) => toTimeline(...parameters).map(({ name }) => name);

  it('has the phases of the deploy and the changes of state in the order of their times', () => {
    const transitions = [
      makeTransition(),
      makeTransition({ sequence: 2, to: 'DEPLOYING', at: '2026-11-30T07:59:06.000Z' }),
      makeTransition({ sequence: 3, to: 'RUNNING', at: '2026-11-30T08:00:00.000Z' }),
      makeTransition({ sequence: 4, to: 'STOPPED', at: '2026-11-30T10:00:00.000Z' }),
    ];
    expect(names(makeCluster({ state: 'STOPPED' }), transitions, operation)).toEqual([
      'Requested',
      'Admitted',
      'Deploying',
      'JobManager scheduled',
      'REST API responds',
      'Running',
      'Stopped: all objects are gone',
    ]);
  });

  it('begins with the request, also when a phase has the same second', () => {
    const phases = [{ name: 'Scheduled', at: '2026-11-30T07:59:00.000Z' }] as const;
    const deploy = makeOperation({ createdAt: '2026-11-30T07:59:00.600Z', phases: [...phases] });
    expect(names(makeCluster(), [], deploy)).toEqual(['Requested', 'JobManager scheduled']);
  });

  it('leaves out what was before the incarnation', () => {
    const earlier = makeTransition({ to: 'STOPPED', at: '2026-11-29T08:00:00.000Z' });
    expect(names(makeCluster(), [earlier], makeOperation())).toEqual(['Requested']);
  });

  it('has the transitions alone when the deploy is no longer known', () => {
    expect(names(makeCluster({ state: 'STOPPING' }), [makeTransition()], undefined)).toEqual([
      'Requested',
      'All objects are gone',
    ]);
  });

  it('says what a deploy waits for, and why it failed', () => {
    const pending = makeOperation({ state: 'IN_PROGRESS', phase: 'Waiting for a node' });
    expect(names(makeCluster({ state: 'DEPLOYING' }), [], pending)).toEqual([
      'Requested',
      'Waiting for a node',
      'Running',
    ]);
    const problem = makeProblem({ reason: 'ErrImagePull', detail: 'No such image.' });
    const phases = [{ name: 'Pulling', at: '2026-11-30T07:59:10.000Z' }] as const;
    const failed = makeOperation({ state: 'FAILED', problem, phases: [...phases] });
    const end = makeTransition({
      to: 'FAILED',
      reason: 'ErrImagePull',
      message: 'No such image.',
      at: failed.updatedAt,
    });
    expect(toTimeline(makeCluster({ state: 'FAILED' }), [end], failed).slice(1)).toEqual([
      { name: 'Image pull', at: '2026-11-30T07:59:10.000Z', status: 'error' },
      { name: 'Failed', at: failed.updatedAt, status: 'error', detail: 'ErrImagePull: No such image.' },
    ]);
    expect(toTimeline(makeCluster({ state: 'STOPPED' }), [], failed).at(-1)).toMatchObject({
      name: 'Failed',
      detail: 'No such image.',
    });
  });

  it('has the causes before their effects, also when Drey has seen them later', () => {
    const deploy = makeOperation({
      createdAt: '2026-11-30T08:00:00.200Z',
      startedAt: '2026-11-30T08:00:01.700Z',
      phases: [
        { name: 'Scheduled', at: '2026-11-30T08:00:01.000Z' },
        { name: 'Pulling', at: '2026-11-30T08:00:02.000Z' },
        { name: 'Started', at: '2026-11-30T08:00:09.000Z' },
      ],
    });
    const deploying = makeTransition({ to: 'DEPLOYING', at: '2026-11-30T08:00:02.500Z' });
    const steps = toTimeline(makeCluster(), [deploying], deploy);
    expect(steps.map(({ name }) => name)).toEqual([
      'Requested',
      'Admitted',
      'Deploying',
      'JobManager scheduled',
      'Image pull',
      'Container started',
    ]);
    expect(steps.every(({ status }) => status === 'success')).toBe(true);
  });

  it('has one step for what a queued deploy waits for', () => {
    const phase = 'Position 1 of 2. WaitingForQuota: The target uses 3 of 3 clusters.';
    const queued = makeOperation({ state: 'QUEUED', position: 1, phase });
    const transition = makeTransition({ to: 'QUEUED', reason: 'WaitingForQuota', message: 'x' });
    expect(toTimeline(makeCluster({ state: 'QUEUED' }), [transition], queued).slice(1)).toEqual([
      {
        name: 'Waiting: position 1 of 2',
        detail: 'WaitingForQuota: The target uses 3 of 3 clusters.',
        at: queued.createdAt,
        status: 'pending',
      },
      { name: 'Running', status: 'pending' },
    ]);
  });

  it('ends with the end of the lifetime of a running cluster', () => {
    const lifetime = { savepoint: 'none', ha: 'keep', warnBefore: '10min', version: 1 } as const;
    const cluster = makeCluster({ lifetime: { ...lifetime, endsAt: '2026-11-30T18:00:00.000Z' } });
    expect(toTimeline(cluster, [], operation).at(-1)).toEqual({
      name: 'End of its lifetime',
      at: '2026-11-30T18:00:00.000Z',
      status: 'pending',
    });
  });
});
