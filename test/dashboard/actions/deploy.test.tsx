import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { Plan } from '../../../dashboard/api/types.ts';
import { findViolations } from '../support/axe.ts';
import { type Answers, answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeCluster, makeOperation, makeProblem, makeQueue } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';

const digest = 'a'.repeat(64);

const makePlan = (changes: Partial<Plan> = {}): Plan => ({
  clusterId: 'nightly',
  objects: [{ kind: 'Deployment', metadata: { name: 'nightly' } }],
  config: { 'taskmanager.numberOfTaskSlots': { value: 4, from: 'command' } },
  warnings: ['The image has no digest.'],
  dryRun: 'passed',
  errors: [],
  digest,
  state: { source: 'none' },
  ...changes,
});

const deploy = 'POST /v1/targets/{target}/clusters';
const apply = 'PUT /v1/targets/{target}/clusters/{clusterId}';
const plan = 'POST /v1/targets/{target}/plans';
const read = 'GET /v1/targets/{target}/clusters/{clusterId}';
const revision = 'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}';
const readOperation = 'GET /v1/targets/{target}/operations/{operationId}';

const open = async (answers: Answers, path = '/targets/etl/deploy') => {
  const { sent } = fakeApi({
    [read]: () => answerProblem(makeProblem()),
    [plan]: () => makePlan(),
    [readOperation]: () => makeOperation(),
    ...answers,
  });
  const view = await openDashboard(path);
  await screen.findByRole('button', { name: 'Plan' });
  const bodiesOf = (method: string, end: string) =>
    sent.filter((one) => one.method === method && one.url.pathname.endsWith(end)).map(({ body }) => body);
  return { ...view, sent, bodiesOf };
};

const click = async (user: Awaited<ReturnType<typeof open>>['user'], name: string) =>
  user.click(await screen.findByRole('button', { name }));

/** Pastes a text, which is faster than to type it. */
const fill = async (user: Awaited<ReturnType<typeof open>>['user'], label: string, text: string) => {
  await user.click(screen.getByLabelText(label));
  await user.paste(text);
};

describe('the form of a deploy', () => {
  it('plans what was entered, deploys it, and opens the cluster', async () => {
    const { user, bodiesOf, router } = await open({ [deploy]: () => ({ operation: makeOperation() }) });

    await fill(user, 'Cluster ID', 'nightly');
    await fill(user, 'Jar', 'local:///a.jar');
    await fill(user, 'Parallelism', '2');
    await user.click(screen.getByRole('button', { name: 'Add argument' }));
    await fill(user, 'Argument 1', '--day');
    await user.click(screen.getByRole('button', { name: 'Add option' }));
    await fill(user, 'Key of option 1', 'a.b');
    await fill(user, 'Value of option 1', 'c');
    await click(user, 'Plan');

    expect(await screen.findByText('The image has no digest.')).toBeTruthy();
    expect(screen.getByText('Starts a new cluster')).toBeTruthy();
    const spec = {
      mode: 'application',
      clusterId: 'nightly',
      job: { jar: 'local:///a.jar', parallelism: 2, args: ['--day'] },
      config: { 'a.b': 'c' },
    };
    expect(bodiesOf('POST', '/plans')).toEqual([spec]);

    await click(user, 'Deploy');
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('drey deploy -f nightly.yaml --at etl')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Deploy' }));

    await waitFor(() => expect(router.state.location.pathname).toBe('/targets/etl/clusters/nightly'));
    expect(bodiesOf('POST', '/clusters')).toEqual([spec]);
  });

  it('has no violation of the accessibility rules, as a form, with a plan and as YAML', async () => {
    const { user } = await open({});
    await user.click(screen.getByRole('button', { name: 'Add argument' }));
    await user.click(screen.getByRole('button', { name: 'Add option' }));
    await click(user, 'Plan');
    await screen.findByText('The image has no digest.');
    const asForm = await findViolations();
    await user.click(screen.getByRole('button', { name: 'YAML' }));

    expect([...asForm, ...(await findViolations())]).toEqual([]);
  });

  it('shows each error of the plan at its field, and at its line of the YAML', async () => {
    const errors = [{ pointer: '/image', detail: 'No such image.' }];
    const { user } = await open({
      [plan]: () => answerProblem(makeProblem({ status: 400, detail: '/image: No such image.', errors })),
    });
    await fill(user, 'Image', 'x');

    await click(user, 'Plan');

    expect(await screen.findByText('No such image.')).toBeTruthy();
    expect(screen.getByText('Correct the marked fields.')).toBeTruthy();
    expect(screen.queryByText('/image: No such image.')).toBeNull();
    expect(screen.getByRole('button', { name: 'Deploy' }).getAttribute('aria-disabled')).toBe('true');
    await user.click(screen.getByRole('button', { name: 'YAML' }));
    expect(await screen.findByText('Line 2')).toBeTruthy();
  });

  it('says that the deploy will wait when a limit of the target is used up', async () => {
    const { user } = await open({
      'GET /v1/targets/{target}/queue': () =>
        makeQueue({ limits: { clusters: 3 }, usage: { ...makeQueue().usage, clusters: 3 }, length: 2 }),
    });

    await click(user, 'Plan');

    expect(
      await screen.findByText('This deploy will wait in the queue, behind 2 commands: 3 of 3 clusters are in use.'),
    ).toBeTruthy();
  });

  it('of a cluster that runs shows the changes, and applies them with the digest of the plan', async () => {
    const changes = {
      revision: 3,
      unchanged: false,
      class: 'restart' as const,
      changes: [{ pointer: '/image', old: 'flink:2.2', new: 'flink:2.3', from: 'command' as const }],
    };
    const spec = { mode: 'application', clusterId: 'nightly', image: 'flink:2.3' };
    const { user, bodiesOf } = await open(
      {
        [read]: () => makeCluster({ revision: 3 }),
        [revision]: () => ({ number: 3, deploy: spec }) as never,
        [plan]: () => makePlan({ changes, state: { source: 'savepoint' } }),
        [apply]: () => ({ operation: makeOperation({ kind: 'apply' }) }),
      },
      '/targets/etl/deploy?from=nightly',
    );

    await click(user, 'Plan');
    expect(await screen.findByText('Restarts the cluster')).toBeTruthy();
    expect(screen.getByText('flink:2.3')).toBeTruthy();
    await click(user, 'Apply');
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(`drey apply -f nightly.yaml --at etl --plan ${digest}`)).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Apply' }));

    await waitFor(() => expect(bodiesOf('PUT', '/nightly')).toHaveLength(1));
    expect(bodiesOf('PUT', '/nightly')).toEqual([{ mode: 'application', image: 'flink:2.3', planDigest: digest }]);
  });

  it('has the image of a command line in the field of the image', async () => {
    const spec = { mode: 'session', config: { 'kubernetes.container.image.ref': 'etl:1.' } };
    const { user, bodiesOf } = await open(
      { [read]: () => makeCluster({ revision: 1 }), [revision]: () => ({ number: 1, deploy: spec }) as never },
      '/targets/etl/deploy?from=nightly',
    );
    expect(screen.queryByDisplayValue('kubernetes.container.image.ref')).toBeNull();

    await fill(user, 'Image', '5');
    await click(user, 'Plan');

    const config = { 'kubernetes.container.image.ref': 'etl:1.5' };
    await waitFor(() => expect(bodiesOf('POST', '/plans')).toEqual([{ ...spec, config }]));
  });

  it('keeps what only the YAML has, and names hidden values', async () => {
    const spec = { mode: 'session', podTemplates: { default: { a: 1 } }, config: { 's3.secret-key': '******' } };
    const { user, bodiesOf } = await open(
      { [read]: () => makeCluster({ revision: 1 }), [revision]: () => ({ number: 1, deploy: spec }) as never },
      '/targets/etl/deploy?from=nightly',
    );
    expect(screen.getByText(/config\/s3.secret-key/)).toBeTruthy();

    await fill(user, 'Team', 'etl');
    await click(user, 'Plan');

    await waitFor(() => expect(bodiesOf('POST', '/plans')).toEqual([{ ...spec, labels: { team: 'etl' } }]));
  });
});
