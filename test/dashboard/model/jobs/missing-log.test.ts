import { describe, expect, it } from 'vitest';

import { ApiError } from '../../../../dashboard/api/client/problem.ts';
import { describeMissing } from '../../../../dashboard/model/jobs/missing-log.ts';
import { makeProblem } from '../../support/fixtures.ts';

const gone = new ApiError(makeProblem({ code: 'wrong-state', status: 409, detail: 'No log is kept.' }));
const notFound = new ApiError(makeProblem({ detail: 'It has no log.' }));

describe('a log that is not there', () => {
  it.each([
    [notFound, { cluster: { state: 'QUEUED' } }, 'The cluster waits in the queue.'],
    [notFound, { cluster: { state: 'DEPLOYING' } }, 'The JobManager has not started.'],
    [notFound, { cluster: { state: 'RUNNING' }, isPrevious: true }, 'The container has not restarted.'],
    [notFound, { cluster: { state: 'RUNNING' } }, 'It has no log.'],
    [
      gone,
      { cluster: { state: 'FAILED' }, operation: { state: 'FAILED' } },
      'The JobManager never started. The events say why.',
    ],
    [
      gone,
      {
        cluster: { state: 'FAILED' },
        operation: { state: 'FAILED', phases: [{ name: 'Started', at: '2026-11-30T08:00:00.000Z' }] },
      },
      'No log is kept.',
    ],
    [gone, { cluster: { state: 'STOPPED' }, isPrevious: true }, 'No log is kept.'],
  ] as const)('is no failure: %s of %j', (error, reading, text) => {
    expect(describeMissing(error, reading)?.text).toBe(text);
  });

  it('is a failure when the call failed', () => {
    const failed = new ApiError(makeProblem({ code: 'target-unreachable', status: 502 }));
    expect(describeMissing(failed, { cluster: { state: 'QUEUED' } })).toBeUndefined();
    expect(describeMissing(null, { cluster: { state: 'QUEUED' } })).toBeUndefined();
  });
});
