import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { findViolations } from '../support/axe.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeCluster, makeOperation, makeProblem } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';

const read = 'GET /v1/targets/{target}/operations/{operationId}';

describe('the operations', () => {
  it('tell the states of those of live and recently ended clusters, and read an ended one once', async () => {
    const updatedAt = new Date().toISOString();
    const { sent } = fakeApi({
      'GET /v1/targets/{target}/clusters': ({ url }) => ({
        clusters: url.searchParams.has('state')
          ? [
              makeCluster({
                clusterId: 'broken',
                state: 'FAILED',
                operationId: 'failed',
                stopOperationId: 'stop',
                updatedAt,
              }),
              makeCluster({
                clusterId: 'old',
                state: 'STOPPED',
                operationId: 'of-old',
                updatedAt: '2025-01-01T00:00:00Z',
              }),
            ]
          : [makeCluster({ operationId: 'deployed' })],
      }),
      [read]: ({ path: { operationId = '' } }) =>
        makeOperation({
          operationId,
          state: operationId === 'failed' ? 'FAILED' : 'SUCCEEDED',
          kind: operationId === 'stop' ? 'stop' : 'deploy',
          clusterId: operationId === 'deployed' ? 'nightly' : 'broken',
        }),
    });
    const { queryClient } = await openDashboard('/targets/etl/operations');

    const row = (id: string) => screen.getByRole('link', { name: id }).closest('tr')?.textContent;
    await waitFor(() => expect(row('deployed')).toMatch(/^nightlySUCCEEDEDdeploy/));
    expect(row('failed')).toMatch(/^brokenFAILEDdeploy/);
    expect(row('stop')).toMatch(/^brokenSUCCEEDEDstop/);
    expect(screen.queryByRole('link', { name: 'of-old' })).toBeNull();
    await queryClient.refetchQueries({ queryKey: ['targets', 'etl', 'clusters'] });
    expect(sent.filter(({ url }) => url.pathname.includes('/operations/'))).toHaveLength(3);
  });

  it('open by their ID, and list those of the live clusters', async () => {
    fakeApi({
      'GET /v1/targets/{target}/clusters': () => ({ clusters: [makeCluster({ operationId: 'of-cluster' })] }),
      [read]: ({ path }) => makeOperation({ operationId: path['operationId'] ?? '' }),
    });
    const { user, router } = await openDashboard('/targets/etl/operations');

    const link = await screen.findByRole('link', { name: 'of-cluster' });
    expect(link.getAttribute('href')).toBe('/targets/etl/operations/of-cluster');
    expect(await findViolations()).toEqual([]);
    await user.type(screen.getByLabelText('Operation ID'), ' looked-up {enter}');

    await waitFor(() => expect(router.state.location.pathname).toBe('/targets/etl/operations/looked-up'));
    await screen.findByText('Steps');
    await router.navigate('/targets/etl/operations');
    expect(await screen.findByRole('link', { name: 'looked-up' })).toBeTruthy();
  });
});

describe('an operation', () => {
  it('shows its steps, who gave it, and follows it until it has ended', async () => {
    const phases = [{ name: 'Scheduled' as const, at: '2026-11-30T07:59:05.000Z' }];
    let reads = 0;
    fakeApi({
      [read]: () => {
        reads += 1;
        return reads === 1
          ? makeOperation({ state: 'IN_PROGRESS', phases, phase: 'Pulling the image' })
          : makeOperation({ phases, verdict: 'FINISHED' });
      },
    });

    const { queryClient } = await openDashboard('/targets/etl/operations/deploy-1');

    expect(await screen.findByText('JobManager scheduled')).toBeTruthy();
    expect(screen.getByText(/Pulling the image/)).toBeTruthy();
    expect(screen.getByText('arn:aws:iam::123456789012:user/ada')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'nightly' }).getAttribute('href')).toBe('/targets/etl/clusters/nightly');
    await queryClient.invalidateQueries();
    expect(await screen.findByText('FINISHED')).toBeTruthy();
    expect(screen.queryByText(/Pulling the image/)).toBeNull();
    expect(await findViolations()).toEqual([]);
  });

  it('shows the problem with its way out, the rollout and the restored jobs', async () => {
    fakeApi({
      [read]: () =>
        makeOperation({
          kind: 'apply',
          state: 'FAILED',
          problem: makeProblem({
            code: 'rollout-failed',
            title: 'Rollout failed',
            detail: 'Revision 4 is not stable.',
          }),
          rollout: { phase: 'Verifying', phases: [], from: 3, to: 4 },
          restoredJobs: [{ jobId: 'new-job', name: 'clicks', formerJobId: 'old-job' }],
        }),
    });

    await openDashboard('/targets/etl/operations/apply-1');

    expect(await screen.findByText('Revision 4 is not stable.')).toBeTruthy();
    expect(screen.getByText(/Fix the cause and apply again/)).toBeTruthy();
    expect(screen.getByText('3 → 4')).toBeTruthy();
    expect(screen.getByText('empty state')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'new-job' }).getAttribute('href')).toBe('/targets/etl/operations/new-job');
  });

  it('shows the items of a batch with their verdicts', async () => {
    fakeApi({
      [read]: () => makeOperation({ kind: 'batch', clusterId: 'days', state: 'IN_PROGRESS' }),
      'GET /v1/targets/{target}/operations/{operationId}/items': () => ({
        batchItems: [
          { batchId: 'b', batchIndex: 0, clusterId: 'days-0', operationId: 'op-0', verdict: 'FINISHED' },
          { batchId: 'b', batchIndex: 1, clusterId: 'days-1', verdict: 'FAILED', message: 'OutOfMemoryError' },
          { batchId: 'b', batchIndex: 2, clusterId: 'days-2' },
        ],
      }),
    });

    await openDashboard('/targets/etl/operations/b');

    expect(await screen.findByText('1 FINISHED, 1 FAILED, 1 not ended')).toBeTruthy();
    expect(screen.getByText('OutOfMemoryError')).toBeTruthy();
    expect(await findViolations()).toEqual([]);
  });

  it('of an address that is none names the mistake without the words of a request', async () => {
    const errors = [{ pointer: '/operationId', detail: 'An operation ID has 32 hexadecimal digits.' }];
    const detail = '/operationId: An operation ID has 32 hexadecimal digits.';
    const problem = makeProblem({ code: 'malformed-request', title: 'Invalid request', status: 400, detail, errors });
    fakeApi({ [read]: () => answerProblem(problem) });

    await openDashboard('/targets/etl/operations/abc');

    expect(await screen.findByText('Operation ID')).toBeTruthy();
    expect(screen.getByText('Correct it, and try again.')).toBeTruthy();
    expect(screen.queryByText(/errors|\/operationId/)).toBeNull();
  });

  it('that does not exist is a problem', async () => {
    fakeApi({ [read]: () => answerProblem(makeProblem({ detail: 'Operation x does not exist.' })) });

    await openDashboard('/targets/etl/operations/x');

    expect(await screen.findByText('Operation x does not exist.')).toBeTruthy();
  });
});
