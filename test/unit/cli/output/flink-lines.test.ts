import { describe, expect, it } from 'vitest';

import { formatCluster, formatFinishedJob, formatJobList } from '#cli/output/flink-lines.ts';
import { golden, goldenMessage } from '#test/unit/cli/golden.ts';
import { cluster, job } from '#test/unit/cli/loopback-api.ts';

process.env['TZ'] = 'UTC';

describe('list', () => {
  it('prints what Flink prints', async () => {
    expect(['Waiting for response...', ...formatJobList([job()], {})]).toEqual(await golden('live-list'));
  });

  it('puts jobs into groups, oldest first', () => {
    const jobs = [
      job({ jobId: 'b', startTime: '2026-11-23T22:10:35.000Z', state: 'RESTARTING', name: 'two' }),
      job({ jobId: 'a', name: 'one' }),
      job({ jobId: 'c', state: 'CREATED', name: 'three' }),
      job({ jobId: 'd', state: 'FINISHED', name: 'four' }),
    ];

    expect(formatJobList(jobs, { all: true })).toEqual([
      '------------------ Running/Restarting Jobs -------------------',
      '23.11.2026 22:10:34 : a : one (RUNNING)',
      '23.11.2026 22:10:35 : b : two (RESTARTING)',
      '--------------------------------------------------------------',
      '----------------------- Scheduled Jobs -----------------------',
      '23.11.2026 22:10:34 : c : three (CREATED)',
      '--------------------------------------------------------------',
      '---------------------- Terminated Jobs -----------------------',
      '23.11.2026 22:10:34 : d : four (FINISHED)',
      '--------------------------------------------------------------',
    ]);
  });

  it.each([
    [{}, ['No running jobs.', 'No scheduled jobs.']],
    [{ running: true }, ['No running jobs.']],
    [{ scheduled: true }, ['No scheduled jobs.']],
    [{ running: true, scheduled: true }, ['No running jobs.', 'No scheduled jobs.']],
    [{ all: true }, ['No running jobs.', 'No scheduled jobs.']],
  ])('says with %o that there is nothing', (shown, lines) => {
    expect(formatJobList([], shown)).toEqual(lines);
  });
});

describe('a session', () => {
  it('is printed as in Flink', async () => {
    expect(formatCluster('Create', cluster())).toBe(await goldenMessage('live-session-start'));
    expect(formatCluster('Retrieve', cluster())).toBe(await goldenMessage('live-list'));
  });
});

describe('a job that finished', () => {
  it('is printed with its run time', () => {
    const finished = job({ jobId: 'a', state: 'FINISHED', endTime: '2026-11-23T22:10:35.500Z' });

    expect(formatFinishedJob(finished)).toEqual([
      'Program execution finished',
      'Job with JobID a has finished.',
      'Job Runtime: 1500 ms',
    ]);
  });
});
