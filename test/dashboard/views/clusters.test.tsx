import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { findViolations } from '../support/axe.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeListedCluster, makeJob, makeProblem } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';

const rowOf = async (clusterId: string) => {
  const link = await screen.findByRole('link', { name: clusterId });
  const row = link.closest('tr');
  if (row === null) throw new Error(`The link of ${clusterId} is in no row.`);
  return row;
};

describe('the list of clusters', () => {
  beforeEach(() => {
    vi.setSystemTime('2026-11-30T12:00:00Z');
    return () => vi.useRealTimers();
  });

  it('shows state, mode, creation, end and jobs, and links to the cluster', async () => {
    const jobs = [makeJob(), makeJob({ jobId: '2' }), makeJob({ jobId: '3', state: 'FAILED' })];
    const lifetime = { savepoint: 'none', ha: 'keep', warnBefore: '10min', version: 1 } as const;
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({
        clusters: [makeListedCluster({ jobs, lifetime: { ...lifetime, endsAt: '2026-11-30T18:00:00.000Z' } })],
      }),
    });

    await openDashboard('/targets/etl/clusters');

    const row = within(await rowOf('nightly'));
    expect(row.getByRole('link').getAttribute('href')).toBe('/targets/etl/clusters/nightly');
    for (const text of ['RUNNING', 'application', '4 h ago', 'in 6 h', '2 RUNNING, 1 FAILED'])
      expect(row.getByText(text)).toBeTruthy();
    expect(row.getByTitle(/\(2026-11-30 18:00:00 UTC\)$/)).toBeTruthy();
  });

  it('reads each page of the list, and asks for the jobs', async () => {
    const { sent } = fakeApi({
      'GET /v1/targets/{target}/clusters': ({ url }) =>
        url.searchParams.has('cursor')
          ? { clusters: [makeListedCluster({ clusterId: 'second' })] }
          : { clusters: [makeListedCluster({ clusterId: 'first' })], cursor: 'next' },
    });

    await openDashboard('/targets/etl/clusters');

    await rowOf('first');
    await rowOf('second');
    const reads = sent.filter(({ url }) => url.pathname.endsWith('/clusters'));
    expect(reads.map(({ url }) => [url.searchParams.get('cursor'), url.searchParams.get('jobs')])).toEqual([
      [null, 'true'],
      ['next', 'true'],
    ]);
  });

  it('asks for the ended clusters when the reader chooses them', async () => {
    fakeApi({
      'GET /v1/targets/{target}/clusters': ({ url }) => ({
        clusters: url.searchParams.get('state')?.includes('STOPPED')
          ? [makeListedCluster({ clusterId: 'old', state: 'STOPPED' })]
          : [],
      }),
    });
    const { user } = await openDashboard('/targets/etl/clusters');
    await screen.findByText('No live clusters');

    await user.click(screen.getByRole('button', { name: 'Ended' }));

    await rowOf('old');
    expect(screen.getByText('drey clusters --at etl --state STOPPED,FINISHED,CANCELED,FAILED')).toBeTruthy();
  });

  it('tells when ended clusters were created, how long they lasted and when they ended, and sorts by each', async () => {
    const times = (createdAt: string, updatedAt: string) => ({
      createdAt: `2026-11-30T${createdAt}:00.000Z`,
      updatedAt: `2026-11-30T${updatedAt}:00.000Z`,
    });
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({
        clusters: [
          makeListedCluster({ clusterId: 'short', state: 'FAILED', ...times('09:00', '09:01') }),
          makeListedCluster({ clusterId: 'long', state: 'STOPPED', ...times('06:00', '11:35') }),
          makeListedCluster({ clusterId: 'new', state: 'FINISHED', ...times('11:00', '11:30') }),
        ],
      }),
    });
    const { user } = await openDashboard('/targets/etl/clusters?show=ended');
    const row = within(await rowOf('long'));
    for (const text of ['6 h ago', '5 h 35 min', '25 min ago']) expect(row.getByText(text)).toBeTruthy();
    const order = () =>
      screen
        .getAllByRole('link')
        .map(({ textContent }) => textContent)
        .filter((text) => ['short', 'long', 'new'].includes(text));
    expect(order()).toEqual(['new', 'short', 'long']);

    const sortBy = async (name: RegExp) => {
      const [button] = within(screen.getByRole('columnheader', { name })).getAllByRole('button');
      if (button !== undefined) await user.click(button);
    };
    await sortBy(/^Lasted/);
    expect(order()).toEqual(['short', 'new', 'long']);
    await sortBy(/^Ended/);
    expect(order()).toEqual(['short', 'new', 'long']);
    await sortBy(/^Ended/);
    expect(order()).toEqual(['long', 'new', 'short']);
  });

  it('keeps the columns that the reader chose before there were others', async () => {
    const columnDisplay = ['clusterId', 'team', 'createdAt'].map((id) => ({ id, visible: true }));
    localStorage.setItem('drey.table.clusters', JSON.stringify({ columnDisplay }));
    fakeApi({ 'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster()] }) });

    await openDashboard('/targets/etl/clusters');

    await rowOf('nightly');
    const headers = screen.getAllByRole('columnheader').map(({ textContent }) => textContent);
    expect(headers.slice(1, 4)).toEqual(['Cluster', 'Team', 'Created']);
  });

  it('begins with the state of the address as its filter', async () => {
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({
        clusters: [makeListedCluster(), makeListedCluster({ clusterId: 'coming', state: 'DEPLOYING' })],
      }),
    });

    await openDashboard('/targets/etl/clusters?state=DEPLOYING');

    await rowOf('coming');
    expect(screen.queryByRole('link', { name: 'nightly' })).toBeNull();
    expect(screen.getByText('(1 of 2)')).toBeTruthy();
    expect(screen.getByText('drey clusters --at etl --state DEPLOYING')).toBeTruthy();
  });

  it('has the actions of the selected cluster, and the form for a new one', async () => {
    fakeApi({ 'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster()] }) });
    const { user } = await openDashboard('/targets/etl/clusters');
    await user.click(await screen.findByRole('radio', { name: 'Select nightly' }));

    await user.click(screen.getByRole('button', { name: 'Actions' }));

    expect(screen.getByRole('menuitem', { name: 'Stop' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Deploy to etl' }).getAttribute('href')).toBe('/targets/etl/deploy');
  });

  it('shows the problem with its way out when the list cannot be read', async () => {
    fakeApi({ 'GET /v1/targets/{target}/clusters': () => answerProblem(makeProblem()) });

    await openDashboard('/targets/etl/clusters');

    expect(await screen.findByText('Target etl does not exist.')).toBeTruthy();
    expect(screen.getByText(/It may have been removed/)).toBeTruthy();
  });

  it('of a target that does not exist are links to the others', async () => {
    fakeApi();
    await openDashboard('/targets/gone/clusters');

    expect(await screen.findByRole('heading', { name: 'No target gone', level: 1 })).toBeTruthy();
    expect(within(screen.getByRole('main')).getByRole('link', { name: 'etl' }).getAttribute('href')).toBe(
      '/targets/etl/clusters',
    );
    expect(screen.queryByRole('link', { name: /^Deploy/ })).toBeNull();
    expect(await findViolations()).toEqual([]);
  });

  it('has no violation of the accessibility rules', async () => {
    fakeApi({ 'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster()] }) });
    await openDashboard('/targets/etl/clusters');
    await rowOf('nightly');

    expect(await findViolations()).toEqual([]);
  });
});
