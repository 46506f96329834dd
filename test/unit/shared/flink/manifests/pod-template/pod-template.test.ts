import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

import { render } from '#test/unit/shared/flink/manifests/fixture.ts';

describe('the file of a pod template', () => {
  it('is rejected without its content', () => {
    const config = { 'kubernetes.pod-template-file.default': '/x.yaml' };

    expect(faultOf(() => render(config))?.errors).toEqual([
      { pointer: '/config/kubernetes.pod-template-file.default', detail: expect.stringContaining('podTemplates') },
    ]);
    expect(faultOf(() => render(config, { podTemplates: { default: { spec: {} } } }))).toBeUndefined();
  });
});

describe('a pod template', () => {
  const template = {
    metadata: { name: 'pod', labels: { app: 'other', team: 'a' }, annotations: { x: '1' } },
    spec: {
      serviceAccountName: 'from-template',
      nodeSelector: { disk: 'ssd' },
      hostNetwork: true,
      imagePullSecrets: [{ name: 'one' }],
      containers: [
        { name: 'flink-main-container', image: 'mine:1', imagePullPolicy: 'Always', command: ['no'], workingDir: '/w' },
        { name: 'sidecar', image: 'side:1' },
      ],
    },
  };
  const podOf = (config: Record<string, string>, podTemplates: NonNullable<ClusterInput['podTemplates']>) =>
    renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config, podTemplates }).deployment.spec
      ?.template;

  it('is overridden by a set option, and overrides a default', () => {
    const given = { 'kubernetes.container.image.ref': 'other:2', 'kubernetes.service-account': 'set' };
    const main = (config: Record<string, string>) => podOf(config, { jobmanager: template })?.spec?.containers.at(-1);

    expect(main({})).toMatchObject({ image: 'mine:1', imagePullPolicy: 'Always', workingDir: '/w' });
    expect(main(given)).toMatchObject({ image: 'other:2', imagePullPolicy: 'Always' });
    expect(podOf({}, { jobmanager: template })?.spec?.serviceAccount).toBe('from-template');
    expect(podOf(given, { jobmanager: template })?.spec?.serviceAccount).toBe('set');
  });

  it('adds fields, and does not change those that Flink needs', () => {
    const pod = podOf(
      { 'kubernetes.jobmanager.node-selector': 'zone:a', 'kubernetes.container.image.pull-secrets': 'two' },
      { default: template },
    );

    expect(pod?.metadata).toMatchObject({ labels: { app: 'nest', team: 'a' }, annotations: { x: '1' } });
    expect(pod?.spec).toMatchObject({
      hostNetwork: false,
      nodeSelector: { disk: 'ssd', zone: 'a' },
      imagePullSecrets: [{ name: 'one' }, { name: 'two' }],
    });
    expect(pod?.spec?.containers.map(({ name }) => name)).toEqual(['sidecar', 'flink-main-container']);
    expect(pod?.spec?.containers.at(-1)?.command).toEqual(['/docker-entrypoint.sh']);
  });

  it('of TaskManagers is shipped to the JobManager, and that of the JobManager is not', () => {
    const shipped = (podTemplates: NonNullable<ClusterInput['podTemplates']>) =>
      renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config: {}, podTemplates })
        .dependents.map(({ metadata }) => metadata?.name)
        .includes('pod-template-nest');

    expect([
      shipped({ jobmanager: template }),
      shipped({ taskmanager: template }),
      shipped({ default: template }),
    ]).toEqual([false, true, true]);
  });
});
