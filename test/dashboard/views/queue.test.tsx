import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { findViolations } from '../support/axe.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeOperation, makeProblem, makeQueue, makeQueuedCommand } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';
import { makeDeadLetter } from '../support/schedule-fixtures.ts';

const first = makeQueuedCommand({ operationId: 'op-1', clusterId: 'first', priority: 5 });
const second = makeQueuedCommand({
  operationId: 'op-2',
  clusterId: 'second',
  position: 2,
  reason: 'WaitingForTurn',
  message: 'Command first comes before.',
});
const queue = makeQueue({ length: 2, queued: [first, second] });
const noDeadLetters = { 'GET /v1/dead-letters': () => ({ commands: [] }) };

/** The dialog that is open. */
const findDialog = async () => within(await screen.findByRole('dialog'));

describe('the queue', () => {
  it('shows what waits in order, why, and the paused state', async () => {
    fakeApi({
      ...noDeadLetters,
      'GET /v1/targets/{target}/queue': () => ({
        ...queue,
        paused: { since: '2026-11-30T11:00:00.000Z', principal: 'arn:aws:iam::123456789012:user/eve' },
      }),
    });

    await openDashboard('/targets/etl/queue');

    await screen.findByRole('link', { name: 'second' });
    const links = screen.getAllByRole('link').map(({ textContent }) => textContent);
    expect(links.indexOf('first')).toBeLessThan(links.indexOf('second'));
    expect(screen.getByText('WaitingForTurn: Command first comes before.')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'op-2' }).getAttribute('href')).toBe('/targets/etl/operations/op-2');
    expect(screen.getByText(/by arn:aws:iam::123456789012:user\/eve/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Resume' })).toBeTruthy();
    expect(await findViolations()).toEqual([]);
  });

  it('pauses the target after it has said what that does', async () => {
    const { sent } = fakeApi({
      ...noDeadLetters,
      'GET /v1/targets/{target}/queue': () => queue,
      'PUT /v1/targets/{target}/queue': () => queue,
    });
    const { user } = await openDashboard('/targets/etl/queue');

    await screen.findByRole('link', { name: 'first' });
    await user.click(screen.getByRole('button', { name: 'Pause' }));
    const dialog = await findDialog();
    expect(dialog.getByText(/No queued command starts until the queue is resumed/)).toBeTruthy();
    expect(dialog.getByText('drey queue pause --at etl')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Pause the queue' }));

    await waitFor(() => expect(sent.find(({ method }) => method === 'PUT')?.body).toEqual({ paused: true }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const reads = sent.filter(({ method }) => method === 'GET').map(({ url }) => url.pathname);
    expect(reads.filter((path) => path === '/v1/dead-letters')).toHaveLength(1);
  });

  it('changes the priority of the selected command to a valid number only', async () => {
    const { sent } = fakeApi({
      ...noDeadLetters,
      'GET /v1/targets/{target}/queue': () => queue,
      'PUT /v1/targets/{target}/queue/{operationId}': () => makeOperation(),
    });
    const { user } = await openDashboard('/targets/etl/queue');

    await user.click(await screen.findByRole('checkbox', { name: 'Select deploy second' }));
    await user.click(screen.getByRole('button', { name: 'Change the priority' }));
    const dialog = await findDialog();
    const input = dialog.getByLabelText('Priority');
    await user.clear(input);
    await user.type(input, '1001');
    expect(dialog.getByRole('button', { name: 'Change the priority' }).hasAttribute('disabled')).toBe(true);
    await user.clear(input);
    await user.type(input, '100');
    expect(dialog.getByText('drey queue priority op-2 100 --at etl')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Change the priority' }));

    await waitFor(() => expect(sent.find(({ method }) => method === 'PUT')?.body).toEqual({ priority: 100 }));
    expect(sent.find(({ method }) => method === 'PUT')?.path).toEqual({ target: 'etl', operationId: 'op-2' });
  });

  it('cancels the selected commands, and shows why one was not canceled', async () => {
    let isEmpty = false;
    const { sent } = fakeApi({
      ...noDeadLetters,
      'GET /v1/targets/{target}/queue': () => (isEmpty ? makeQueue() : queue),
      'POST /v1/targets/{target}/queue/{operationId}/cancel': ({ path }) =>
        path['operationId'] === 'op-1'
          ? answerProblem(makeProblem({ code: 'wrong-state', status: 409, detail: 'op-1 has started.' }))
          : { canceled: 1 },
    });
    const { user, queryClient } = await openDashboard('/targets/etl/queue');

    await user.click(await screen.findByRole('checkbox', { name: 'Select deploy first' }));
    await user.click(screen.getByRole('checkbox', { name: 'Select deploy second' }));
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    const dialog = await findDialog();
    expect(dialog.getByText('drey queue cancel op-1 op-2 --at etl')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Cancel the commands' }));

    expect(await dialog.findByText('op-1 has started.')).toBeTruthy();
    isEmpty = true;
    await queryClient.invalidateQueries();
    expect(await screen.findByText('No command waits')).toBeTruthy();
    expect(screen.getByText('op-1 has started.')).toBeTruthy();
    const canceled = sent.filter(({ method }) => method === 'POST').map(({ path }) => path['operationId']);
    expect(canceled).toEqual(['op-1', 'op-2']);
  });

  it('shows dead letters with their reasons, and redrives the selected one', async () => {
    const letters = [makeDeadLetter(), makeDeadLetter({ id: 'second', subject: 'targets/etl/clusters/other' })];
    const { sent } = fakeApi({
      'GET /v1/targets/{target}/queue': () => queue,
      'GET /v1/dead-letters': () => ({ commands: letters }),
      'POST /v1/dead-letters/redrive': () => ({ commands: letters.slice(1) }),
    });
    const { user } = await openDashboard('/targets/etl/queue');

    await user.click(await screen.findByRole('tab', { name: 'Dead letters (2)' }));
    expect(await screen.findAllByText(/target-unreachable: The API server/)).toHaveLength(2);
    expect(await findViolations()).toEqual([]);
    await user.click(screen.getByRole('checkbox', { name: 'Select dead letter second' }));
    await user.click(screen.getByRole('button', { name: 'Redrive selected' }));
    const dialog = await findDialog();
    expect(dialog.getByText('drey queue redrive second')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Redrive' }));

    await waitFor(() => expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ ids: ['second'] }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const reads = sent.filter(({ method, url }) => method === 'GET' && url.pathname === '/v1/dead-letters');
    expect(reads).toHaveLength(2);
  });

  it('says which dead letters were not redriven', async () => {
    fakeApi({
      'GET /v1/dead-letters': () => ({ commands: [makeDeadLetter({ id: 'gone' })] }),
      'POST /v1/dead-letters/redrive': () => ({ commands: [] }),
    });
    const { user } = await openDashboard('/targets/etl/queue');

    await user.click(await screen.findByRole('tab', { name: 'Dead letters (1)' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Select dead letter gone' }));
    await user.click(screen.getByRole('button', { name: 'Redrive selected' }));
    await user.click((await findDialog()).getByRole('button', { name: 'Redrive' }));

    expect(await screen.findByText(/has no such dead letter: gone/)).toBeTruthy();
  });
});
