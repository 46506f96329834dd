import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { errors, flinkWith, ok, type Routes } from './fixture.ts';

const recorded: Routes = JSON.parse(readFileSync(new URL('recorded/rescales.json', import.meta.url), 'utf8'));
const jobId = '5dcd897daf01ae68f423e689858983d9';
const details = (id: string) => `GET /v1/jobs/${jobId}/rescales/details/${id}`;
const [latest, earlier, inProgress] = [
  '09c5ae4e1d2560588fa66170056a8e0a',
  '00c40cf0b2cfcb84c07aba57ae115cac',
  '07a549d1b3cf19d188ab10acd21c6d87',
];
const { rest } = flinkWith(recorded);

describe('the rescales of a job', () => {
  it('are listed as a real JobManager answers, the latest first, without one in progress', async () => {
    const ids = await rest.listRescales(jobId);

    expect(ids.slice(0, 2)).toEqual([latest, earlier]);
    expect(ids).toHaveLength(4);
    expect(ids).not.toContain(inProgress);
  });

  it('have details', async () => {
    expect(await rest.getRescale(jobId, earlier)).toMatchObject({
      terminalState: 'COMPLETED',
      triggerCause: 'UPDATE_REQUIREMENT',
      terminatedReason: 'SUCCEEDED',
      startTimestampInMillis: 1_795_901_032_993,
      endTimestampInMillis: 1_795_901_033_400,
      message: undefined,
    });
    expect(Object.values((await rest.getRescale(jobId, earlier))?.vertices ?? {})).toEqual([
      {
        jobVertexName: 'Source: Sequence Source -> Map -> Sink: Writer',
        preRescaleParallelism: 2,
        postRescaleParallelism: 3,
        desiredParallelism: 3,
      },
    ]);
    expect(await rest.getRescale(jobId, inProgress)).toBeUndefined();
  });

  it('have the exception that ended them', async () => {
    const body = recorded[details(earlier)]?.body as object;
    const trace = 'java.lang.Exception: no\n\tat a.B(C.java:1)\nCaused by: java.io.IOException: disk full\n';
    const failed = { ...body, terminalState: 'FAILED', schedulerStates: [{ stringifiedException: trace }, {}] };

    const { rest: other } = flinkWith({ [details(earlier)]: ok(failed) });

    expect(await other.getRescale(jobId, earlier)).toMatchObject({ message: 'IOException: disk full' });
  });

  it('are none when Flink has no history', async () => {
    const { rest: other } = flinkWith({
      [`GET /v1/jobs/${jobId}/rescales/history`]: errors(404, 'Unable to load requested file'),
      [details(earlier)]: errors(404, 'Not found'),
    });

    expect(await other.listRescales(jobId)).toEqual([]);
    expect(await other.getRescale(jobId, earlier)).toBeUndefined();
  });
});
