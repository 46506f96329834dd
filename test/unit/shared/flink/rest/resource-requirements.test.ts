import { describe, expect, it } from 'vitest';

import { errors, flinkWith, jobId, ok, onServer } from './fixture.ts';

const path = `/v1/jobs/${jobId}/resource-requirements`;
const vertex = 'bc764cd8ddf7a0cff126f51c16239658';
const body = { [vertex]: { parallelism: { lowerBound: 1, upperBound: 4 } } };
const unsupported = errors(
  500,
  'Internal server error.',
  onServer(
    'java.util.concurrent.CompletionException: java.lang.UnsupportedOperationException: The DefaultScheduler does not support changing the parallelism without a job restart.\n\tat java.base/java.lang.Thread.run(Thread.java:840)\nCaused by: java.lang.UnsupportedOperationException: The DefaultScheduler does not support changing the parallelism without a job restart.',
  ),
);
const unknown = errors(
  500,
  onServer(`org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`),
);

describe('the resource requirements of a job', () => {
  it('are read', async () => {
    const { rest } = flinkWith({ [`GET ${path}`]: ok(body) });

    expect(await rest.getRequirements(jobId)).toEqual([{ vertex, min: 1, max: 4 }]);
  });

  it('are written in the form of Flink', async () => {
    const { rest, requests } = flinkWith({ [`PUT ${path}`]: ok({}) });

    await rest.setRequirements(jobId, [{ vertex, min: 1, max: 4 }]);

    expect(requests).toEqual([{ method: 'PUT', path, json: body }]);
  });

  it.each([
    [
      'another scheduler',
      unsupported,
      { code: 'wrong-state', message: expect.stringContaining('jobmanager.scheduler: adaptive') },
    ],
    ['an unknown job', unknown, { code: 'not-found' }],
    ['an unknown job, by its status', errors(404, 'Job could not be found'), { code: 'not-found' }],
    ['a failure of Flink', errors(500, 'Internal server error.'), { code: 'target-unreachable' }],
  ])('are neither read nor written for %s', async (_of, answer, expected) => {
    const { rest } = flinkWith({ [`GET ${path}`]: answer, [`PUT ${path}`]: answer });

    await expect(rest.getRequirements(jobId)).rejects.toMatchObject(expected);
    await expect(rest.setRequirements(jobId, [])).rejects.toMatchObject(expected);
  });

  it.each([
    [409, 'conflict'],
    [400, 'rescale-failed'],
  ])('that Flink refuses with %i fail with %s and its reason', async (status, code) => {
    const { rest } = flinkWith({ [`PUT ${path}`]: errors(status, 'The requirements do not fit.') });

    await expect(rest.setRequirements(jobId, [])).rejects.toMatchObject({
      code,
      message: expect.stringContaining('The requirements do not fit.'),
    });
  });

  it.each([0, -1, 1.5, 'many'])('are refused with the parallelism %j', async (upperBound) => {
    const { rest } = flinkWith({ [`GET ${path}`]: ok({ [vertex]: { parallelism: { lowerBound: 1, upperBound } } }) });

    await expect(rest.getRequirements(jobId)).rejects.toMatchObject({ code: 'target-refused' });
  });
});
