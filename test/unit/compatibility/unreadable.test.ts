import { beforeEach, describe, expect, it } from 'vitest';

import { clusterHandler } from '#functions/cluster.ts';
import { clustersHandler } from '#functions/clusters.ts';
import { operationHandler } from '#functions/operation.ts';
import { startupSteps } from '#functions/startup.ts';
import { stepsHandler } from '#functions/handlers/steps.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';

import { makeTableWorld, type TableWorld } from './world.ts';
import { unknownMember } from './versions.ts';

const target = { cluster: 'eks', region: 'eu-central-1', namespace: 'flink' } as never; // The defaults are added on reading.

/** Records that a later version wrote: during a rollback, and during a canary deployment. */
describe('a record of a later version', () => {
  let world: TableWorld;
  beforeEach(async () => {
    world = makeTableWorld();
    await world.ports.targets.put('local', target);
    for (const clusterId of ['etl', 'other']) {
      await sendHttp('deploy', { clusterId, data: { mode: 'session', taskToken: 'secret' } }, world);
      await world.workflows.runAll(world.ports);
    }
  });

  const change = (sk: string, id: string, members: object) => {
    const found = [...world.table.items.entries()].find(([key, item]) => item.sk === sk && key.includes(id));
    if (found === undefined) throw new Error(`there is no item ${id}`);
    const [, item] = found;
    world.table.load([{ ...item, value: { ...(item['value'] as object), ...members } }]);
  };
  const readItems = () => JSON.stringify([...world.table.items.values()]);
  const callCluster = (clusterId: string, rest = '') =>
    callHandler(
      clusterHandler(world.ports),
      makeHttpEvent(`GET /v1/targets/{target}/clusters/{clusterId}${rest}`, { target: 'local', clusterId }),
    );
  const list = () =>
    callHandler(clustersHandler(world.ports), makeHttpEvent('GET /v1/targets/{target}/clusters', { target: 'local' }));
  const readOperation = (operationId: string) =>
    callHandler(
      operationHandler(world.ports),
      makeHttpEvent('GET /v1/targets/{target}/operations/{operationId}', { target: 'local', operationId }),
    );
  const getDeployId = async () =>
    (await world.ports.store.cluster({ target: 'local', clusterId: 'etl' }))?.value.operationId ?? '';

  it('answers version-mismatch for a state that this version does not know', async () => {
    change('cluster', 'etl', { state: 'HIBERNATED' });

    expect(await callCluster('etl')).toMatchObject({
      status: 503,
      body: { code: 'version-mismatch', retryable: true, detail: expect.stringContaining('/state: must be one of') },
    });
  });

  it.each(origins)('returns a command on it through %s, and changes nothing', async (_origin, send) => {
    change('cluster', 'etl', { state: 'HIBERNATED' });
    const before = readItems();

    expect(await send('stop', { clusterId: 'etl' }, world)).toMatchObject({ outcome: 'returned' });
    expect(readItems()).toBe(before);
  });

  it('is named by the list of clusters, which has the others', async () => {
    change('cluster', 'etl', { mode: 'per-team' });

    expect(await list()).toMatchObject({
      status: 200,
      body: { clusters: [{ clusterId: 'other' }], unreadable: ['etl'] },
    });
  });

  it('does not keep the reconciler from other clusters, and its Deployment stays', async () => {
    change('cluster', 'etl', { conditions: [{ type: 'Stable' }] });
    world.kubernetes.deleteByHand('other');
    await dispatchReconcile(world.ports);
    await world.workflows.runAll(world.ports);

    expect((await callCluster('other')).body).toMatchObject({ state: 'STOPPED', reason: 'DeploymentDeleted' });
    expect([...world.kubernetes.clusters.keys()]).toEqual(['etl']);
  });

  it('of a problem with another code keeps its text', async () => {
    const id = await getDeployId();
    change('operation', id, {
      state: 'FAILED',
      problem: {
        type: '',
        title: 'Rollout failed',
        status: 502,
        detail: 'why',
        code: 'from-later-version',
        retryable: false,
      },
    });

    expect((await readOperation(id)).body).toMatchObject({
      problem: { code: 'internal', title: 'Rollout failed', detail: 'why' },
    });
  });

  it('shows its members to no caller, and neither do those that only Drey uses', async () => {
    const id = await getDeployId();
    change('cluster', 'etl', { [unknownMember]: 'x' });
    change('operation', id, { [unknownMember]: 'x' });
    const answers = [await callCluster('etl'), await list(), await readOperation(id)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(JSON.stringify(answers)).not.toMatch(new RegExp(`${unknownMember}|taskToken|"request"`));
  });

  it('is named for a step that this version does not have, so that Step Functions retries it', async () => {
    const handler = stepsHandler(startupSteps as never, world.ports) as unknown as (
      event: object,
      context: object,
    ) => Promise<unknown>;
    const called = handler(
      { step: 'rollBack', state: { operationId: 'a' } },
      { getRemainingTimeInMillis: () => 29_000 },
    );

    await expect(called).rejects.toMatchObject({ name: 'version-mismatch' });
  });
});
