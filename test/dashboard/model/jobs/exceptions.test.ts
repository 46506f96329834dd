import { describe, expect, it } from 'vitest';

import { findRootCause, parseExceptions } from '../../../../dashboard/model/jobs/exceptions.ts';
import { makeFlinkExceptions, makeJob } from '../../support/fixtures.ts';

const { jobId } = makeJob();

describe('parseExceptions', () => {
  it('reads the history, whose root cause is the last one', () => {
    const [exception] = parseExceptions({ [jobId]: makeFlinkExceptions() });
    expect(exception).toMatchObject({ jobId, at: '2026-11-30T09:59:00.000Z', task: 'Source: orders (1/2)' });
    expect(findRootCause(exception?.stackTrace ?? '')).toBe(
      'java.io.FileNotFoundException: s3://reports/orders.parquet',
    );
  });

  it('reads the root exception of a job without a history, and nothing of another form', () => {
    const root = { 'root-exception': 'java.lang.IllegalStateException: no\n\tat a', timestamp: 0 };
    expect(parseExceptions({ [jobId]: root, other: null })).toEqual([
      {
        jobId,
        name: 'java.lang.IllegalStateException',
        at: '1970-01-01T00:00:00.000Z',
        stackTrace: root['root-exception'],
      },
    ]);
    expect(parseExceptions('text')).toEqual([]);
  });
});
