import { describe, expect, it } from 'vitest';

import { errors, flinkWith, jobId, ok, trace } from './fixture.ts';

describe('stop with savepoint', () => {
  const triggerId = 'b'.repeat(32);
  const stop = `POST /v1/jobs/${jobId}/stop`;
  const poll = `GET /v1/jobs/${jobId}/savepoints/${triggerId}`;

  it('sends a trigger id of its own, so that a retry is the same savepoint', async () => {
    const { rest, requests } = flinkWith({ [stop]: ok({ 'request-id': triggerId }, 202) });

    await rest.stopWithSavepoint(jobId, { directory: 's3://b/x', triggerId });

    expect(requests[0]?.json).toEqual({
      targetDirectory: 's3://b/x',
      drain: false,
      formatType: 'CANONICAL',
      triggerId,
    });
  });

  it('fails without a directory', async () => {
    const { rest } = flinkWith({
      [stop]: errors(
        400,
        'org.apache.flink.runtime.rest.handler.RestHandlerException: Config key [execution.checkpointing.savepoint-dir] is not set.',
      ),
    });

    await expect(rest.stopWithSavepoint(jobId, { triggerId })).rejects.toMatchObject({
      code: 'savepoint-failed',
      message: `Flink refused a savepoint of job ${jobId}: Config key [execution.checkpointing.savepoint-dir] is not set.`,
    });
  });

  it.each([
    [{ status: { id: 'IN_PROGRESS' }, operation: null }, { status: 'in-progress' }],
    [
      { status: { id: 'COMPLETED' }, operation: { location: 's3://b/x/sp-1' } },
      { status: 'completed', location: 's3://b/x/sp-1' },
    ],
    [
      {
        status: { id: 'COMPLETED' },
        operation: {
          'failure-cause': { class: 'a.B', 'stack-trace': trace('a.B: outer', 'Caused by: c.D: not running') },
        },
      },
      { status: 'failed', cause: 'D: not running' },
    ],
  ])('reads the status: %j', async (body, expected) => {
    const { rest } = flinkWith({ [poll]: ok(body) });

    await expect(rest.getSavepoint(jobId, triggerId)).resolves.toEqual(expected);
  });

  it('reports an unknown savepoint', async () => {
    const { rest } = flinkWith({ [poll]: errors(404, 'There is no savepoint operation') });

    await expect(rest.getSavepoint(jobId, triggerId)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('savepoints and checkpoints', () => {
  const triggerId = 'b'.repeat(32);
  const polled = (what: string, body: unknown) =>
    flinkWith({ [`GET /v1/jobs/${jobId}/${what}/${triggerId}`]: ok(body) });

  it('requests a savepoint with the fields of Flink', async () => {
    const path = `/v1/jobs/${jobId}/savepoints`;
    const { rest, requests } = flinkWith({ [`POST ${path}`]: ok({ 'request-id': triggerId }, 202) });

    await rest.takeSavepoint(jobId, { directory: 's3://b/sp', format: 'NATIVE', triggerId, cancelJob: true });

    expect(requests).toMatchObject([
      { json: { 'target-directory': 's3://b/sp', 'cancel-job': true, formatType: 'NATIVE', triggerId } },
    ]);
  });

  it.each([
    [{ status: { id: 'IN_PROGRESS' }, operation: null }, { status: 'in-progress' }],
    [
      { status: { id: 'COMPLETED' }, operation: { checkpointId: 7 } },
      { status: 'completed', checkpointId: 7 },
    ],
    [
      {
        status: { id: 'COMPLETED' },
        operation: { failureCause: { class: 'a.B', 'stack-trace': 'a.b.Outer: x\nCaused by: a.b.Inner: no room' } },
      },
      { status: 'failed', cause: 'Inner: no room' },
    ],
  ])('reads the status of a checkpoint: %j', async (body, expected) => {
    const { rest } = polled('checkpoints', body);

    await expect(rest.getCheckpoint(jobId, triggerId)).resolves.toEqual(expected);
  });

  it('rejects a response that is neither complete nor failed', async () => {
    const { rest } = polled('savepoints', { status: { id: 'COMPLETED' }, operation: null });

    await expect(rest.getSavepoint(jobId, triggerId)).rejects.toMatchObject({ code: 'target-refused' });
  });

  it.each([
    [
      ok({ latest: { savepoint: { external_path: 's3://b/sp', checkpoint_type: 'SAVEPOINT' } } }),
      { location: 's3://b/sp', isFromStop: false },
    ],
    [
      ok({ latest: { savepoint: { external_path: 's3://b/sp', checkpoint_type: 'SYNC_SAVEPOINT' } } }),
      { location: 's3://b/sp', isFromStop: true },
    ],
    [ok({ latest: { savepoint: null } }), undefined],
    [errors(404, 'Checkpointing was not enabled for job'), undefined],
  ])('reads the path of the latest savepoint, and whether a stop took it', async (answer, expected) => {
    const { rest } = flinkWith({ [`GET /v1/jobs/${jobId}/checkpoints`]: answer });

    await expect(rest.getLatestSavepoint(jobId)).resolves.toEqual(expected);
  });

  it.each([
    [{ status: { id: 'COMPLETED' }, operation: {} }, { status: 'completed' }],
    [{ status: { id: 'COMPLETED' } }, { status: 'completed' }],
    [
      { status: { id: 'COMPLETED' }, operation: { 'failure-cause': { class: 'a.B', 'stack-trace': 'a.B: no file' } } },
      { status: 'failed', cause: 'B: no file' },
    ],
  ])('disposes of a savepoint: %j', async (body, expected) => {
    const { rest, requests } = flinkWith({
      'POST /v1/savepoint-disposal': ok({ 'request-id': triggerId }),
      [`GET /v1/savepoint-disposal/${triggerId}`]: ok(body),
    });

    const named = await rest.disposeSavepoint('s3://b/sp');

    await expect(rest.getDisposal(named)).resolves.toEqual(expected);
    expect(requests[0]).toMatchObject({ json: { 'savepoint-path': 's3://b/sp' } });
  });

  it('returns the plan of a program', async () => {
    const { rest } = flinkWith({ 'POST /v1/jars/x.jar/plan': ok({ plan: { nodes: [] } }) });

    await expect(rest.getJobPlan('x.jar', {})).resolves.toEqual({ nodes: [] });
  });
});
