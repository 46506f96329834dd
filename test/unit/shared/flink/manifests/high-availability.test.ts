import { describe, expect, it } from 'vitest';

import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

import { render } from './fixture.ts';

describe('high availability', () => {
  const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://ha/' };

  it('has a known type or a class', () => {
    expect(faultOf(() => render({ ...ha, 'high-availability.type': 'kubernets' }))?.errors).toEqual([
      { pointer: '/config/high-availability.type', detail: expect.stringContaining('not one of NONE, kubernetes') },
    ]);
  });
  const rendered = (config: Record<string, string>) =>
    renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config });

  it('finds the JobManager by its leader, not by a service', () => {
    const { dependents, config } = rendered({ ...ha, 'jobmanager.rpc.port': '7000' });

    expect(dependents.map(({ metadata }) => metadata?.name)).toEqual(['nest-rest', 'flink-config-nest']);
    expect(config['high-availability.cluster-id']).toEqual({ value: 'nest', from: 'drey' });
    expect(config['high-availability.jobmanager.port']?.value).toBe('7000');
    expect(config['jobmanager.rpc.address']).toEqual({ value: 'localhost', from: 'folder' });
  });

  it.each(['zookeeper', 'org.example.Factory', 'KUBERNETES'])('is enabled by %s', (type) => {
    expect(rendered({ ...ha, 'high-availability.type': type }).dependents).toHaveLength(2);
  });

  it('is disabled by NONE in any case, under its deprecated name too', () => {
    expect(rendered({ 'high-availability': 'none' }).dependents).toHaveLength(3);
  });

  it('warns when the JobManager cannot store anything', () => {
    expect(rendered({ 'high-availability.type': 'kubernetes' }).warnings).toEqual([
      expect.stringContaining('high-availability.storageDir'),
    ]);
  });
});
