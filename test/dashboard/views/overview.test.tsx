import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { prefetch } from '../../../dashboard/views/overview/overview.tsx';
import { findViolations } from '../support/axe.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeListedCluster, makeProblem, makeQueue, makeQueuedCommand, makeTarget } from '../support/fixtures.ts';
import { createClient, openDashboard } from '../support/render.tsx';
import { makeTransition } from '../support/schedule-fixtures.ts';

describe('the overview', () => {
  it('shows what each target uses of its limits, and its clusters by state', async () => {
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({
        clusters: [
          makeListedCluster(),
          makeListedCluster({ clusterId: 'b' }),
          makeListedCluster({ clusterId: 'c', state: 'DEPLOYING' }),
        ],
      }),
    });

    await openDashboard('/');

    const link = await screen.findByRole('link', { name: '2 RUNNING clusters of etl' });
    expect(link.getAttribute('href')).toBe('/targets/etl/clusters?state=RUNNING');
    expect(screen.getByRole('link', { name: '1 DEPLOYING clusters of etl' })).toBeTruthy();
    expect(await screen.findByText('5 of 20')).toBeTruthy();
    expect(screen.getByText('12.5 of 64')).toBeTruthy();
    expect(screen.getByText('20 GiB (no limit)')).toBeTruthy();
  });

  it('shows a failed cluster with its reason, and escapes what a program wrote', async () => {
    const message = '<img src=x onerror=alert(1)>';
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({
        clusters: [
          makeListedCluster({ state: 'FAILED', reason: 'ProgramFailed', message, updatedAt: new Date().toISOString() }),
        ],
      }),
    });

    await openDashboard('/');

    expect(await screen.findByText(`ProgramFailed: ${message}`)).toBeTruthy();
    expect(document.querySelector('img[src="x"]')).toBeNull();
  });

  it('shortens a long reason, and has the whole when the reader points at it', async () => {
    const message = 'failed to pull the image '.repeat(20).trim();
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({
        clusters: [makeListedCluster({ state: 'FAILED', message, updatedAt: new Date().toISOString() })],
      }),
    });

    await openDashboard('/');

    const shown = await screen.findByTitle(message);
    expect(shown.textContent.length).toBeLessThan(170);
    expect(shown.textContent.endsWith('…')).toBe(true);
  });

  it('shows what waits and why', async () => {
    fakeApi({
      'GET /v1/targets/{target}/queue': () => makeQueue({ length: 1, queued: [makeQueuedCommand()] }),
    });

    await openDashboard('/');

    expect(await screen.findByText('WaitingForQuota: The target has 0 of 20 clusters left.')).toBeTruthy();
  });

  it('shows the last events, and asks for those of a cluster once', async () => {
    const { sent } = fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster({ sequence: 7 })] }),
      'GET /v1/targets/{target}/clusters/{clusterId}/events': () => ({ transitions: [makeTransition()], last: 7 }),
    });

    const { queryClient } = await openDashboard('/');

    expect(await screen.findByText('Ready: The REST API responds.')).toBeTruthy();
    await queryClient.refetchQueries({ predicate: ({ queryKey }) => queryKey.length === 4 });
    const reads = sent.filter(({ url }) => url.pathname.endsWith('/events'));
    expect(reads.map(({ url }) => url.searchParams.get('after'))).toEqual(['2']);
  });

  it('asks once for what the page has asked for before the view is rendered', async () => {
    const { sent } = fakeApi({ 'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster()] }) });
    const queryClient = createClient();

    await prefetch(queryClient);
    const early = sent.map(({ url }) => url.pathname);
    await openDashboard('/', queryClient);

    expect(await screen.findByRole('link', { name: '1 RUNNING clusters of etl' })).toBeTruthy();
    expect(early).toEqual(['/v1/targets', '/v1/targets/etl/clusters', '/v1/targets/etl/queue']);
    expect(sent.map(({ url }) => url.pathname).filter((path) => !path.endsWith('/events'))).toEqual(early);
  });

  it('asks again for the targets when the early call has failed', async () => {
    let calls = 0;
    fakeApi({
      'GET /v1/targets': () => {
        calls += 1;
        return calls === 1
          ? answerProblem(makeProblem({ code: 'access-denied', title: 'Access denied', status: 403, detail: 'No.' }))
          : { targets: [makeTarget()] };
      },
    });
    const queryClient = createClient();

    await prefetch(queryClient);
    await openDashboard('/', queryClient);

    expect(await screen.findByText('No clusters')).toBeTruthy();
  });

  it('shows the other targets when one cannot be read', async () => {
    fakeApi({
      'GET /v1/targets': () => ({ targets: [makeTarget(), makeTarget({ name: 'ml' })] }),
      'GET /v1/targets/{target}/clusters': ({ path }) =>
        path['target'] === 'ml'
          ? answerProblem(makeProblem({ code: 'access-denied', title: 'Access denied', status: 403, detail: 'No.' }))
          : { clusters: [makeListedCluster()] },
    });

    await openDashboard('/');

    expect(await screen.findByText('Access denied')).toBeTruthy();
    expect(await screen.findByRole('link', { name: '1 RUNNING clusters of etl' })).toBeTruthy();
  });

  it('says how to create a target when there is none', async () => {
    fakeApi({ 'GET /v1/targets': () => ({ targets: [] }) });

    await openDashboard('/');

    expect(await screen.findByText('No targets')).toBeTruthy();
    expect(screen.getByText('drey targets put NAME target.json')).toBeTruthy();
  });

  it('has no violation of the accessibility rules', async () => {
    fakeApi({ 'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster()] }) });
    await openDashboard('/');
    await screen.findByRole('link', { name: '1 RUNNING clusters of etl' });

    expect(await findViolations()).toEqual([]);
  });
});
