import { expect, it } from 'vitest';

import { describeNoJobs } from '../../../../dashboard/model/jobs/no-jobs.ts';

it.each([
  ['QUEUED', 'session', 'The cluster waits in the queue.'],
  ['DEPLOYING', 'application', 'The program starts when the cluster runs.'],
  ['RUNNING', 'session', 'Submit one with `drey run`.'],
  ['RUNNING', 'application', 'The program has started no job yet.'],
  ['SUSPENDED', 'session', 'The cluster is SUSPENDED.'],
  ['FAILED', 'session', 'No job of the cluster is known. The events say why it failed.'],
  ['STOPPED', 'session', 'The cluster is STOPPED. No job of it is known.'],
] as const)('a cluster that is %s in mode %s has no jobs: %s', (state, mode, text) => {
  expect(describeNoJobs({ state, mode })).toBe(text);
});
