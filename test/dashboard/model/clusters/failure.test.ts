import { describe, expect, it } from 'vitest';

import { findFailure } from '../../../../dashboard/model/clusters/failure.ts';
import { makeCluster, makeJob, makeOperation, makeProblem } from '../../support/fixtures.ts';

describe('findFailure', () => {
  it('finds none of a healthy cluster', () => {
    expect(findFailure(makeCluster(), [makeJob()], makeOperation())).toBeUndefined();
  });

  it('tells each cause of a failed application once', () => {
    const cluster = makeCluster({
      state: 'FAILED',
      uid: '1',
      reason: 'ProgramFailed',
      message: 'The program failed: java.io.FileNotFoundException: orders.parquet',
      program: { state: 'FAILED', message: 'java.io.FileNotFoundException: orders.parquet' },
    });
    const job = makeJob({ state: 'FAILED', message: 'Recovery is suppressed' });
    expect(findFailure(cluster, [job], makeOperation())).toMatchObject({
      title: 'Cluster nightly failed',
      reason: 'ProgramFailed',
      message: 'The program failed: java.io.FileNotFoundException: orders.parquet\nRecovery is suppressed',
      hasLog: true,
    });
  });

  it('has the problem of the deploy and its way out, and no log of a cluster that never had a Deployment', () => {
    const problem = makeProblem({ code: 'target-unreachable', detail: 'The API server does not answer.', status: 502 });
    const failure = findFailure(makeCluster({ state: 'FAILED' }), [], makeOperation({ state: 'FAILED', problem }));
    expect(failure).toMatchObject({ message: 'The API server does not answer.', hasLog: false });
    expect(failure?.hasExceptions).toBe(false);
  });

  it('has no log of a container that never started, and the way out of the page', () => {
    const problem = makeProblem({
      code: 'deployment-failed',
      reason: 'ErrImagePull',
      detail: 'No such image.',
      status: 502,
    });
    const operation = makeOperation({ state: 'FAILED', problem });
    const crashed = makeOperation({ state: 'FAILED', problem: { ...problem, reason: 'CrashLoopBackOff' } });
    expect(findFailure(makeCluster({ state: 'FAILED', uid: '1' }), [], crashed)?.hasLog).toBe(true);
    expect(findFailure(makeCluster({ state: 'FAILED', uid: '1' }), [], operation)).toMatchObject({
      wayOut: 'Fix the cause, then choose Deploy again.',
      hasLog: false,
      hasExceptions: false,
    });
  });

  it('tells that Flink does not respond, before a job that restarts', () => {
    const since = '2026-11-30T11:00:00.000Z';
    const conditions = [{ type: 'Reachable', status: 'False', reason: 'NoAnswer', message: '5 s', since }] as const;
    const restarting = makeJob({ state: 'RESTARTING', message: 'kafka-0 refused' });
    expect(findFailure(makeCluster({ conditions: [...conditions] }), [restarting], undefined)?.title).toBe(
      'Flink does not respond',
    );
    expect(findFailure(makeCluster(), [restarting, restarting], undefined)).toMatchObject({
      title: 'Job TopSpeedWindowing is RESTARTING',
      message: 'kafka-0 refused\nJob TopSpeedWindowing is RESTARTING.',
    });
  });
});
