import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { findViolations } from '../support/axe.ts';
import { clusterAnswers } from '../support/cluster-api.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeListedCluster, makeOperation, makeProblem, makeSnapshot } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';

const path = '/targets/etl/clusters/nightly';

const failed = {
  state: 'FAILED',
  uid: '1',
  reason: 'ProgramFailed',
  message: 'java.io.FileNotFoundException: orders.parquet',
  updatedAt: '2026-11-30T10:00:00.000Z',
} as const;

beforeEach(() => {
  vi.setSystemTime('2026-11-30T12:00:00Z');
  return () => vi.useRealTimers();
});

describe('a failed application', () => {
  // The first test loads the modules of both views.
  it('tells its cause in three clicks from the overview', { timeout: 60_000 }, async () => {
    fakeApi({
      ...clusterAnswers(failed),
      'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeListedCluster(failed)] }),
    });
    const { user, router } = await openDashboard('/');

    await user.click(await screen.findByText('nightly'));
    expect(await screen.findByText('Cluster nightly failed')).toBeTruthy();
    expect(screen.getByText(/java.io.FileNotFoundException: orders.parquet/)).toBeTruthy();
    await user.click(await screen.findByText('Exceptions of the jobs'));

    expect(await screen.findByText(/at com.example.Orders.open\(Orders.java:42\)/)).toBeTruthy();
    expect(router.state.location.search).toBe('?tab=logs&log=exceptions');
    expect(screen.getByText('kept')).toBeTruthy();
  });

  it("has no link to Flink's UI, and its log is the kept one", async () => {
    fakeApi(clusterAnswers(failed));
    const { user } = await openDashboard(path);

    await user.click(await screen.findByText('Log of the JobManager'));

    expect(await screen.findByText(/The cluster ends/)).toBeTruthy();
    expect(screen.getByText(/pod nightly-6d4cf56db-abcde/)).toBeTruthy();
    expect(screen.queryByRole('link', { name: /Flink's UI/ })).toBeNull();
    expect(screen.queryByText('Follow')).toBeNull();
  });
});

it.each(['QUEUED', 'SUSPENDED', 'UPGRADING'] as const)(
  'does not follow the log of a cluster that is %s',
  async (state) => {
    fakeApi(clusterAnswers({ state }));
    await openDashboard(`${path}?tab=logs`);

    expect(await screen.findByText(/The cluster ends/)).toBeTruthy();
    expect(screen.queryByText('Follow')).toBeNull();
  },
);

it.each([
  ['tab=logs', { state: 'QUEUED' }, 'The cluster waits in the queue.'],
  ['tab=logs&log=exceptions', failed, 'The JobManager never started. The events say why.'],
  ['tab=logs&previous=true', { state: 'RUNNING' }, 'The container has not restarted.'],
] as const)('shows no problem where there is no log: %s %j', async (query, changes, text) => {
  fakeApi({
    ...clusterAnswers(changes),
    'GET /v1/targets/{target}/operations/{operationId}': () => makeOperation({ state: 'FAILED' }),
    'GET /v1/targets/{target}/clusters/{clusterId}/logs': () => answerProblem(makeProblem()),
  });

  await openDashboard(`${path}?${query}`);

  expect(await screen.findByText(text)).toBeTruthy();
  expect(screen.queryByText('Not found')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
  expect(screen.queryAllByRole<HTMLButtonElement>('button', { name: 'Download' }).every((one) => one.disabled)).toBe(
    true,
  );
});

it('says what is missing of an ended cluster of which nothing is kept, and shows the rest', async () => {
  const gone = makeProblem({ code: 'wrong-state', status: 409, detail: 'Its jobs were removed with it.' });
  fakeApi({
    ...clusterAnswers({ ...failed, state: 'STOPPED' }),
    'GET /v1/targets/{target}/clusters/{clusterId}/logs': () => answerProblem(gone),
  });

  await openDashboard(`${path}?tab=jobs`);

  expect(await screen.findByText('Details of the jobs are not available')).toBeTruthy();
  expect(screen.getByText(/Its jobs were removed with it/)).toBeTruthy();
  expect(screen.getByText('TopSpeedWindowing')).toBeTruthy();
});

describe('a running cluster', () => {
  it('shows its state, conditions and phases, and links to the UI of Flink in a new tab', async () => {
    fakeApi(clusterAnswers());

    await openDashboard(path);

    expect(await screen.findByText('Application in namespace flink, image flink:2.2')).toBeTruthy();
    const link = screen.getByRole('link', { name: /Flink's UI/ });
    expect(['href', 'target', 'rel'].map((name) => link.getAttribute(name))).toEqual([
      '/flink-ui/etl/nightly',
      '_blank',
      'noreferrer noopener',
    ]);
    expect(screen.getByText('Reachable')).toBeTruthy();
    const phases = await screen.findByRole('list', { name: 'Phases of the cluster' });
    expect(within(phases).getByText('Requested')).toBeTruthy();
    expect(await findViolations()).toEqual([]);
  });

  it('shows the checkpoints of a job, and samples its metrics only in the tab with the graphs', async () => {
    const { sent } = fakeApi(clusterAnswers());
    const { user, router, queryClient } = await openDashboard(path);
    const metricReads = () => sent.filter(({ url }) => url.pathname.includes('/vertices/')).length;
    await screen.findByText('Facts');
    expect(metricReads()).toBe(0);

    await user.click(screen.getByRole('tab', { name: 'Jobs' }));

    expect(await screen.findByText('Checkpoints of TopSpeedWindowing')).toBeTruthy();
    expect(screen.getByText('Checkpoint expired before completing.')).toBeTruthy();
    expect(screen.getByText(/^Last failure: checkpoint 2 at/)).toBeTruthy();
    expect(screen.getAllByText('1.5 MiB').length).toBeGreaterThan(0);
    await waitFor(() => expect(metricReads()).toBe(2));
    const [read] = sent.filter(({ url }) => url.pathname.includes('/vertices/'));
    expect(read?.url.searchParams.get('agg')).toBe('sum,max');
    expect(await screen.findAllByText('Collecting data…')).toHaveLength(2);
    await queryClient.refetchQueries({ predicate: ({ queryKey }) => queryKey.includes('metrics') });
    expect(await screen.findByRole('application', { name: /Records per second/ })).toBeTruthy();
    expect(router.state.location.search).toBe('?tab=jobs');
    expect(await findViolations()).toEqual([]);
  });

  it("says so when Flink's UI is switched off, and still shows the checkpoints", async () => {
    const disabled = makeProblem({
      code: 'flink-ui-disabled',
      status: 403,
      detail: 'The policy of target etl has flinkUi: false.',
    });
    fakeApi({
      ...clusterAnswers(),
      'GET /v1/targets/{target}/clusters/{clusterId}/flink/{proxy}': () => answerProblem(disabled),
    });

    await openDashboard(`${path}?tab=jobs`);

    expect(await screen.findByText('The policy of target etl has flinkUi: false.')).toBeTruthy();
    expect(screen.getByText('Checkpoints of TopSpeedWindowing')).toBeTruthy();
  });

  it('searches a log at the API, marks the matches, and keeps the search in the address', async () => {
    const { sent } = fakeApi(clusterAnswers());
    const { user, router } = await openDashboard(`${path}?tab=logs`);
    await screen.findByText(/The cluster starts/);

    await user.type(screen.getByRole('searchbox', { name: 'Search' }), 'error');

    const lines = await screen.findByRole('region', { name: 'Lines of the log' });
    await waitFor(() => expect(lines.textContent).not.toContain('The cluster starts'));
    expect(within(lines).getByText('ERROR').tagName).toBe('MARK');
    expect(router.state.location.search).toBe('?tab=logs&search=error');
    expect(screen.getByText('drey logs nightly --at etl -n 1000 --grep error')).toBeTruthy();
    expect(sent.some(({ url }) => url.searchParams.get('grep') === 'error')).toBe(true);
    expect(await findViolations()).toEqual([]);
  });

  it('forgets the search when a link leads to another log', async () => {
    fakeApi(clusterAnswers());
    const { user, router } = await openDashboard(`${path}?tab=logs`);
    await user.type(await screen.findByRole('searchbox', { name: 'Search' }), 'error');
    await waitFor(() => expect(router.state.location.search).toBe('?tab=logs&search=error'));

    await user.click(screen.getByRole('link', { name: 'nightly-taskmanager-1-1' }));
    await new Promise((resolve) => setTimeout(resolve, 600)); // longer than the pause of a reader

    expect(screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search' }).value).toBe('');
    expect(router.state.location.search).not.toContain('search');
  });

  it('shows the options with their origins, and plans the revision with the values that are masked', async () => {
    const { sent } = fakeApi(clusterAnswers());

    await openDashboard(`${path}?tab=configuration`);

    const row = (await screen.findByText('s3.secret-key')).closest('tr');
    expect(row?.textContent).toContain('****** (masked)');
    const other = screen.getByText('taskmanager.numberOfTaskSlots').closest('tr');
    await waitFor(() => expect(other?.textContent).toContain('Deploy'));
    expect(await screen.findByText('Deployment nightly')).toBeTruthy();
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({
      mode: 'application',
      image: 'flink:2.1',
      config: { 'taskmanager.numberOfTaskSlots': '2', 's3.secret-key': '******' },
      clusterId: 'nightly',
      revision: 1,
    });
    expect(await findViolations()).toEqual([]);
  });

  it('compares the two newest revisions', async () => {
    fakeApi(clusterAnswers());

    await openDashboard(`${path}?tab=revisions`);

    const row = (await screen.findByText('/image')).closest('tr');
    expect(row?.textContent).toContain('changedflink:2.1flink:2.2');
    expect(await findViolations()).toEqual([]);
  });

  it('deletes the selected savepoint after it has said what is lost', async () => {
    const { sent } = fakeApi({
      ...clusterAnswers(),
      'POST /v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}/disposal': () => ({
        operation: makeOperation(),
      }),
    });
    const { snapshotId } = makeSnapshot();
    const { user } = await openDashboard(`${path}?tab=snapshots`);
    const row = await screen.findByRole('radio', { name: `Select savepoint ${snapshotId}` });
    expect(screen.getByRole('button', { name: 'Dispose' }).getAttribute('aria-disabled')).toBe('true');

    await user.click(row);
    await user.click(screen.getByRole('button', { name: 'Dispose' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/Deletes the state of TopSpeedWindowing .* No job can start from it again/)).toBeTruthy();
    expect(dialog.getByText(`drey snapshots nightly dispose ${snapshotId} --at etl`)).toBeTruthy();
    expect(await findViolations()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Delete the savepoint' }));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent.find(({ method }) => method === 'POST')).toMatchObject({ path: { snapshotId }, body: {} });
  });

  it.each([
    ['events', 'Newest first'],
    ['snapshots', 's3://state/savepoints/savepoint-01a20b-1'],
  ])('has no violation of the accessibility rules in the tab %s', async (tab, text) => {
    fakeApi(clusterAnswers());
    await openDashboard(`${path}?tab=${tab}`);
    await screen.findByText(text);

    expect(await findViolations()).toEqual([]);
  });
});

it.each([
  ['jobs', '--job-details'],
  ['configuration', '--configuration'],
])('has the command line of what is kept of an earlier incarnation in the tab %s', async (tab, option) => {
  fakeApi(clusterAnswers());

  await openDashboard(`${path}?tab=${tab}&incarnation=01`);

  expect(await screen.findByText(`drey logs nightly --at etl ${option} --incarnation 01`)).toBeTruthy();
});

it('shows the problem when there is no such cluster', async () => {
  const problem = makeProblem({ detail: 'Target etl has no cluster nightly.' });
  fakeApi({ 'GET /v1/targets/{target}/clusters/{clusterId}': () => answerProblem(problem) });

  await openDashboard(path);

  expect(await screen.findByRole('heading', { name: 'No cluster nightly', level: 1 })).toBeTruthy();
  expect(screen.getByText(/Target etl has no cluster nightly/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Clusters of etl' }).getAttribute('href')).toBe('/targets/etl/clusters');
  expect(await findViolations()).toEqual([]);
});

it('says that there is no such incarnation, and not that it had no jobs', async () => {
  const detail = 'No logs are kept of incarnation 02.';
  fakeApi({
    ...clusterAnswers(),
    'GET /v1/targets/{target}/clusters/{clusterId}/logs': () => answerProblem(makeProblem({ detail })),
  });

  await openDashboard(`${path}?tab=jobs&incarnation=02`);

  expect(await screen.findByText(detail)).toBeTruthy();
  expect(screen.queryByText('An earlier incarnation')).toBeNull();
});
