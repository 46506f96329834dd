import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { readSnapshots } from '#shared/clusters/queries/snapshots.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  jar,
  listOperations,
  reconcile,
  runWorkflows,
  savepointDirectory as directory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const hour = 3_600;
/** The clock starts on Monday, 23 November 2026, at 12:00 UTC. */
const start = async (snapshots: object) => {
  await sendHttp('deploy', { clusterId, data: { mode: 'session', snapshots: { directory, ...snapshots } } }, world);
  await runWorkflows();
  await submit();
  let taken = 0;
  getFlink().savepoint = () => ({ location: `${directory}/${(taken += 1)}` });
  await pass(0);
};
const submit = async (data: object = {}) => {
  await sendHttp('submit', { clusterId, data: { jar, ...data } }, world);
  await runWorkflows();
  return getLastOperation()?.operationId ?? '';
};
const pass = async (seconds: number) => {
  world.passTime(seconds);
  await reconcile();
  await runWorkflows();
};
const listSnapshots = async () => (await readSnapshots(clusterRef, { limit: 100 }, world.ports)).items;
const listStates = async () => (await listSnapshots()).map(({ state }) => state);

describe('the snapshot policy of a cluster', () => {
  it('takes a savepoint of each running job when it is due', async () => {
    await start({ every: '1h' });
    const other = await submit();
    await pass(hour - 60);
    const early = await listSnapshots();
    await pass(60);

    expect(early).toEqual([]);
    const snapshots = await listSnapshots();
    expect(snapshots).toHaveLength(2);
    for (const snapshot of snapshots)
      expect(snapshot).toMatchObject({ state: 'COMPLETED', trigger: 'schedule', principal: 'drey:reconcile' });
    expect(snapshots.map(({ jobId }) => jobId)).toContain(other);
    await pass(60);
    expect(await listSnapshots()).toHaveLength(2);
    await pass(hour);
    expect(await listSnapshots()).toHaveLength(4);
  });

  it('takes none of a job whose savepoint is in flight', async () => {
    await start({ every: '1h' });
    await pass(hour - 60);
    getFlink().savepoint = () => 'in-progress';
    const [jobId = ''] = getFlink().jobs.keys();
    await sendHttp('savepoint', { clusterId, jobId, data: { directory } }, world);

    world.passTime(60);
    await reconcile();

    expect(listOperations().filter(({ kind }) => kind === 'savepoint')).toHaveLength(1);
  });

  it('takes each savepoint once, also when a pass is repeated', async () => {
    await start({ every: '1h' });
    const cluster = await getCluster();
    await pass(hour);
    const record = await world.store.cluster(clusterRef);
    // The record of the next time is lost, as if the pass had died before it.
    await world.store.commit({ cluster: { value: { ...record!.value, ...cluster }, previous: record!.version } });

    await pass(60);

    expect(await listSnapshots()).toHaveLength(1);
  });

  it('takes those of many jobs in several passes', async () => {
    await start({ every: '1h' });
    for (let job = 1; job < 22; job += 1) await submit();
    await pass(hour);
    const first = await listSnapshots();
    await pass(60);

    expect(first).toHaveLength(20);
    expect(new Set((await listSnapshots()).map(({ jobId }) => jobId))).toHaveLength(22);
    await pass(60);
    expect(await listSnapshots()).toHaveLength(22);
  });

  it('takes one in the next pass that could not be requested', async () => {
    await start({ every: '1h' });
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.snapshots !== undefined) throw new Fault('limit-reached', 'DynamoDB throttles.');
      return commit(change);
    };
    await pass(hour);
    world.store.commit = commit;
    const missed = await listSnapshots();
    await pass(60);

    expect(missed).toEqual([]);
    expect(await listStates()).toEqual(['COMPLETED']);
  });

  it('waits for the end of a span without savepoints', async () => {
    await start({ every: '1h', notBetween: ['Mon 14:30-15:00 Europe/Berlin'] });
    await pass(hour + 40 * 60);
    const within = await listSnapshots();
    await pass(21 * 60);

    expect(within).toEqual([]);
    expect(await listSnapshots()).toHaveLength(1);
  });

  it('keeps the newest, and disposes of the others through Flink', async () => {
    await start({ every: '1h', keep: 2 });
    for (let time = 0; time < 4; time += 1) await pass(hour);

    expect(await listStates()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'DISPOSED']);
    await pass(hour);
    expect(await listStates()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'DISPOSED', 'DISPOSED']);
    expect(getFlink().disposed).toEqual([`${directory}/1`, `${directory}/2`]);
  });

  it('disposes of those above the maximum age, but not of the newest', async () => {
    await start({ every: '1h', maxAge: '90min' });
    await pass(hour);
    await pass(hour);
    await pass(hour);

    expect(await listStates()).toEqual(['COMPLETED', 'COMPLETED', 'DISPOSED']);
  });

  it('neither counts nor disposes of those that it did not take', async () => {
    await start({ every: '1h', keep: 1 });
    const [jobId = ''] = getFlink().jobs.keys();
    await sendHttp('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();
    for (let time = 0; time < 3; time += 1) await pass(hour);

    expect(await listStates()).toEqual(['COMPLETED', 'COMPLETED', 'DISPOSED', 'COMPLETED']);
  });

  it('keeps one that a live job was restored from', async () => {
    await start({ every: '1h', keep: 1 });
    await pass(hour);
    const [first] = await listSnapshots();
    const [jobId = ''] = getFlink().jobs.keys();
    await submit({ restore: { snapshot: first?.snapshotId } });
    getFlink().setState(jobId, 'CANCELED');
    for (let time = 0; time < 3; time += 1) await pass(hour);

    const states = (await listSnapshots()).map(({ snapshotId, state }) => [snapshotId, state]);
    expect(states).toContainEqual([first?.snapshotId, 'COMPLETED']);
    expect(getFlink().disposed).not.toContain(first?.path);
  });

  it.each([
    ['without a directory', { every: '1h', directory: undefined }, '/snapshots/directory'],
    ['with seconds', { every: '30s' }, '/snapshots/every'],
    ['with a span without a time zone', { every: '1h', notBetween: ['08:00-10:00'] }, '/snapshots/notBetween/0'],
    ['with a span of no length', { every: '1h', notBetween: ['00:00-00:00 UTC'] }, '/snapshots/notBetween/0'],
    ['with an unknown zone', { every: '1h', notBetween: ['08:00-10:00 Mars/One'] }, '/snapshots/notBetween/0'],
  ])('is refused %s', async (_name, snapshots, pointer) => {
    const data = { mode: 'session', snapshots: { directory, ...snapshots } };

    expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({ pointers: [pointer] });
  });
});
