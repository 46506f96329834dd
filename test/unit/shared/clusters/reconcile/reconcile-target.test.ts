import { describe, expect, it } from 'vitest';

import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { deliverReconcile } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  reconcile,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('the reconciliation of a target', () => {
  const send = sendHttp;
  const reconcileOnly = (some: ReconcileRequest) => deliverReconcile(some, world.ports);
  const stored = async () => {
    const found = await world.store.cluster(clusterRef);
    return { cluster: found?.value, version: found?.version };
  };

  it('lists all clusters of the target in one request, and asks each Flink once', async () => {
    for (const id of ['one', 'two', 'three']) await send('deploy', { clusterId: id, data: session }, world);
    await runWorkflows();
    world.kubernetes.calls.length = 0;
    await reconcile();

    expect(world.kubernetes.calls).toEqual(['listDeployments', 'listUnreadyPods', 'flink', 'flink', 'flink']);
  });

  it('reads each cluster and its jobs, and writes nothing when nothing has changed', async () => {
    await submitJob(send);
    await reconcile();
    const { cluster: before, version } = await stored();
    await reconcile();

    expect(await stored()).toEqual({ cluster: before, version });
  });

  it('divides many clusters into reconcile requests', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `c${index}`);
    for (const id of ids) await send('deploy', { clusterId: id, data: session }, world);
    await runWorkflows();
    world.kubernetes.deleteByHand('c7');
    await reconcile();
    await runWorkflows();

    const [first, ...parts] = world.reconcileQueue.sent;
    const listed = parts.flatMap(({ clusters = [] }) => clusters.map((cluster) => cluster.clusterId));
    expect(first).toEqual({ target: 'local' });
    expect(parts.map(({ clusters }) => clusters?.length)).toEqual([50, 50, 20]);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(await world.store.cluster({ target: 'local', clusterId: 'c7' })).toMatchObject({
      value: { state: 'STOPPED', reason: 'DeploymentDeleted' },
    });
  });

  it('reconciles each target on its own', async () => {
    await putTarget('second', { ...plainTarget, namespace: 'other' }, world.ports);
    await reconcile();

    expect(world.reconcileQueue.sent).toEqual([{ target: 'local' }, { target: 'second' }]);
  });

  it('ignores a list that is older than the record', async () => {
    await startSession(send);
    await reconcileOnly({ target: 'local', clusters: [{ clusterId }] });

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(world.kubernetes.calls).toContain('observe');
  });
});
