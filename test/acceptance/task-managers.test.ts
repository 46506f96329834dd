import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';

import { call, clusterPath, freshId, small, startCluster, stop, until } from '../support/system.ts';

describe('TaskManagers that cannot start', () => {
  it('are explained by the last words of their container, with the way out', async () => {
    const clusterId = freshId('no-java');
    await startCluster({
      mode: 'application',
      clusterId,
      job: { jar: 'local:///opt/flink/usrlib/TopSpeedWindowing.jar' },
      config: {
        ...small,
        'kubernetes.jobmanager.cpu.amount': '0.1',
        'kubernetes.taskmanager.cpu.amount': '0.1',
        'env.java.opts.taskmanager': '-XX:MaxMetaspaceSize=1gb',
      },
    });

    const health = await until(
      async () =>
        (await call<Cluster>('GET', clusterPath(clusterId))).body.conditions.find(({ type }) => type === 'Healthy'),
      (condition) => condition?.message.includes('VM option') === true,
    );

    await stop(clusterId);
    expect(health).toMatchObject({ status: 'False', reason: 'TaskManagerFailed' });
    expect(health?.message).toContain("Improperly specified VM option 'MaxMetaspaceSize=1gb'");
    expect(health?.message).toMatch(/Correct env\.java\.opts\.taskmanager or env\.java\.opts\.all, and deploy/);
  });
});
