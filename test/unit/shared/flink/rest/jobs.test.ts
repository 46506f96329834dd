import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';

import { errors, flinkWith, job, jobId, ok, type Routes, trace } from './fixture.ts';

describe('urlPath', () => {
  it('keeps a value from becoming more than one segment', () => {
    expect(urlPath`/v1/jars/${'a/../b?c#d%2e'}/run`).toBe('/v1/jars/a%2F..%2Fb%3Fc%23d%252e/run');
  });

  it.each(['', '.', '..'])('refuses "%s", which no encoding makes a name', (value) => {
    expect(() => urlPath`/v1/jars/${value}/run`).toThrow(Fault);
  });
});

describe('reading', () => {
  it('shortens a name to the characters that its record stores', async () => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': ok({ jobs: [{ ...job, name: 'x'.repeat(5_000_000) }] }) });

    const [read] = await rest.listJobs();

    expect(read?.name).toBe(`${'x'.repeat(1_000)}…`);
  });

  it.each([1e300, 8_640_000_000_000_001, -2, 1.5, '1'])('refuses a time that is no time: %s', async (time) => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': ok({ jobs: [{ ...job, 'start-time': time }] }) });

    await expect(rest.listJobs()).rejects.toMatchObject({ code: 'target-refused' });
  });

  it('lists jobs with the states of Flink', async () => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': ok({ jobs: [job] }) });

    const jobs = await rest.listJobs();

    expect(jobs).toEqual([
      {
        jid: jobId,
        name: job.name,
        state: 'RUNNING',
        'start-time': 1_795_471_834_406,
        'end-time': -1,
        tasks: { running: 2, total: 2, failed: 0 },
      },
    ]);
  });

  it.each([
    [
      'an election',
      errors(503, 'Service temporarily unavailable due to an ongoing leader election. Please refresh.'),
      'not-ready',
    ],
    ['a failure of Flink', errors(500, 'Internal server error.'), 'target-unreachable'],
    ['a state that Flink does not have', ok({ jobs: [{ ...job, state: 'DREAMING' }] }), 'target-refused'],
    ['a page of HTML', ok('<html>'), 'target-refused'],
  ])('classifies %s', async (_, answer, code) => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': answer });

    await expect(rest.listJobs()).rejects.toMatchObject({ code });
  });
});

describe('a job whose tasks', () => {
  const details = (type?: string) => ({
    [`GET /v1/jobs/${jobId}`]: ok({ jid: jobId, ...(type === undefined ? {} : { 'job-type': type }) }),
  });

  it.each([
    ['all run', {}, details('STREAMING'), false],
    ['run or have finished', { tasks: { total: 2, running: 1, finished: 1 } }, details('STREAMING'), false],
    ['are being deployed', { tasks: { total: 2, running: 1, deploying: 1 } }, details('STREAMING'), true],
    ['restore their state', { tasks: { total: 2, running: 1, initializing: 1 } }, details(), true],
    ['are not there yet', { tasks: { total: 0, running: 0 } }, details('STREAMING'), true],
    ['run, as far as it is known, while it restarts', { state: 'RESTARTING' }, details('STREAMING'), true],
    ['are cancelled', { state: 'CANCELLING', tasks: { total: 2, canceling: 2 } }, details('STREAMING'), true],
    ['have ended with it', { state: 'FINISHED', tasks: { total: 2, finished: 2 } }, details('STREAMING'), false],
    ['run one after the other', { tasks: { total: 2, running: 1, created: 1 } }, details('BATCH'), false],
    [
      'it has forgotten',
      { tasks: { total: 2, running: 1, created: 1 } },
      { [`GET /v1/jobs/${jobId}`]: errors(404, 'Job not found') },
      true,
    ],
  ] as const)('%s', async (_, change, routes, expected) => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': ok({ jobs: [{ ...job, ...change }] }), ...routes });
    const [seen] = await rest.listJobs();

    expect(seen === undefined ? undefined : await rest.isWaitingForTasks(seen)).toBe(expected);
  });
});

describe('cancel', () => {
  const cancelOf = (answer: RestResponse, more: Routes = {}) =>
    flinkWith({ [`PATCH /v1/jobs/${jobId}?mode=cancel`]: answer, ...more }).rest.cancelJob(jobId);

  it('is accepted for a live job', async () => {
    await expect(cancelOf(ok({}, 202))).resolves.toEqual({ status: 'accepted' });
  });

  it('reports the state of a job that has ended', async () => {
    const cancelled = cancelOf(errors(409, 'Job cancellation failed …'), {
      [`GET /v1/jobs/${jobId}/status`]: ok({ status: 'FINISHED' }),
    });

    await expect(cancelled).resolves.toEqual({ status: 'ended', state: 'FINISHED' });
  });

  it('reports an unknown job', async () => {
    await expect(cancelOf(errors(404, 'Job could not be found.'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('rootCause', () => {
  const causeOf = (entries: readonly unknown[]) =>
    flinkWith({
      [`GET /v1/jobs/${jobId}/exceptions`]: ok({ exceptionHistory: { entries, truncated: false } }),
    }).rest.getRootCause(jobId);

  it('is the deepest cause of the latest failure, in one line', async () => {
    const stacktrace = trace(
      'org.apache.flink.runtime.JobException: Recovery is suppressed',
      'Caused by: java.lang.ArithmeticException: / by zero\nmore',
    );

    await expect(
      causeOf([
        { exceptionName: 'a.B', stacktrace },
        { exceptionName: 'older', stacktrace: '' },
      ]),
    ).resolves.toBe('ArithmeticException: / by zero more');
  });

  it('is undefined for a job that did not fail', async () => {
    await expect(causeOf([])).resolves.toBeUndefined();
  });
});
