import { describe, expect, it } from 'vitest';

import { parseJobDetails, toJobRows } from '../../../../dashboard/model/jobs/job-details.ts';
import { makeFlinkJob, makeJob } from '../../support/fixtures.ts';

const { jobId } = makeJob();

describe('parseJobDetails', () => {
  it('reads the checkpoints and the vertices of each job', () => {
    const details = parseJobDetails({ [jobId]: makeFlinkJob() }).get(jobId);
    expect(details).toMatchObject({ name: 'TopSpeedWindowing', state: 'RUNNING', endTime: undefined });
    expect(details?.checkpoints).toMatchObject({ completed: 2, failed: 1 });
    expect(details?.checkpoints.latest).toMatchObject({
      id: 3,
      completedAt: '2026-11-30T11:53:00.250Z',
      sizeBytes: 1_572_864,
      durationMs: 250,
    });
    expect(details?.checkpoints.lastFailure).toEqual({
      id: 2,
      at: '2026-11-30T11:52:10.000Z',
      reason: 'Checkpoint expired before completing.',
    });
    expect(details?.checkpoints.history.map(({ id, failure }) => [id, failure])).toEqual([
      [3, undefined],
      [2, 'Checkpoint expired before completing.'],
      [1, undefined],
    ]);
    expect(details?.vertices.map(({ name, isSource }) => [name, isSource])).toEqual([
      ['Source: cars', true],
      ['Window -> Sink', false],
    ]);
  });

  it('has no path of a checkpoint that Flink keeps in memory', () => {
    const completed = { id: 1, status: 'COMPLETED', external_path: '<checkpoint-not-externally-addressable>' };
    const details = parseJobDetails({ [jobId]: { checkpoints: { latest: { completed } } } }).get(jobId);
    expect(details?.checkpoints.latest).toMatchObject({ isInternal: true });
    expect(details?.checkpoints.latest).not.toHaveProperty('path');
  });

  it.each([[undefined], [null], ['text'], [{ [jobId]: null }], [{ [jobId]: { details: [], checkpoints: 3 } }]])(
    'reads nothing of %j',
    (content) => {
      for (const { vertices, checkpoints } of parseJobDetails(content).values()) {
        expect(vertices).toEqual([]);
        expect(checkpoints).toMatchObject({ completed: 0, history: [], latest: undefined });
      }
    },
  );

  it('adds the jobs that only Flink knows to those that the API lists', () => {
    const other = 'ab'.repeat(16);
    const details = parseJobDetails({ [jobId]: makeFlinkJob(), [other]: makeFlinkJob(other) });
    const rows = toJobRows([makeJob({ finalSavepoint: 's3://final' })], details);
    expect(rows.map((row) => [row.jobId, row.savepoint])).toEqual([
      [jobId, 's3://final'],
      [other, undefined],
    ]);
  });
});
