import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { errors, flinkWith, ok, type Routes } from './fixture.ts';

const applicationId = '01a20b1ae6c471069dae373ef7881ee9';
const readAnswers = (name: string): Routes =>
  JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8'));
const getProgram = (routes: Routes, id = applicationId) => flinkWith(routes).rest.getProgram(id);

describe('the program of an application cluster', () => {
  it.each([
    ['main-throws', { state: 'FAILED', message: 'IllegalArgumentException: no input given' }],
    ['main-throws-after-job', { state: 'FAILED', message: 'IllegalArgumentException: no second input' }],
    ['job-fails', { state: 'FAILED', message: 'IllegalStateException: record 5 is broken' }],
    ['application-fails', { state: 'RUNNING' }],
    ['two-jobs', { state: 'FINISHED' }],
    ['no-jobs', { state: 'FINISHED' }],
    ['running', { state: 'RUNNING' }],
    ['canceled', { state: 'CANCELED' }],
    ['flink-2.2', undefined],
  ])('is read from the answers of a real JobManager: %s', async (name, program) => {
    expect(await getProgram(readAnswers(name))).toEqual(program);
  });

  it('is not known before it starts', async () => {
    expect(await getProgram({ 'GET /v1/applications/overview': ok({ applications: [] }) })).toBeUndefined();
  });

  const overview = (...ids: readonly string[]) =>
    ok({
      applications: ids.map((id, index) => ({
        id,
        'start-time': index,
        status: id === applicationId ? 'FINISHED' : 'CANCELED',
      })),
    });

  it('is the application with the ID of Drey, or else the latest one', async () => {
    const routes = { 'GET /v1/applications/overview': overview('a', applicationId, 'b') };

    expect(await getProgram(routes)).toEqual({ state: 'FINISHED' });
    expect(await getProgram(routes, 'c')).toEqual({ state: 'CANCELED' });
  });

  it('has no message when Flink forgot the exceptions', async () => {
    const routes = {
      'GET /v1/applications/overview': ok({ applications: [{ id: 'a', 'start-time': 1, status: 'FAILED' }] }),
      'GET /v1/applications/a/exceptions': errors(404, 'Not found'),
    };

    expect(await getProgram(routes)).toEqual({ state: 'FAILED' });
  });
});
