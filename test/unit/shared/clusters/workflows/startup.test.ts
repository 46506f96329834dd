import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { findOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { assess } from '#shared/clusters/workflows/startup.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getLastOperation,
  reconcile,
  runWorkflows,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('deploy from %s', (_origin, send) => {
  it('ends in FAILED with the reason when the image cannot be pulled, and removes what it created', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    world.kubernetes.cluster(clusterId).trouble = { reason: 'ImagePullBackOff', message: 'no such image' };
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'FAILED',
      reason: 'ImagePullBackOff',
      message: expect.stringContaining('no such image'),
    });
    expect(getLastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'deployment-failed', reason: 'ImagePullBackOff' },
    });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('records the phases that it has reached, with their times', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    const [scheduled, pulling, started] = ['2026-11-24T01:10:01Z', '2026-11-24T01:10:02Z', '2026-11-24T01:10:09Z'];
    const { operationId } = getLastOperation()!;
    const step = () => assess({ operationId }, world.ports);
    const reached = () => getLastOperation()?.phases?.map(({ name, at }) => `${name} ${at}`);

    world.kubernetes.cluster(clusterId).reached = { scheduled, pulling };
    await step();
    const first = reached();
    Object.assign(world.kubernetes.cluster(clusterId), { ready: true, reached: { scheduled, pulling, started } });
    await runWorkflows();

    expect(first).toEqual([`Scheduled ${scheduled}`, `Pulling ${pulling}`]);
    expect(reached()).toEqual([...first!, `Started ${started}`, expect.stringMatching(/^RestUp /)]);
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('records the digest of the image that the JobManager runs', async () => {
    const imageDigest = `sha256:${'a'.repeat(64)}`;
    await send('deploy', { clusterId, data: session }, world);
    world.kubernetes.cluster(clusterId).imageDigest = imageDigest;
    await runWorkflows();

    expect((await world.store.revision(clusterRef, 1))?.value).toMatchObject({ number: 1, imageDigest });
  });

  it('has the last lines of the log in the problem of a crash loop', async () => {
    await send('deploy', { clusterId, data: session }, world);
    Object.assign(world.kubernetes.cluster(clusterId), {
      restarts: 3,
      previousLog: 'Fatal error: no rights',
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off' },
    });
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'FAILED',
      reason: 'CrashLoopBackOff',
      message: expect.stringContaining('Fatal error: no rights'),
    });
  });

  it('waits for a sidecar that holds up the pod, and names it without the log of Flink', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    Object.assign(world.kubernetes.cluster(clusterId), {
      log: 'INFO Flink runs',
      sidecarTrouble: { reason: 'ErrImagePull', message: 'no image proxy:1' },
    });
    await assess({ operationId: getLastOperation()!.operationId }, world.ports);
    const { phase } = getLastOperation()!;
    await runWorkflows();

    expect(phase).toBe('ErrImagePull: no image proxy:1');
    expect(await getCluster()).toMatchObject({
      state: 'FAILED',
      reason: 'ErrImagePull',
      message: 'no image proxy:1',
    });
  });

  it('ends in FAILED at its deadline', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it('waits while the target does not answer', async () => {
    await send('deploy', { clusterId, data: session }, world);
    for (let time = 0; time < 5; time += 1)
      world.kubernetes.failNext('observe', new Fault('target-unreachable', 'dark'));
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });
});

describe('the objects of a failed deploy', () => {
  const send = sendHttp;

  it.each([
    ['remove', 0],
    ['keep', 1],
  ])('are treated as onFailure says: %s', async (onFailure, left) => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: { ...session, onFailure } }, world);
    world.kubernetes.cluster(clusterId).trouble = { reason: 'InvalidImageName', message: 'no such name' };
    await runWorkflows();
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'InvalidImageName' });
    expect(world.kubernetes.clusters.size).toBe(left);
    expect(await findOrphans('local', world.ports)).toEqual([]);

    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(world.kubernetes.clusters.size).toBe(0);
  });
});
