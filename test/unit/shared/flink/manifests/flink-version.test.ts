import type { V1ConfigMap } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

describe('the version of Flink', () => {
  const files = Object.fromEntries(
    ['log4j.properties', 'logback-console.xml', 'log4j-console.properties'].map((name) => [name, name]),
  );
  const rendered = (rest: Partial<ClusterInput>, image?: string) =>
    renderCluster({
      mode: 'session',
      clusterId: 'nest',
      namespace: 'trees',
      files,
      config: image === undefined ? {} : { 'kubernetes.container.image.ref': image },
      ...rest,
    });
  const namesOf = ({ dependents }: ReturnType<typeof rendered>) => {
    const configMap = dependents.find((object): object is V1ConfigMap => object.metadata?.name === 'flink-config-nest');
    return Object.keys(configMap?.data ?? {});
  };

  it.each([
    ['flink:1.20.3-java17', true],
    ['registry:5000/team/flink:1.20', true],
    ['flink:1.20@sha256:0123456789abcdef', true],
    ['flink:2.2', false],
    ['flink:latest', false],
    ['registry:1500/flink', false],
  ])('follows from the tag of %s', (image, isOld) => {
    expect(namesOf(rendered({}, image))).toEqual(
      isOld
        ? ['logback-console.xml', 'log4j-console.properties', 'config.yaml']
        : ['log4j.properties', 'logback-console.xml', 'log4j-console.properties', 'config.yaml'],
    );
  });

  it('is that of the option, which also selects the image', () => {
    const { deployment } = rendered({ flinkVersion: '1.20' });

    expect(deployment.spec?.template.spec?.containers[0]?.image).toBe('apache/flink:1.20.3-scala_2.12');
  });

  it('1.20 uses the image of the configuration folder or of a template', () => {
    const folder = { 'kubernetes.container.image': 'my/flink:1.20.3-java17', ...sizes };
    const podTemplates = {
      default: { spec: { containers: [{ name: 'flink-main-container', image: 'tpl/flink:1' }] } },
    };
    const imageIn = ({ deployment }: ReturnType<typeof rendered>) =>
      deployment.spec?.template.spec?.containers[0]?.image;

    expect(imageIn(rendered({ folder }))).toBe('my/flink:1.20.3-java17');
    expect(imageIn(rendered({ flinkVersion: '1.20', podTemplates }))).toBe('tpl/flink:1');
    expect(rendered({ flinkVersion: '1.20' }).config).not.toHaveProperty('kubernetes.container.image.ref');
  });

  it('1.20 has a flat configuration file when its folder has one', () => {
    const old = rendered({ flinkVersion: '1.20', legacyConfigFile: true, folder: { 'rest.port': '9000', ...sizes } });
    const configMap = old.dependents.find((object): object is V1ConfigMap => object.kind === 'ConfigMap');

    expect(configMap?.data?.['flink-conf.yaml']).toContain('rest.port: 9000\n');
  });

  const sizes = { 'jobmanager.memory.process.size': '1g', 'taskmanager.memory.process.size': '1g' };
});
