import { beforeEach, describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  getFlink,
  getLastOperation,
  jar,
  runWorkflows,
  savepointDirectory as directory,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const path = 'execution.state-recovery.path';

describe.each(origins)('restore from a snapshot, with commands from %s', (_origin, send) => {
  let snapshotId: string;
  let savepoint: string;
  const takeSavepoint = async (jobId: string) => {
    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    return getLastOperation()?.operationId ?? '';
  };
  const submit = (restore: object, config: object = {}) =>
    send('submit', { clusterId, data: { jar, restore, config } }, world);
  beforeEach(async () => {
    const jobId = await submitJob(send);
    snapshotId = await takeSavepoint(jobId);
    await runWorkflows();
    savepoint = `${directory}/savepoint-${jobId.slice(0, 6)}`;
  });

  it('starts a job from its path', async () => {
    await submit({ snapshot: snapshotId, claimMode: 'CLAIM' });
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', restoredFrom: savepoint });
    expect([...getFlink().jobs.values()].at(-1)?.options).toMatchObject({
      savepointPath: savepoint,
      claimMode: 'CLAIM',
    });
  });

  it('starts an application of another cluster ID from its path', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar', restore: { snapshot: snapshotId } };
    await send('deploy', { clusterId: 'app', data: { mode: 'application', job } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', restoredFrom: savepoint });
    expect(JSON.stringify(world.kubernetes.cluster('app').manifests)).toContain(savepoint);
  });

  it.each([
    ['a path', { path: 's3://bucket/other' }, {}, '/restore'],
    ['a cluster', { fromCluster: 'etl' }, {}, '/restore'],
    ['an option', {}, { [path]: 's3://bucket/other' }, `/config/${path}`],
  ])('is refused beside %s', async (_name, restore, config, pointer) => {
    const sent = await submit({ snapshot: snapshotId, ...restore }, config);

    expect(sent).toMatchObject({ outcome: 'rejected', pointers: [pointer] });
  });

  it('is refused for an unknown snapshot', async () => {
    expect(await submit({ snapshot: 'f'.repeat(32) })).toMatchObject({
      code: 'not-found',
      pointers: ['/restore/snapshot'],
    });
  });

  it('is refused for a snapshot that is not complete, that failed and that was disposed of', async () => {
    const [jobId = ''] = getFlink().jobs.keys();
    getFlink().savepoint = () => ({ failure: 'no space' });
    const open = await takeSavepoint(jobId);
    expect(await submit({ snapshot: open })).toMatchObject({
      code: 'wrong-state',
      detail: expect.stringContaining('IN_PROGRESS') as string,
    });
    await runWorkflows();
    expect(await submit({ snapshot: open })).toMatchObject({ detail: expect.stringContaining('FAILED') as string });
    await send('dispose-snapshot', { clusterId, data: { snapshotId } }, world);
    await runWorkflows();

    expect(await submit({ snapshot: snapshotId })).toMatchObject({
      detail: expect.stringContaining('DISPOSED') as string,
    });
  });

  it('is refused for a snapshot of another target', async () => {
    const local = world.targets.known.get('local')!;
    world.targets.known.set('other', { ...local, namespace: 'other' });

    const job = { jar: 'local:///opt/flink/usrlib/a.jar', restore: { snapshot: snapshotId } };
    const sent = await send('deploy', { target: 'other', clusterId: 'app', data: { mode: 'application', job } }, world);

    expect(sent).toMatchObject({ code: 'not-found', pointers: ['/job/restore/snapshot'] });
  });
});
