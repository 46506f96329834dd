import { describe, expect, it } from 'vitest';

import { getStockConfig } from '#shared/flink/config.ts';
import { parseConfigFile } from '#shared/flink/config-file.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { parseYaml } from '#shared/flink/yaml-document.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const input: ClusterInput = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: {} };
const render = (config: ClusterInput['config'], rest: Partial<ClusterInput> = {}) =>
  renderCluster({ ...input, ...rest, config });
const configFileOf = ({ dependents }: ReturnType<typeof render>) => {
  const configMap = dependents.find(({ metadata }) => metadata?.name === 'flink-config-nest');
  const data = configMap !== undefined && 'data' in configMap ? configMap.data : undefined;
  return parseConfigFile(data?.['config.yaml'] ?? '');
};

describe("the flags of Java's modules", () => {
  const stock = String(getStockConfig('2.3')['env.java.opts.all']);

  it.each(['env.java.opts', 'env.java.opts.all'])('stay when the caller sets %s', (key) => {
    const config = configFileOf(render({ [key]: '-Duser.timezone=Europe/Berlin' }));

    expect(config['env.java.opts.all']).toBe('-Duser.timezone=Europe/Berlin');
    expect(config['env.java.default-opts.all']).toBe(stock);
  });

  it('stay in front of default options of the caller', () => {
    const config = configFileOf(render({ 'env.java.opts.all': '-Da=b', 'env.java.default-opts.all': '-Dc=d' }));

    expect(config['env.java.default-opts.all']).toBe(`${stock} -Dc=d`);
  });

  it('are not repeated when the caller has them', () => {
    const config = configFileOf(render({ 'env.java.opts.all': `${stock} -Da=b` }));

    expect(config).not.toHaveProperty(['env.java.default-opts.all']);
  });

  it('stay as they are when nobody replaces them', () => {
    const config = configFileOf(render({}));

    expect(config['env.java.opts.all']).toBe(stock);
    expect(config).not.toHaveProperty(['env.java.default-opts.all']);
  });
});

describe('a key that is a value and a prefix', () => {
  it.each([
    { 's3.endpoint': 'http://minio:9000', 's3.endpoint.region': 'eu-central-1' },
    { 'env.java.opts.all': '-Da=b', 'env.java.opts.all.more': 'b' },
  ])('arrives with the longer key: %j', (config) => {
    expect(configFileOf(render(config))).toMatchObject(config);
  });
});

describe('a mistake that Kubernetes or Flink would report later', () => {
  it.each([
    ['equal ports', { 'rest.port': '6123' }, 'rest.port: is 6123, the port of jobmanager.rpc.port'],
    [
      'a comma in a pull secret',
      { 'kubernetes.container.image.pull-secrets': 'a,b' },
      "separate several names with ';'",
    ],
    ['the name of a Secret', { 'kubernetes.secrets': 'My_Secret:/x' }, "'My_Secret' is not the name of a Secret"],
    ['a long name of a Secret', { 'kubernetes.secrets': `${'a'.repeat(57)}:/x` }, 'at most 56 characters'],
    [
      'a large option',
      { 'pipeline.global-job-parameters': `blob:${'x'.repeat(1_200_000)}` },
      'The largest part is pipeline.global-job-parameters with 1200005 bytes.',
    ],
  ])('is refused by name: %s', (_what, config, message) => {
    expect(faultOf(() => render(config))).toMatchObject({
      code: 'refused-option',
      message: expect.stringContaining(message),
    });
  });

  it('is refused by name: large files', () => {
    const files = Object.fromEntries(
      [
        'log4j.properties',
        'logback.xml',
        'logback-console.xml',
        'log4j-console.properties',
        'logback-session.xml',
        'log4j-session.properties',
      ].map((name, index) => [name, 'x'.repeat(190_000 + index)]),
    );

    expect(faultOf(() => render({}, { files }))).toMatchObject({
      errors: [{ pointer: '/files/log4j-session.properties' }],
    });
  });

  it('is not a port on the network of the node', () => {
    expect(() => render({ 'rest.port': '6123', 'kubernetes.hostnetwork.enabled': 'true' })).not.toThrow();
  });
});

describe('a Secret with a dot in its name', () => {
  it('is mounted as a volume without one', () => {
    const pod = render({ 'kubernetes.secrets': 'my.secret:/etc/s' }).deployment.spec?.template.spec;

    expect(pod?.volumes).toContainEqual({ name: 'my-secret-volume', secret: { secretName: 'my.secret' } });
    expect(pod?.containers[0]?.volumeMounts).toContainEqual({ name: 'my-secret-volume', mountPath: '/etc/s' });
  });
});

describe('a pod template that repeats what Flink adds', () => {
  const container = {
    name: 'flink-main-container',
    ports: [
      { name: 'rest', containerPort: 8081, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9249 },
    ],
    env: [
      { name: 'TZ', value: 'UTC' },
      { name: '_POD_IP_ADDRESS', value: 'x' },
    ],
  };
  const main = render(
    { 'containerized.master.env.TZ': 'Europe/Berlin' },
    { podTemplates: { default: { spec: { containers: [container] } } } },
  ).deployment.spec?.template.spec?.containers[0];

  it('has each port once', () => {
    expect(main?.ports?.map(({ name }) => name)).toEqual(['metrics', 'rest', 'jobmanager-rpc', 'blobserver']);
    expect(main?.ports).toContainEqual({ name: 'rest', containerPort: 8081, protocol: 'TCP' });
  });

  it('has each variable once, with the value of the option', () => {
    expect(main?.env?.filter(({ name }) => name === 'TZ')).toEqual([{ name: 'TZ', value: 'Europe/Berlin' }]);
    expect(main?.env?.find(({ name }) => name === '_POD_IP_ADDRESS')).not.toHaveProperty('value');
  });
});

describe('a map with a value that contains a colon', () => {
  const key = 'kubernetes.jobmanager.annotations';
  const role = 'arn:aws:iam::1:role/x';

  it('is refused with the way to write it', () => {
    expect(faultOf(() => render({ [key]: `iam.amazonaws.com/role:${role}` }))?.errors).toEqual([
      {
        pointer: `/config/${key}`,
        detail: expect.stringContaining("put text that contains ',' or ':' in single quotes"),
      },
    ]);
  });

  it('keeps the value in single quotes', () => {
    const { metadata } = render({ [key]: `iam.amazonaws.com/role:'${role}'` }).deployment;

    expect(metadata?.annotations).toMatchObject({ 'iam.amazonaws.com/role': role });
  });
});

describe('a map of very many names', () => {
  const key = 'kubernetes.jobmanager.labels';
  const toMap = (count: number) => `{${Array.from({ length: count }, (_, index) => `a${index}: b`).join(', ')}}`;
  const errorsOf = (text: string) => faultOf(() => render({ [key]: text }))?.errors ?? [];

  it('is refused with its option and the maximum', () => {
    expect(errorsOf(toMap(50_000))).toEqual([
      { pointer: `/config/${key}`, detail: expect.stringContaining('about 10000 entries; write fewer entries') },
    ]);
  });

  it('is allowed below the maximum', () => {
    expect(errorsOf(toMap(9_000))).toEqual([]);
  });

  it.each([
    ['anchors', `${'&a '.repeat(200_000)}[x]`],
    ['tags', `${'!a '.repeat(200_000)}[x]`],
  ])('is refused with %s in front', (_what, text) => {
    expect(errorsOf(text)).toMatchObject([{ pointer: `/config/${key}` }]);
  });

  it('is refused with a name twice', () => {
    expect(errorsOf('{a: 1, b: 2, a: 3}')).toMatchObject([
      { detail: expect.stringContaining('duplicated mapping key at line 1, column 14') },
    ]);
  });
});

describe('a document of YAML', () => {
  const toAliases = (count: number) => `a: &a x\nb: [${'*a, '.repeat(count)}]\n`;

  it('has no name twice in a map', () => {
    const [error, ...more] = parseYaml('a: 1\nb: {c: 1, c: 2}\na: 2\n').errors;

    expect(error?.message).toBe('Map keys must be unique at line 3, column 1');
    expect(more).toEqual([]);
  });

  it('has at most 1000 aliases, because each is looked up in the whole document', () => {
    expect(parseYaml(toAliases(1_000)).errors).toEqual([]);
    expect(parseYaml(toAliases(1_001)).errors).toMatchObject([
      { message: expect.stringMatching(/^More than 1000 aliases at line 2/) },
    ]);
  });
});
