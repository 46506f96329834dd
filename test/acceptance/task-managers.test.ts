import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { openAccess } from '#test/support/kubeconfig.ts';

import { call, clusterPath, freshId, small, startCluster, stop, system, until, untilState } from '../support/system.ts';

const openNamespace = async () => {
  const config = new KubeConfig();
  config.loadFromFile(system.kubeconfig);
  const target = { ...plainTarget, name: system.target, namespace: system.namespace };
  return openKubernetes(target, {
    access: await openAccess(config),
    stage: 'test',
    signal: AbortSignal.timeout(600_000),
  });
};

describe('TaskManagers that cannot start', () => {
  const clusterId = freshId('no-java');
  const words = "Improperly specified VM option 'MaxMetaspaceSize=1gb'";
  const read = async () => (await call<Cluster>('GET', clusterPath(clusterId))).body;

  beforeAll(() =>
    startCluster({
      mode: 'application',
      clusterId,
      job: { jar: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar' },
      config: {
        ...small,
        'kubernetes.jobmanager.cpu.amount': '0.1',
        'kubernetes.taskmanager.cpu.amount': '0.1',
        'env.java.opts.taskmanager': '-XX:MaxMetaspaceSize=1gb',
      },
    }),
  );
  afterAll(() => stop(clusterId));

  it('are explained by the last words of their container, with the way out', async () => {
    const health = await until(
      async () => (await read()).conditions.find(({ type }) => type === 'Healthy'),
      (condition) => condition?.message.includes('VM option') === true,
    );

    expect(health).toMatchObject({ status: 'False', reason: 'TaskManagerFailed' });
    expect(health?.message).toContain(words);
    expect(health?.message).toMatch(/Correct env\.java\.opts\.taskmanager or env\.java\.opts\.all, and deploy/);
  });

  it('have a log that can be read to its end while they start, and that does not end while Flink runs', async () => {
    await untilState(clusterId, 'RUNNING');
    const kubernetes = await openNamespace();
    const readNext = async () => {
      const { pods } = await kubernetes.observe(clusterId);
      const next = pods.find(({ component }) => component === 'taskmanager');
      const options = { lines: 20, pod: next?.name ?? '', waitForEndMs: 8_000 };
      return next && kubernetes.readLog(clusterId, options).catch(() => undefined);
    };

    const log = await until(readNext, (text) => text !== undefined);
    const ofJobManager = kubernetes.readLog(clusterId, { lines: 20, waitForEndMs: 1_000 });

    expect(log).toContain(words);
    await expect(ofJobManager).rejects.toMatchObject({ code: 'target-unreachable' });
  });
});
