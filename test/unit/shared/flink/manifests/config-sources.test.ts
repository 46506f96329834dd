import { describe, expect, it } from 'vitest';

import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

describe('the origin of a value', () => {
  it('is the caller, under a deprecated name too', () => {
    const { config } = renderCluster({
      mode: 'session',
      clusterId: 'nest',
      namespace: 'trees',
      config: { 'env.java.opts': 'mine' },
    });

    expect(config['env.java.opts.all']).toEqual({ value: 'mine', from: 'command' });
    expect(config).not.toHaveProperty(['env.java.opts']);
  });

  it('is recorded for each value', () => {
    const { config } = renderCluster({
      mode: 'session',
      clusterId: 'nest',
      namespace: 'trees',
      defaults: { 'kubernetes.service-account': 'flink', 'rest.port': '1' },
      config: { 'rest.port': '9000' },
    });

    expect(config).toMatchObject({
      'kubernetes.service-account': { value: 'flink', from: 'target' },
      'rest.port': { value: '9000', from: 'command' },
      'parallelism.default': { value: 1, from: 'folder' },
      'execution.target': { from: 'drey' },
    });
  });

  it('comes with a warning for an option that Flink does not know', () => {
    const { warnings } = renderCluster({
      mode: 'session',
      clusterId: 'nest',
      namespace: 'trees',
      config: { 'kubernetes.jobmanager.cpus': '2', 'my.own.option': '1', 'kubernetes.jobmanager.labels.team': 'a' },
    });

    expect(warnings).toEqual([
      'kubernetes.jobmanager.cpus is not an option of Flink. The most similar option is kubernetes.jobmanager.cpu.amount.',
    ]);
  });
});
