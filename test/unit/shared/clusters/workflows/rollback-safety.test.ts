import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  runWorkflows,
  savepointDirectory,
  setPolicy,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { applied, breakImage, failToPull, getImage, getRollout, listDeploys, startFirst } from './rollout-fixture.ts';

const apply = (image: string, rollout: object = {}, fields: object = {}) =>
  sendHttp('apply', { clusterId, data: applied(image, rollout, fields) }, world);

describe('a rollout whose stable revision the target refuses by now', () => {
  it('ends nothing, and names the way out', async () => {
    await startFirst({ config: { 'web.refresh-interval': '5000' } });
    setPolicy({ denied: ['web.refresh-interval'] });

    await apply('flink:2.3.1');
    await runWorkflows();

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: {
        code: 'refused-option',
        reason: 'RollbackRefused',
        detail: expect.stringMatching(
          /^If the new revision fails, revision 1 could not start again: .*refresh-interval.*keep/,
        ),
      },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('goes on if it keeps a revision that fails', async () => {
    await startFirst({ config: { 'web.refresh-interval': '5000' } });
    setPolicy({ denied: ['web.refresh-interval'] });

    await apply('flink:2.3.1', { onFailure: 'keep' });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3.1');
  });

  it('ends nothing when the spec is no longer stored', async () => {
    await startFirst();
    await world.revisionSpecs.remove(listDeploys()[0]?.operationId ?? '');

    await apply('flink:2.3.1');
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'not-found', reason: 'RollbackRefused' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });
});

describe('a revision from before the end of the cluster', () => {
  /** Revision 1 was stable, and was stopped. Revision 2 is another program, and was not stable. */
  const startAgain = async () => {
    await startFirst();
    await sendHttp('stop', { clusterId, data: {} }, world);
    await runWorkflows();
    breakImage('flink:2.3.1', () => (getFlink().restarts = 1));
    await apply('flink:2.3.1');
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 2, firstRevision: 2 });
  };

  it('is not what a rollout returns to', async () => {
    await startAgain();
    breakImage('flink:2.3.2', failToPull);

    await apply('flink:2.3.2');
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { suspended: true } });
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED', revision: 3, firstRevision: 2 });
  });

  it('is what a rollback returns to only if the caller names it', async () => {
    await startAgain();
    const data = { savepointDirectory, stableWithin: '1min' };

    expect(await sendHttp('rollback', { clusterId, data }, world)).toMatchObject({ code: 'not-found' });
    await sendHttp('rollback', { clusterId, data: { ...data, to: 1 } }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3');
  });

  it('is none when the cluster was only SUSPENDED', async () => {
    await startFirst();
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    await apply('flink:2.3.1');
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 2, firstRevision: 1 });
  });
});

describe('a rollback whose program', () => {
  const failNew = async (spoilStable: () => void) => {
    await startFirst();
    breakImage('flink:2.3.1', failToPull);
    breakImage('flink:2.3', spoilStable);
    await apply('flink:2.3.1');
    await runWorkflows();
  };
  const getJobId = () => [...getFlink().jobs.keys()][0] ?? '';

  it('fails at once leaves the cluster SUSPENDED with its snapshot, and names both causes', async () => {
    await failNew(() => getFlink().setState(getJobId(), 'FAILED', 'boom'));

    const operation = getRollout();
    const path = operation?.rollout?.snapshot?.path ?? 'none';
    expect(operation).toMatchObject({ state: 'FAILED', rollout: { suspended: true } });
    expect(operation?.rollout?.rolledBackTo).toBeUndefined();
    expect(operation?.problem?.detail).toMatch(/not found.*The rollback failed, too: The program failed\./);
    expect(operation?.problem?.detail).toContain(path);
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED', snapshot: { path } });
    expect((await world.store.revision(clusterRef, 3))?.value.unstable).toMatchObject({ reason: 'ProgramFailed' });
  });

  it('fails some seconds later leaves the cluster SUSPENDED, too', async () => {
    let isBack = false;
    const sleep = world.ports.sleep.bind(world.ports);
    const passSeconds = async (ms: number) => {
      await sleep(ms);
      if (!isBack || (await getCluster())?.state !== 'RUNNING') return;
      isBack = false;
      getFlink().setState(getJobId(), 'FAILED', 'boom');
    };
    Object.assign(world.ports, { sleep: passSeconds });
    await failNew(() => (isBack = true));

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { suspended: true } });
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED' });
  });

  it('does not get all of its tasks runs on, and the rollout does not say that it is stable', async () => {
    await failNew(() => getFlink().setTasks(getJobId(), { total: 2, running: 1 }));

    const operation = getRollout();
    expect(operation?.rollout?.rolledBackTo).toBeUndefined();
    expect(operation?.problem?.detail).toMatch(/The rollback failed, too: .*Not all tasks of job/);
    const cluster = await getCluster();
    expect(cluster).toMatchObject({ state: 'RUNNING', revision: 3 });
    expect(cluster?.conditions.find(({ type }) => type === 'Stable')).toMatchObject({ status: 'False' });
  });
});

it('allowNonRestoredState of a rollout counts for its new revision only', async () => {
  await startFirst();
  const ignores = () =>
    /ignore-unclaimed-state\W+true/.test(JSON.stringify(world.kubernetes.cluster(clusterId).manifests));
  let newIgnores = false;
  breakImage('flink:2.3.1', () => {
    newIgnores = ignores();
    failToPull();
  });

  await apply('flink:2.3.1', { allowNonRestoredState: true });
  await runWorkflows();

  expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
  expect(newIgnores).toBe(true);
  expect(ignores()).toBe(false);
});
