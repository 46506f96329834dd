import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { findViolations } from '../support/axe.ts';
import { fakeApi } from '../support/fake-api.ts';
import { now } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';
import { makeRun, makeSchedule } from '../support/schedule-fixtures.ts';

const runs = [makeRun({ results: [{ clusterId: 'lab', code: 'not-ready', detail: 'It is being stopped.' }] })];

beforeEach(() => {
  vi.setSystemTime(now);
  return () => vi.useRealTimers();
});

describe('the schedules', () => {
  it('show what they do, when they run next, and what the last run did', async () => {
    fakeApi({
      'GET /v1/targets/{target}/schedules': () => ({ schedules: [makeSchedule()] }),
      'GET /v1/targets/{target}/schedules/{name}/runs': () => ({ runs }),
    });

    await openDashboard('/targets/etl/schedules');

    const table = within(await screen.findByRole('table', { name: 'Schedules' }));
    expect((await table.findByRole('link', { name: 'evening' })).getAttribute('href')).toBe(
      '/targets/etl/schedules/evening',
    );
    expect(table.getByText('stop sessions, team=etl (savepoint: best-effort, ha: keep)')).toBeTruthy();
    expect(table.getByTitle('2026-11-30 19:00:00 UTC')).toBeTruthy();
    expect(await table.findByText(/1 refused/)).toBeTruthy();
    const calendar = within(screen.getByRole('table', { name: 'Coming runs' }));
    expect(calendar.getAllByRole('link', { name: 'evening' })).toHaveLength(5);
    expect(calendar.getAllByText(/Europe\/Berlin/)).toHaveLength(5);
    expect(await findViolations()).toEqual([]);
  });

  it('pause with the rest of the definition as it is now', async () => {
    const { definition } = makeSchedule();
    const changed = { ...definition, expression: 'cron(0 3 * * ? *)' };
    const { sent } = fakeApi({
      'GET /v1/targets/{target}/schedules/{name}': () => makeSchedule({ definition: changed }),
      'GET /v1/targets/{target}/schedules': () => ({ schedules: [makeSchedule()] }),
      'GET /v1/targets/{target}/schedules/{name}/runs': () => ({ runs: [] }),
      'PUT /v1/targets/{target}/schedules/{name}': () => makeSchedule(),
    });
    const { user } = await openDashboard('/targets/etl/schedules');

    await user.click(await screen.findByRole('radio', { name: 'Select evening' }));
    await user.click(screen.getByRole('button', { name: 'Pause' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/drey schedule put evening .* --disabled --at etl/)).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Pause the schedule' }));

    await waitFor(() =>
      expect(sent.find(({ method }) => method === 'PUT')?.body).toEqual({ ...changed, enabled: false }),
    );
  });
});

describe('a schedule', () => {
  it('shows its runs with the operations they started and the reasons of what they did not', async () => {
    fakeApi({
      'GET /v1/targets/{target}/schedules/{name}': () => makeSchedule(),
      'GET /v1/targets/{target}/schedules/{name}/runs': () => ({
        runs: [...runs, makeRun({ runId: 'b' }), makeRun({ runId: 'c', results: [], missed: 'It arrived late.' })],
      }),
    });

    await openDashboard('/targets/etl/schedules/evening');

    expect(await screen.findByText('not-ready: It is being stopped.')).toBeTruthy();
    expect(screen.getByText('It arrived late.')).toBeTruthy();
    const operation = screen.getByRole('link', { name: '01a213a135337641b78f98f232bac991' });
    expect(operation.getAttribute('href')).toBe('/targets/etl/operations/01a213a135337641b78f98f232bac991');
    expect(await findViolations()).toEqual([]);
  });

  it('is deleted after its name was typed, and leads back to the list', async () => {
    const { sent } = fakeApi({
      'GET /v1/targets/{target}/schedules': () => ({ schedules: [] }),
      'GET /v1/targets/{target}/schedules/{name}': () => makeSchedule(),
      'GET /v1/targets/{target}/schedules/{name}/runs': () => ({ runs: [] }),
      'DELETE /v1/targets/{target}/schedules/{name}': () => ({ name: 'evening' }),
    });
    const { user, router } = await openDashboard('/targets/etl/schedules/evening');

    await screen.findByText('Definition');
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Type evening to confirm'), 'evening');
    await user.click(dialog.getByRole('button', { name: 'Delete the schedule' }));

    await waitFor(() => expect(router.state.location.pathname).toBe('/targets/etl/schedules'));
    expect(sent.some(({ method }) => method === 'DELETE')).toBe(true);
    expect(await screen.findByText('No schedules')).toBeTruthy();
  });
});
