import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { JobActions } from '../../../dashboard/actions/jobs/job-actions.tsx';
import { findViolations } from '../support/axe.ts';
import { type Answers, fakeApi } from '../support/fake-api.ts';
import { fakeUpload } from '../support/fake-upload.ts';
import { makeCluster, makeJob, makeOperation } from '../support/fixtures.ts';
import { renderAlone } from '../support/render.tsx';

const accepted = () => ({ operation: makeOperation() });
const succeeded: Answers = { 'GET /v1/targets/{target}/operations/{operationId}': () => makeOperation() };
const session = makeCluster({ clusterId: 'etl', mode: 'session' });
const job = makeJob({ clusterId: 'etl', operationId: '01a20b1b9c5171069dae373ef7881ee9' });
const { jobId } = job;

/** Opens the dialog of an action of the job. */
const openDialog = async (name: string) => {
  const { user } = renderAlone(<JobActions cluster={session} job={job} />);
  await user.click(screen.getByRole('button', { name: /Job actions of/ }));
  await user.click(screen.getByRole('menuitem', { name }));
  const dialog = within(await screen.findByRole('dialog'));
  return { user, dialog, confirm: (label: string) => dialog.getByRole('button', { name: label }) };
};

const isDisabled = (element: HTMLElement) => element.hasAttribute('disabled');

describe('the actions of a job', () => {
  it('rescale it to a number of at least 1', async () => {
    const route = 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/rescale';
    const { sent } = fakeApi({ ...succeeded, [route]: accepted });
    const { user, dialog, confirm } = await openDialog('Rescale');
    expect(isDisabled(confirm('Rescale'))).toBe(true);

    await user.type(dialog.getByLabelText('Parallelism'), '4');
    await user.click(confirm('Rescale'));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent[0]).toMatchObject({ path: { jobId }, body: { parallelism: 4 } });
  });

  it('take a checkpoint of it, which is full when the reader says so', async () => {
    const route = 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/checkpoints';
    const { sent } = fakeApi({ ...succeeded, [route]: accepted });
    const { user, dialog, confirm } = await openDialog('Take a checkpoint');
    const words = 'drey checkpoint --at etl -Dkubernetes.cluster-id=etl';
    expect(dialog.getByText(`${words} ${jobId}`)).toBeTruthy();
    await user.click(dialog.getByRole('checkbox', { name: 'Full' }));
    expect(dialog.getByText(`${words} --full ${jobId}`)).toBeTruthy();
    expect(await findViolations()).toEqual([]);

    await user.click(confirm('Take a checkpoint'));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent[0]).toMatchObject({ path: { jobId }, body: { full: true } });
  });
});

describe('the apply of a job', () => {
  const apply = 'PUT /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}';
  const earlier = 's3://bucket/1/clicks.jar';
  const chooseEarlier = async ({ user, dialog }: Awaited<ReturnType<typeof openDialog>>) => {
    await user.click(dialog.getByRole('radio', { name: 'An earlier upload' }));
    await user.click(dialog.getByLabelText('Location'));
    await user.paste(earlier);
  };

  it('uploads another jar, and runs it from the state of the job', async () => {
    const upload = fakeUpload();
    const { sent } = fakeApi({ ...succeeded, [apply]: accepted });
    const { user, dialog, confirm } = await openDialog('Apply another program');
    expect(isDisabled(confirm('Upload and apply'))).toBe(true);
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    if (input === null) throw new Error('There is no input of a file.');
    await user.upload(input, new File(['PK'], 'clicks.jar'));
    expect(dialog.getByText(`drey apply-job --at etl -Dkubernetes.cluster-id=etl ${jobId} ./clicks.jar`)).toBeTruthy();
    expect(await findViolations()).toEqual([]);

    await user.click(confirm('Upload and apply'));
    await waitFor(() => expect(upload.sent).toHaveLength(1));
    act(() => upload.answer(201, { jar: earlier }));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent[0]).toMatchObject({ method: 'PUT', path: { clusterId: 'etl', jobId } });
    expect(sent[0]?.body).toEqual({ jar: earlier, args: [] });
    expect(sent[0]?.headers.get('Idempotency-Key')).toBeTruthy();
  });

  it('has the options of the program and of the rollout', async () => {
    const { sent } = fakeApi({ ...succeeded, [apply]: accepted });
    const view = await openDialog('Apply another program');
    const { user, dialog, confirm } = view;
    await chooseEarlier(view);
    await user.type(dialog.getByLabelText('Parallelism'), '4');
    await user.click(dialog.getByRole('button', { name: 'Add argument' }));
    await user.type(dialog.getByLabelText('Argument 1'), '--window');
    await user.type(dialog.getByLabelText('How long the new job is watched'), '1min');
    await user.type(dialog.getByLabelText('Restarts'), '2');
    await user.click(dialog.getByRole('radio', { name: /Keep it/ }));
    await user.click(dialog.getByRole('checkbox', { name: /Drop state/ }));
    const options = '-p 4 --stable-within 1min --max-restarts 2 --on-failure keep -n';
    const words = `drey apply-job --at etl -Dkubernetes.cluster-id=etl ${options} ${jobId} ${earlier} --window`;
    expect(dialog.getByText(words)).toBeTruthy();

    await user.click(confirm('Apply'));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent[0]?.body).toEqual({
      jar: earlier,
      args: ['--window'],
      parallelism: 4,
      rollout: { stableWithin: '1min', maxRestarts: 2, onFailure: 'keep', allowNonRestoredState: true },
    });
  });

  it('drops the state only after the name of the job is typed', async () => {
    const { sent } = fakeApi({ ...succeeded, [apply]: () => ({ unchanged: true }) as never });
    const view = await openDialog('Apply another program');
    const { user, dialog, confirm } = view;
    await chooseEarlier(view);
    await user.click(dialog.getByRole('radio', { name: 'None' }));
    expect(isDisabled(confirm('Apply'))).toBe(true);
    await user.type(dialog.getByLabelText(`Type ${job.name} to confirm`), job.name);

    await user.click(confirm('Apply'));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent[0]?.body).toEqual({ jar: earlier, args: [], rollout: { state: 'none' } });
  });

  it('starts from another savepoint', async () => {
    fakeApi();
    const view = await openDialog('Apply another program');
    const { user, dialog, confirm } = view;
    await chooseEarlier(view);
    await user.click(dialog.getByRole('radio', { name: 'None' }));
    await user.click(dialog.getByRole('textbox', { name: 'Savepoint' }));
    await user.paste('s3://state/savepoint-1');

    expect(dialog.getByText(new RegExp(`-s s3://state/savepoint-1 --state none ${jobId} ${earlier}$`))).toBeTruthy();
    expect(isDisabled(confirm('Apply'))).toBe(false);
  });
});
