import { beforeEach, describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getFlink,
  getLastOperation,
  jar,
  listOperations,
  runWorkflows,
  savepointDirectory as directory,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('a snapshot that is disposed of while it is restored', () => {
  let snapshotId = '';
  let path: string | undefined;
  const dispose = () => sendHttp('dispose-snapshot', { clusterId, data: { snapshotId } }, world);
  const submit = (restore: object) => sendHttp('submit', { clusterId, data: { jar, restore } }, world);
  const getDisposal = () => listOperations().find(({ kind }) => kind === 'dispose-snapshot');

  beforeEach(async () => {
    const jobId = await submitJob(sendHttp);
    await sendHttp('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();
    ({ operationId: snapshotId = '', savepoint: path } = getLastOperation() ?? {});
  });

  it('is kept for a submit that has not started its job', async () => {
    await submit({ path });

    const { operationId: submitId = '' } = getLastOperation() ?? {};
    expect(await dispose()).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining(submitId) as string });
  });

  it('is kept for a submit that names it and is not in the list of open operations yet', async () => {
    await submit({ snapshot: snapshotId });

    const { operationId: submitId = '' } = getLastOperation() ?? {};
    world.store.openOperations = async () => ({ items: [] });
    expect(await dispose()).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining(submitId) as string });
  });

  it('is kept for a submit that names it at the same time', async () => {
    const readSnapshot = world.store.snapshot.bind(world.store);
    world.store.snapshot = async (...given) => {
      const found = await readSnapshot(...given);
      world.store.snapshot = readSnapshot;
      await submit({ snapshot: snapshotId });
      return found;
    };

    expect(await dispose()).toMatchObject({ code: 'wrong-state' });
  });

  it('is kept for a submit that came before Flink was asked', async () => {
    await dispose();
    await submit({ path });
    await runWorkflows();

    expect(getDisposal()).toMatchObject({ state: 'FAILED', problem: { code: 'wrong-state' } });
    expect(getFlink().disposed).toEqual([]);
  });

  it('is refused to a command that names it, until the disposal has failed', async () => {
    await dispose();
    const refused = await submit({ snapshot: snapshotId });
    await submit({ path });
    await runWorkflows();

    expect(refused).toMatchObject({ code: 'wrong-state', pointers: ['/restore/snapshot'] });
    expect(getDisposal()).toMatchObject({ state: 'FAILED' });
    expect(await submit({ snapshot: snapshotId })).toMatchObject({ outcome: 'done' });
  });
});
