import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { origins } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  limitTarget,
  runWorkflows,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const listRevisions = async (id = clusterId) =>
  (await world.store.revisions({ ...clusterRef, clusterId: id }, { after: 0 })).items.map(({ value }) => value);
const listSpecIds = () => [...world.revisionSpecs.stored.keys()];

describe.each(origins)('the revision of a deploy through %s', (_origin, send) => {
  const deploy = (data: object = session, id = clusterId) =>
    send('deploy', { clusterId: id, data: { ...data } }, world);
  const stop = async () => {
    await send('stop', { clusterId }, world);
    await runWorkflows();
  };

  it('has a record with the deploy, and its spec in the bucket', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar', restore: { path: 's3://bucket/savepoint-1' } };
    await deploy({ mode: 'application', image: 'flink:2.2', job, taskToken: 'token', labels: { team: 'etl' } });

    const cluster = await getCluster();
    const [revision] = await listRevisions();
    expect(revision).toMatchObject({
      ...clusterRef,
      number: 1,
      operationId: cluster?.operationId,
      createdAt: cluster?.createdAt,
      principal: world.store.operations.get(cluster?.operationId ?? '')?.value.principal,
      mode: 'application',
      image: 'flink:2.2',
      flinkVersion: '2.2',
      jar: job.jar,
      restoredFrom: 's3://bucket/savepoint-1',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(cluster?.revision).toBe(1);
    expect(await world.revisionSpecs.read(cluster?.operationId ?? '')).toMatchObject({
      clusterId,
      mode: 'application',
      job,
      labels: { team: 'etl' },
    });
    expect(JSON.stringify([...world.revisionSpecs.stored])).not.toContain('token');
  });

  it('is numbered for its cluster ID, also across incarnations', async () => {
    await deploy();
    await runWorkflows();
    await deploy(session, 'other');
    await stop();
    await deploy();

    expect((await listRevisions()).map(({ number }) => number)).toEqual([2, 1]);
    expect((await listRevisions('other')).map(({ number }) => number)).toEqual([1]);
    expect((await getCluster())?.revision).toBe(2);
  });

  it('is recorded when the deploy is queued, and stays when it starts', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(session, 'first');
    await deploy();
    const queued = await listRevisions();
    await runQueues(world);
    await send('stop', { clusterId: 'first' }, world);
    await runWorkflows();
    await runQueues(world);

    expect(queued).toHaveLength(1);
    expect(await listRevisions()).toEqual(queued);
    expect(listSpecIds()).toContain(queued[0]?.operationId);
  });

  it('is neither recorded nor stored for a deploy that is refused', async () => {
    await deploy();
    const specs = listSpecIds();
    await deploy();
    await deploy({ ...session, config: { 'jobmanager.memory.process.size': '300m' } }, 'small');
    limitTarget({ limits: { cpu: 0.5 } });
    await deploy(session, 'other');

    expect(listSpecIds()).toEqual(specs);
    expect(await listRevisions()).toHaveLength(1);
    expect([...(await listRevisions('small')), ...(await listRevisions('other'))]).toEqual([]);
  });

  it('has one spec when the record is written after a conflict', async () => {
    const commit = world.store.commit.bind(world.store);
    let attempts = 0;
    world.store.commit = async (change) => {
      if (change.revisions !== undefined && (attempts += 1) === 1) throw new Fault('conflict', 'no');
      return commit(change);
    };
    await deploy();

    expect(attempts).toBe(2);
    expect(listSpecIds()).toEqual([(await getCluster())?.operationId]);
  });

  it('keeps its spec when the write of its record has no answer', async () => {
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      await commit(change);
      if (change.revisions !== undefined) throw new Fault('deadline-exceeded', 'no answer');
    };
    await deploy();

    expect(listSpecIds()).toEqual((await listRevisions()).map(({ operationId }) => operationId));
    expect(listSpecIds()).toHaveLength(1);
  });

  it('is not recorded when its spec cannot be stored', async () => {
    world.revisionSpecs.put = async () => {
      throw new Fault('deadline-exceeded', 'no answer');
    };

    expect(await deploy()).toMatchObject({ outcome: 'returned' });
    expect(await getCluster()).toBeUndefined();
  });
});
