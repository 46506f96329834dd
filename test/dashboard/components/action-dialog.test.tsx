import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';

import { api, unwrap } from '../../../dashboard/api/client/client.ts';
import { ActionDialog, type ActionDialogProps } from '../../../dashboard/components/action-dialog.tsx';
import { findViolations } from '../support/axe.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeOperation, makeProblem } from '../support/fixtures.ts';
import { renderAlone } from '../support/render.tsx';

const renderDialog = (changes: Partial<ActionDialogProps> = {}) => {
  const onClose = vi.fn<() => void>();
  const run = async (key: string) => {
    const params = { path: { target: 'etl', clusterId: 'nightly' }, header: { 'Idempotency-Key': key } };
    const body = { savepoint: 'none', ha: 'keep' } as const;
    return (await unwrap(api.POST('/v1/targets/{target}/clusters/{clusterId}/stop', { params, body }))).operation;
  };
  const dialog = (given: Partial<ActionDialogProps>) => (
    <ActionDialog
      title="Stop nightly"
      confirm="Stop the cluster"
      command={['delete', 'nightly', '--at', 'etl']}
      run={run}
      onClose={onClose}
      {...given}
    >
      Stops all jobs of the cluster, and removes its objects.
    </ActionDialog>
  );
  const view = renderAlone(dialog(changes));
  return {
    ...view,
    rerender: (given: Partial<ActionDialogProps>) => view.rerender(dialog(given)),
    onClose,
    confirm: () => screen.getByRole('button', { name: 'Stop the cluster' }),
  };
};

const stop = 'POST /v1/targets/{target}/clusters/{clusterId}/stop';
const read = 'GET /v1/targets/{target}/operations/{operationId}';
const inProgress = makeOperation({ kind: 'stop', state: 'IN_PROGRESS', phase: 'Removing objects' });

describe('the dialog of an action', () => {
  it('says what it will do, and shows the command line', async () => {
    fakeApi();
    renderDialog();

    expect(screen.getByText('Stops all jobs of the cluster, and removes its objects.')).toBeTruthy();
    expect(screen.getByText('drey delete nightly --at etl')).toBeTruthy();
    expect(await findViolations()).toEqual([]);
  });

  it('follows the operation, and closes when it has succeeded', async () => {
    let reads = 0;
    fakeApi({
      [stop]: () => ({ operation: inProgress }),
      [read]: () => {
        reads += 1;
        return reads < 2 ? inProgress : makeOperation({ kind: 'stop', state: 'SUCCEEDED' });
      },
    });
    const { user, onClose, confirm } = renderDialog();

    await user.click(confirm());

    expect(await screen.findByText(/Removing objects/)).toBeTruthy();
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  });

  it('shows the command line that it has sent, also when the cluster has another state by now', async () => {
    fakeApi({ [stop]: () => ({ operation: inProgress }), [read]: () => inProgress });
    const { user, confirm, rerender } = renderDialog({ command: ['delete', 'nightly', '--savepoint', 'required'] });

    await user.click(confirm());
    await screen.findByText(/Removing objects/);
    rerender({ command: ['delete', 'nightly'] });

    expect(screen.getByText('drey delete nightly --savepoint required')).toBeTruthy();
  });

  it('shows why the operation failed, and stays open', async () => {
    const failed = makeOperation({ state: 'FAILED', problem: makeProblem({ detail: 'The savepoint failed.' }) });
    fakeApi({ [stop]: () => ({ operation: inProgress }), [read]: () => failed });
    const { user, onClose, confirm } = renderDialog();

    await user.click(confirm());

    expect(await screen.findByText('The savepoint failed.')).toBeTruthy();
    expect(onClose).not.toHaveBeenCalled();
  });

  it('says when the operation cannot be read', async () => {
    const gone = makeProblem({ detail: 'There is no such operation.' });
    fakeApi({ [stop]: () => ({ operation: inProgress }), [read]: () => answerProblem(gone) });
    const { user, confirm } = renderDialog();

    await user.click(confirm());

    expect(await screen.findByText('There is no such operation.')).toBeTruthy();
  });

  it('repeats a command that may be accepted with the same idempotency key, and a refused one with another', async () => {
    const statuses = [0, 502, 504, 429, 409, 409];
    const { sent } = fakeApi({
      [stop]: () => {
        const status = statuses[sent.length - 1] ?? 0;
        if (status === 0) throw new TypeError('Failed to fetch');
        return answerProblem(makeProblem({ status, detail: `Answer ${sent.length}.` }));
      },
    });
    const { user, confirm } = renderDialog();

    await user.click(confirm());
    await screen.findByText('No answer');
    for (let call = 2; call <= statuses.length; call += 1) {
      await user.click(confirm());
      await screen.findByText(`Answer ${call}.`);
    }

    const keys = sent.map(({ headers }) => headers.get('Idempotency-Key'));
    expect(new Set(keys.slice(0, 5)).size).toBe(1);
    expect(keys[5]).not.toBe(keys[4]);
  });

  it('starts only after the reader typed the text to confirm', async () => {
    fakeApi();
    const { user, confirm } = renderDialog({ typeToConfirm: 'nightly' });
    expect(confirm().hasAttribute('disabled')).toBe(true);

    await user.type(screen.getByLabelText('Type nightly to confirm'), 'nightly');

    expect(confirm().hasAttribute('disabled')).toBe(false);
  });
});
