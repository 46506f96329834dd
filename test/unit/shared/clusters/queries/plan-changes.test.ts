import { beforeEach, describe, expect, it } from 'vitest';

import { PlanRequest } from '#events/http/plans.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getFlink,
  reconcile,
  runWorkflows,
  savepointDirectory,
  setPolicy,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const application = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/etl.jar' } };

const plan = (data: object, target = 'local') =>
  planDeploy(target, PlanRequest.parse({ clusterId, rollout: { savepointDirectory }, ...data }), world.ports);
const deploy = async (data: object) => {
  await sendHttp('deploy', { clusterId, data: { ...data } }, world);
  await runWorkflows();
};

describe('the plan of a cluster ID that has a live cluster', () => {
  beforeEach(() => setPolicy({ jars: ['*'], plainSecrets: true }));

  it('has what an apply would change, against which revision, and where the state comes from', async () => {
    await deploy(application);

    const planned = await plan({ ...application, config: { 'my.option': '1' }, labels: { team: 'etl' } });

    expect(planned).toMatchObject({
      dryRun: 'passed',
      errors: [],
      changes: {
        revision: 1,
        unchanged: false,
        class: 'restart',
        changes: [
          { pointer: '/labels/team', new: 'etl', from: 'command' },
          { pointer: '/config/my.option', new: '1', from: 'command' },
        ],
      },
      state: {
        source: 'savepoint',
        lastState: { refusal: expect.stringContaining('high-availability.type') },
      },
    });
  });

  it('has the last checkpoint that an apply would start from, and how old it is', async () => {
    const config = {
      'execution.checkpointing.dir': 's3://state/checkpoints',
      'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    };
    await deploy({ ...application, config });
    await reconcile();
    const [jobId = ''] = getFlink().jobs.keys();
    getFlink().lastCheckpoints.set(jobId, { completed: { id: 3, path: 's3://state/checkpoints/a/chk-3' } });

    const planned = await plan({ ...application, config: { ...config, 'my.option': '1' } });

    expect(planned.state.lastState).toEqual({
      path: 's3://state/checkpoints/a/chk-3',
      at: expect.any(String),
      ageSeconds: expect.any(Number),
    });
  });

  it('says that the same spec changes nothing', async () => {
    await deploy(application);

    expect((await plan(application)).changes).toEqual({
      revision: 1,
      unchanged: true,
      class: 'none',
      changes: [],
    });
  });

  it('takes the state of the cluster, whatever the spec says about state', async () => {
    await deploy(application);
    const config = { 'execution.state-recovery.path': 's3://bucket/savepoint-1' };

    const planned = await plan({ ...application, config });
    const own = await plan({ ...application, job: { ...application.job, restore: { fromCluster: clusterId } } });

    expect(planned).toMatchObject({ changes: { unchanged: true, changes: [] }, state: { source: 'running' } });
    expect(planned.config).not.toHaveProperty(['execution.state-recovery.path']);
    expect(own.changes).toMatchObject({ unchanged: true });
  });

  it('has no secret of either spec', async () => {
    const withSecrets = (secret: string) => ({
      mode: 'application',
      job: { jar: `https://flink:${secret}@example.com/a.jar?signature=${secret}`, args: ['--password', secret] },
      config: { 's3.secret-key': secret, 'kubernetes.jobmanager.entrypoint.args': `-Ds3.secret-key=${secret}` },
      podTemplates: { default: { spec: { containers: [{ name: 'sidecar', env: [{ name: 'A', value: secret }] }] } } },
      files: { 'log4j-console.properties': secret },
    });
    await deploy(withSecrets('canary-old'));

    const { changes } = await plan(withSecrets('canary-new'));

    expect(changes?.changes.map(({ pointer }) => pointer)).toEqual([
      '/podTemplates/default/spec/containers/0/env/0/value',
      '/files/log4j-console.properties',
      '/job/jar',
      '/job/args',
      '/config/kubernetes.jobmanager.entrypoint.args',
      '/config/s3.secret-key',
    ]);
    expect(JSON.stringify(changes)).not.toContain('canary');
  });

  it('compares the options of the specs, when the target no longer accepts the old one', async () => {
    await deploy({ ...application, config: { 'kubernetes.namespace': 'flink', a: '1' } });
    const target = world.targets.known.get('local');
    if (target !== undefined) world.targets.known.set('local', { ...target, namespace: 'other' });

    const { changes } = await plan({ ...application, config: { a: '2' } });

    expect(changes?.changes).toEqual([
      { pointer: '/config/a', old: '1', new: '2', from: 'command' },
      { pointer: '/config/kubernetes.namespace', old: 'flink', from: 'command' },
    ]);
  });

  it('has another digest for another spec and another current revision', async () => {
    const before = await plan(application);
    await deploy(application);
    const [same, other] = [await plan(application), await plan({ ...application, labels: { a: 'b' } })];

    expect(new Set([before.digest, same.digest, other.digest]).size).toBe(3);
    expect((await plan(application)).digest).toBe(same.digest);
  });

  it('has no changes for a cluster that has ended, or whose spec is no longer stored', async () => {
    await deploy(application);
    await world.ports.revisionSpecs.remove((await world.store.revision(clusterRef, 1))?.value.operationId ?? '');
    expect(await plan(application)).not.toHaveProperty('changes');

    await sendHttp('stop', { clusterId }, world);
    await runWorkflows();
    expect(await plan(application)).not.toHaveProperty('changes');
  });
});
