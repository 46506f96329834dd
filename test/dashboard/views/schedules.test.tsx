import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Schedule } from '../../../dashboard/api/types.ts';
import { findViolations } from '../support/axe.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { now, makeProblem } from '../support/fixtures.ts';
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

describe('the coming runs', () => {
  const { definition } = makeSchedule();
  const answerWith = (...schedules: Schedule[]) =>
    fakeApi({
      'GET /v1/targets/{target}/schedules': () => ({ schedules }),
      'GET /v1/targets/{target}/schedules/{name}/runs': () => ({ runs: [] }),
    });
  const findCalendar = async (month: string) =>
    within(await screen.findByRole('grid', { name: `Coming runs in ${month}` }));

  it('are in the weeks of a month, from today on', async () => {
    answerWith(makeSchedule(), makeSchedule({ name: 'quiet', definition: { ...definition, enabled: false } }));
    const { user } = await openDashboard('/targets/etl/schedules');

    const november = await findCalendar('November 2026');
    expect(november.getAllByRole('columnheader')).toHaveLength(7);
    expect(november.getAllByText(/\(paused\)/)).toHaveLength(5);
    const today = november.getByRole('cell', { name: /Today, Nov 30/ });
    expect(within(today).getByRole('link', { name: 'evening' }).getAttribute('href')).toBe(
      '/targets/etl/schedules/evening',
    );
    expect(within(today).getAllByTitle('2026-11-30 19:00:00 UTC')).toHaveLength(2);
    expect(today.querySelector('[aria-current=date]')?.textContent).toBe('Nov 30');
    const previous = screen.getByRole('button', { name: 'Previous month' });
    expect(previous.getAttribute('aria-disabled')).toBe('true');
    expect(await findViolations()).toEqual([]);

    await user.click(screen.getByRole('button', { name: 'Next month' }));

    const december = await findCalendar('December 2026');
    expect(december.getAllByRole('link', { name: 'evening' })).toHaveLength(25);
    await user.click(previous);
    expect(await findCalendar('November 2026')).toBeTruthy();
  });

  it('of a day are four at first, and all in a dialog', async () => {
    const hours = [1, 2, 3, 4, 5].map((hour) => `cron(0 ${hour},${hour + 12} * * ? *)`);
    answerWith(
      ...hours.map((expression, index) =>
        makeSchedule({ name: `s${index}`, definition: { ...definition, expression } }),
      ),
      makeSchedule({ name: 'often', definition: { ...definition, expression: 'rate(1 minute)' } }),
    );
    const { user } = await openDashboard('/targets/etl/schedules');

    const calendar = await findCalendar('November 2026');
    const tuesday = calendar.getByRole('cell', { name: /Dec 1/ });
    expect(within(tuesday).getAllByRole('link')).toHaveLength(4);
    expect(within(tuesday).getByText(/\(1440 runs\)/)).toBeTruthy();
    await user.click(within(tuesday).getByRole('button', { name: '7 more runs on Tuesday, December 1, 2026' }));

    const dialog = await screen.findByRole('dialog', { name: 'Tuesday, December 1, 2026' });
    expect(dialog.querySelectorAll('time')).toHaveLength(10 + 24);
    expect(within(dialog).getByText(/and 1416 more/)).toBeTruthy();
    expect(await findViolations()).toEqual([]);
  });

  it('of a schedule that runs often on a day are in a dialog', async () => {
    answerWith(makeSchedule({ name: 'often', definition: { ...definition, expression: 'rate(2 hours)' } }));
    const { user } = await openDashboard('/targets/etl/schedules');

    const calendar = await findCalendar('November 2026');
    const name = '12 runs of often on Tuesday, December 1, 2026';
    await user.click(calendar.getByRole('button', { name }));

    const dialog = await screen.findByRole('dialog', { name: 'Tuesday, December 1, 2026' });
    expect(dialog.querySelectorAll('time')).toHaveLength(12);
    expect(await findViolations()).toEqual([]);
  });

  it('are a list by day when the reader chose it, with the times in the zone of the schedule', async () => {
    answerWith(makeSchedule());
    const view = await openDashboard('/targets/etl/schedules');
    await view.user.click(await screen.findByRole('button', { name: 'List' }));
    view.unmount();

    await openDashboard('/targets/etl/schedules');

    const list = within(await screen.findByRole('table', { name: 'Coming runs' }));
    expect(list.getAllByRole('link', { name: 'evening' })).toHaveLength(5);
    expect(list.getAllByText(/Europe\/Berlin/)).toHaveLength(5);
    expect(await findViolations()).toEqual([]);
  });

  it('are a list on a narrow screen', async () => {
    const noMatch = { matches: false, addEventListener: () => {}, removeEventListener: () => {} };
    vi.stubGlobal('matchMedia', () => noMatch);
    answerWith(makeSchedule());

    await openDashboard('/targets/etl/schedules');
    await screen.findAllByRole('link', { name: 'evening' });

    const headers = ['Coming runs', 'Schedules'].map((name) =>
      within(screen.getByRole('table', { name }))
        .getAllByRole('columnheader')
        .map(({ textContent }) => textContent)
        .filter((text) => text !== ''),
    );
    expect(headers).toEqual([['Schedule'], ['Schedules', 'Schedule']]); // The selection has a header of its own.
    expect(screen.queryByRole('button', { name: 'Calendar' })).toBeNull();
  });
});

describe('a schedule', () => {
  it('that does not exist is told once, with the way to the others', async () => {
    const answer = () => answerProblem(makeProblem({ detail: 'Target etl has no schedule zz.' }));
    fakeApi({
      'GET /v1/targets/{target}/schedules/{name}': answer,
      'GET /v1/targets/{target}/schedules/{name}/runs': answer,
    });
    await openDashboard('/targets/etl/schedules/zz');

    expect(await screen.findByRole('heading', { name: 'No schedule zz', level: 1 })).toBeTruthy();
    expect(screen.getAllByText(/Target etl has no schedule zz/)).toHaveLength(1);
    expect(screen.getByRole('link', { name: 'Schedules of etl' }).getAttribute('href')).toBe('/targets/etl/schedules');
  });

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
