import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { ClusterActions } from '../../../dashboard/actions/cluster-actions.tsx';
import { toTime } from '../../../dashboard/actions/extend-dialog.tsx';
import type { Cluster } from '../../../dashboard/api/types.ts';
import { findViolations } from '../support/axe.ts';
import { answerProblem, type Answers, fakeApi } from '../support/fake-api.ts';
import { fakeUpload } from '../support/fake-upload.ts';
import { makeCluster, makeJob, makeOperation, makeProblem, makeRevision } from '../support/fixtures.ts';
import { renderAlone } from '../support/render.tsx';

const accepted = () => ({ operation: makeOperation() });
const succeeded: Answers = { 'GET /v1/targets/{target}/operations/{operationId}': () => makeOperation() };

const openMenu = async (cluster: Cluster | undefined) => {
  const view = renderAlone(<ClusterActions cluster={cluster} />);
  await view.user.click(screen.getByRole('button', { name: 'Actions' }));
  return view;
};

/** Opens the dialog of an action. */
const openDialog = async (name: string, cluster: Cluster) => {
  const view = await openMenu(cluster);
  await view.user.click(screen.getByRole('menuitem', { name }));
  const dialog = within(await screen.findByRole('dialog'));
  return { ...view, dialog, confirm: (label: string) => dialog.getByRole('button', { name: label }) };
};

const isDisabled = (element: HTMLElement) =>
  element.getAttribute('aria-disabled') === 'true' || element.hasAttribute('disabled');

describe('the actions of a cluster', () => {
  it('are those that its state allows', async () => {
    await openMenu(makeCluster({ state: 'SUSPENDED', revision: 2 }));

    const enabled = screen.getAllByRole('menuitem').filter((item) => !isDisabled(item));
    expect(enabled.map(({ textContent }) => textContent)).toEqual(['Deploy again', 'Roll back', 'Resume', 'Stop']);
    expect(await findViolations()).toEqual([]);
  });

  it('need a cluster', async () => {
    renderAlone(<ClusterActions cluster={undefined} />);

    expect(isDisabled(screen.getByRole('button', { name: 'Actions' }))).toBe(true);
  });

  const stop = 'POST /v1/targets/{target}/clusters/{clusterId}/stop';
  const jobs = 'GET /v1/targets/{target}/clusters/{clusterId}/jobs';

  it('stop it with a savepoint, and without one only after its name is typed', async () => {
    const { sent } = fakeApi({
      ...succeeded,
      [jobs]: () => ({ jobs: [makeJob()], reachable: 'True' }),
      [stop]: accepted,
    });
    const { user, dialog, confirm } = await openDialog('Stop', makeCluster());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(dialog.getByText('drey delete nightly --at etl --savepoint required')).toBeTruthy();
    await user.click(dialog.getByRole('radio', { name: /No savepoint/ }));
    expect(isDisabled(confirm('Stop the cluster'))).toBe(true);

    await user.click(dialog.getByRole('radio', { name: /Required/ }));
    await user.click(confirm('Stop the cluster'));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ savepoint: 'required' });
  });

  it('stop it with a savepoint when its jobs cannot be read', async () => {
    fakeApi({ [jobs]: () => answerProblem(makeProblem()) });
    const { user, dialog, confirm } = await openDialog('Stop', makeCluster());

    expect(dialog.getByText('drey delete nightly --at etl --savepoint required')).toBeTruthy();
    await user.click(dialog.getByRole('radio', { name: /No savepoint/ }));
    expect(dialog.getByLabelText('Type nightly to confirm')).toBeTruthy();
    expect(isDisabled(confirm('Stop the cluster'))).toBe(true);
  });

  it.each([
    ['has no live jobs', makeCluster({ mode: 'session' })],
    ['is suspended', makeCluster({ state: 'SUSPENDED' })],
  ])('stop it without a savepoint when it %s', async (_, cluster) => {
    fakeApi({
      [jobs]: () =>
        cluster.state === 'RUNNING'
          ? { jobs: [makeJob({ state: 'FINISHED' })], reachable: 'True' }
          : answerProblem(makeProblem()),
    });
    const { dialog, confirm } = await openDialog('Stop', cluster);

    expect(await dialog.findByText('drey delete nightly --at etl')).toBeTruthy();
    expect(dialog.queryByLabelText('Type nightly to confirm')).toBeNull();
    expect(isDisabled(confirm('Stop the cluster'))).toBe(false);
  });

  it.each([
    ['FAILED', 'Remove what is left'],
    ['QUEUED', 'Remove from the queue'],
  ] as const)('of one that is %s only remove it', async (state, action) => {
    fakeApi({ [jobs]: () => answerProblem(makeProblem()) });
    const { dialog, confirm } = await openDialog(action, makeCluster({ state }));

    expect(dialog.getByText('drey delete nightly --at etl')).toBeTruthy();
    expect(dialog.queryAllByRole('radio')).toEqual([]);
    expect(dialog.queryAllByRole('checkbox')).toEqual([]);
    expect(isDisabled(confirm(action))).toBe(false);
  });

  it('stop one that starts without a required savepoint, which the API refuses', async () => {
    fakeApi({ [jobs]: () => answerProblem(makeProblem()) });
    const { dialog } = await openDialog('Stop', makeCluster({ state: 'DEPLOYING' }));

    expect(dialog.getByText('drey delete nightly --at etl --savepoint best-effort')).toBeTruthy();
    expect(dialog.queryByRole('radio', { name: /Required/ })).toBeNull();
  });

  it.each([
    ['Stop', 'Stop the cluster', /Required/, 'drey delete nightly --at etl'],
    ['Restart', 'Restart', /^Savepoint/, 'drey rollout restart nightly --at etl --state none'],
  ])('%s it without a savepoint when it has no directory of savepoints', async (action, label, choice, words) => {
    fakeApi({ [jobs]: () => ({ jobs: [makeJob()], reachable: 'True' }) });
    const { user, dialog, confirm } = await openDialog(action, makeCluster({ hasSavepointDirectory: false }));
    expect(dialog.getByText(words)).toBeTruthy();
    expect(dialog.getByLabelText('Type nightly to confirm')).toBeTruthy();

    await user.click(dialog.getByRole('radio', { name: choice }));
    expect(dialog.getByText('Required: the cluster has no directory of its own.')).toBeTruthy();
    expect(isDisabled(confirm(label))).toBe(true);
    await user.type(dialog.getByLabelText('Directory of the savepoints'), 's3://state/savepoints');
    expect(isDisabled(confirm(label))).toBe(false);
  });

  it('restart it from the last checkpoint when it has a directory of checkpoints only', async () => {
    fakeApi({ [jobs]: () => ({ jobs: [makeJob()], reachable: 'True' }) });
    const { dialog, confirm } = await openDialog(
      'Restart',
      makeCluster({
        hasSavepointDirectory: false,
        checkpointDirectory: 's3://state/checkpoints',
        retainsCheckpoints: true,
      }),
    );

    expect(dialog.getByText('drey rollout restart nightly --at etl --state last-state')).toBeTruthy();
    expect(isDisabled(confirm('Restart'))).toBe(false);
  });

  it('name the directory of savepoints of the cluster', async () => {
    fakeApi({
      [jobs]: () => ({ jobs: [makeJob()], reachable: 'True' }),
      'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}': () => ({
        ...makeRevision(),
        deploy: { mode: 'application', config: { 'execution.checkpointing.savepoint-dir': 's3://state/savepoints' } },
      }),
    });
    const { dialog } = await openDialog('Stop', makeCluster({ hasSavepointDirectory: true }));

    expect(await dialog.findByText('Default: s3://state/savepoints')).toBeTruthy();
    expect(dialog.getByText('drey delete nightly --at etl --savepoint required')).toBeTruthy();
  });

  it('roll it back to a failed revision only if the reader says so', async () => {
    const failed = { number: 2, image: 'a', createdAt: '2026-11-30T08:00:00.000Z', outcome: 'failed' } as const;
    const problem = makeProblem({ detail: 'It did not start.' });
    const { sent } = fakeApi({
      ...succeeded,
      'GET /v1/targets/{target}/clusters/{clusterId}/revisions': () =>
        ({ revisions: [{ ...failed, problem }] }) as never,
      'POST /v1/targets/{target}/clusters/{clusterId}/rollback': accepted,
    });
    const { user, dialog, confirm } = await openDialog('Roll back', makeCluster({ revision: 3 }));
    await user.click(await dialog.findByRole('button', { name: /Revision/ }));
    await user.click(await screen.findByRole('option', { name: /Revision 2/ }));
    await user.click(dialog.getByRole('checkbox', { name: /This revision failed/ }));
    expect(await findViolations()).toEqual([]);

    await user.click(confirm('Roll back'));

    await waitFor(() => expect(sent.at(-1)?.method).toBe('GET'));
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ to: 2, allowFailed: true });
  });
});

describe('the submit of a jar', () => {
  const submit = 'POST /v1/targets/{target}/clusters/{clusterId}/jobs';
  const session = makeCluster({ clusterId: 'etl', mode: 'session' });
  const file = new File(['PK'], 'my job.jar');
  const choose = async (user: ReturnType<typeof renderAlone>['user']) => {
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    if (input === null) throw new Error('There is no input of a file.');
    await user.upload(input, file);
  };

  it('uploads it with its progress, and submits what was uploaded', async () => {
    const upload = fakeUpload();
    const { sent } = fakeApi({ ...succeeded, [submit]: accepted });
    const { user, dialog, confirm } = await openDialog('Submit a job', session);
    expect(isDisabled(confirm('Upload and submit'))).toBe(true);
    await choose(user);
    expect(dialog.getByText("drey run -d --at etl -Dkubernetes.cluster-id=etl './my job.jar'")).toBeTruthy();

    await user.click(confirm('Upload and submit'));
    await waitFor(() => expect(upload.sent).toMatchObject([{ url: 'POST /upload?target=etl&name=my_job.jar', file }]));
    act(() => void upload.progress(1, 4));
    expect((await dialog.findAllByText('25%')).length).toBeGreaterThan(0);
    expect(await findViolations()).toEqual([]);
    act(() => upload.answer(201, { jar: 's3://bucket/1/my_job.jar' }));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent[0]?.body).toEqual({ jar: 's3://bucket/1/my_job.jar', args: [] });
  });

  it('shows why the upload failed, and submits nothing', async () => {
    const upload = fakeUpload();
    const { sent } = fakeApi({ [submit]: accepted });
    const { user, dialog, confirm } = await openDialog('Submit a job', session);
    await choose(user);
    await user.click(confirm('Upload and submit'));
    await waitFor(() => expect(upload.sent).toHaveLength(1));

    act(() => upload.answer(413, makeProblem({ title: 'Too large', detail: 'The jar has 600 MB.' })));

    expect(await dialog.findByText('The jar has 600 MB.')).toBeTruthy();
    expect(sent).toEqual([]);
  });
});

describe('the end of an extend', () => {
  it('is in the zone of the reader', () => {
    expect(toTime('2026-12-01', '18:00')).toBe(new Date(2026, 11, 1, 18).toISOString());
    expect(toTime('', '18:00')).toBeUndefined();
  });
});
