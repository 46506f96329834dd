import type { V1ConfigMap } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { detectFlinkVersion } from '#shared/flink/version.ts';

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
    ['flink:1.20.5-java17', '1.20'],
    ['registry:5000/team/flink:1.20', '1.20'],
    ['flink:1.20@sha256:0123456789abcdef', '1.20'],
    ['flink:1.19.3', '1.20'],
    ['flink:2.0', '2.0'],
    ['apache/flink:2.0.2-scala_2.12-java21', '2.0'],
    ['flink:v2.1.3', '2.1'],
    ['flink:2.1-java17@sha256:0123456789abcdef', '2.1'],
    ['registry:5000/flink:2.2_custom', '2.2'],
    ['flink:2.3.0-java11', '2.3'],
    ['registry/team/flink:2.2.1-scala', '2.2'],
    ['my-flink:2.1', '2.1'],
    ['team/flink-etl:1.19.1', '1.20'],
    ['mycompany/etl:1.4.2', '2.3'],
    ['flink/etl:1.20', '2.3'],
    ['myapp:2.0', '2.3'],
    ['myapp:2.0@sha256:0123456789abcdef', '2.3'],
    ['flink:1.4.2', '2.3'],
    ['flink:2.4.0', '2.3'],
    ['flink:2.9', '2.3'],
    ['flink:2.10', '2.3'],
    ['flink:scala_2.12-java17', '2.3'],
    ['flink:latest', '2.3'],
    ['registry:1500/flink', '2.3'],
    [undefined, '2.3'],
  ] as const)('follows from the tag of %s', (image, version) => {
    expect(detectFlinkVersion(image)).toBe(version);
  });

  const unknown = 'which Drey does not know. Drey starts the cluster as one of Flink 2.3.';
  it.each([
    ['flink:release-1.20', undefined, 'has 1.20, but does not start with a version of Flink. Drey starts'],
    ['flink:1.20rc1', undefined, 'has 1.20, but does not start with a version of Flink. Drey starts'],
    ['flink:java17-2.2.1@sha256:ab', undefined, 'has 2.2, but does not start with a version of Flink. Drey starts'],
    ['flink:2.4.0', undefined, `names Flink 2.4, ${unknown}`],
    ['my-flink:1.4.2', undefined, `names Flink 1.4, ${unknown}`],
    ['myapp:2.0', undefined, 'The tag of the image myapp:2.0 looks like Flink 2.0'],
    ['myapp:1.19.3', undefined, 'looks like Flink 1.20'],
    ['flink:2.2', '2.3', 'flinkVersion (-Ddrey.flink-version) is 2.3, but the image is flink:2.2.'],
    ['apache/flink:1.19', '2.0', 'is 2.0, but the image is apache/flink:1.19.'],
  ] as const)('causes a warning if it may be wrong: %s, %s', (image, flinkVersion, text) => {
    const { warnings } = rendered(flinkVersion === undefined ? {} : { flinkVersion }, image);

    expect(warnings).toEqual([expect.stringContaining(text)]);
    expect(warnings[0]).toContain('-Ddrey.flink-version');
  });

  it.each([
    ['flink:2.2', undefined],
    ['flink:2.2.1-java17', '2.2'],
    ['flink:1.19', '1.20'],
    ['flink:latest', '2.0'],
    ['flink:scala_2.12-java17', undefined],
    ['flink:2.4.0', '2.3'],
    ['mycompany/etl:1.4.2', undefined],
    ['myapp:2.3', undefined],
    ['myapp:2.0', '2.2'],
    [undefined, '1.20'],
  ] as const)('causes no warning otherwise: %s, %s', (image, flinkVersion) => {
    expect(rendered(flinkVersion === undefined ? {} : { flinkVersion }, image).warnings).toEqual([]);
  });

  it('is that of the image of a pod template', () => {
    const podTemplates = {
      default: { spec: { containers: [{ name: 'flink-main-container', image: 'my/flink:2.1.3' }] } },
    };

    expect(rendered({ podTemplates }).flinkVersion).toBe('2.1');
    expect(rendered({ podTemplates }, 'flink:2.2').flinkVersion).toBe('2.2');
  });

  it.each([
    ['1.20', '1.20.5'],
    ['2.0', '2.0.2'],
    ['2.1', '2.1.3'],
    ['2.2', '2.2.1'],
    ['2.3', '2.3.0'],
  ] as const)('is that of the option: %s, which also selects the image', (flinkVersion, release) => {
    const { deployment } = rendered({ flinkVersion });

    expect(deployment.spec?.template.spec?.containers[0]?.image).toBe(`apache/flink:${release}-scala_2.12`);
  });

  const console = ['logback-console.xml', 'log4j-console.properties', 'config.yaml'];
  it.each([
    ['1.20', console],
    ['2.0', console],
    ['2.1', ['log4j.properties', ...console]],
    ['2.3', ['log4j.properties', ...console]],
  ] as const)('%s mounts the files of its client', (flinkVersion, names) => {
    expect(namesOf(rendered({ flinkVersion }))).toEqual(names);
  });

  it.each([
    ['1.20', false],
    ['2.0', false],
    ['2.1', true],
    ['2.2', true],
    ['2.3', true],
  ] as const)("%s has the flags of Java's modules of its distribution", (flinkVersion, exportsNetUtil) => {
    const { value } = rendered({ flinkVersion }).config['env.java.opts.all'] ?? {};

    expect(String(value).includes('--add-exports=java.base/sun.net.util=ALL-UNNAMED')).toBe(exportsNetUtil);
    expect(value).toContain('--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED --add-exports=jdk.compiler/');
  });

  it.each([
    ['1.20', true],
    ['2.1', true],
    ['2.2', false],
    ['2.3', false],
  ] as const)('%s ignores labels of services as its client does, with a warning: %s', (flinkVersion, isIgnored) => {
    const key = 'kubernetes.rest-service.labels';
    const { dependents, warnings, config } = rendered({ flinkVersion, config: { [key]: 'team:birds' } });
    const service = dependents.find(({ metadata }) => metadata?.name === 'nest-rest');

    expect(service?.metadata?.labels?.['team']).toBe(isIgnored ? undefined : 'birds');
    expect(warnings).toEqual(
      isIgnored ? [`${key} is not an option of Flink ${flinkVersion}. Flink 2.2 introduced it.`] : [],
    );
    expect(config[key]?.value).toBe('team:birds');
  });

  it('1.20 uses the image of the configuration folder or of a template', () => {
    const folder = { 'kubernetes.container.image': 'my/flink:1.20.5-java17', ...sizes };
    const podTemplates = {
      default: { spec: { containers: [{ name: 'flink-main-container', image: 'tpl/flink:1' }] } },
    };
    const imageIn = ({ deployment }: ReturnType<typeof rendered>) =>
      deployment.spec?.template.spec?.containers[0]?.image;

    expect(imageIn(rendered({ folder }))).toBe('my/flink:1.20.5-java17');
    expect(imageIn(rendered({ flinkVersion: '1.20', podTemplates }))).toBe('tpl/flink:1');
    expect(rendered({ flinkVersion: '1.20' }).config).not.toHaveProperty('kubernetes.container.image.ref');
  });

  const sizes = { 'jobmanager.memory.process.size': '1g', 'taskmanager.memory.process.size': '1g' };
});
