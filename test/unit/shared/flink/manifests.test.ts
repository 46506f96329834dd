import type { V1ConfigMap, V1Service } from '@kubernetes/client-node';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { clientOnlyOptions } from '#shared/flink/config.ts';
import { log4jConsole } from '#shared/flink/manifests/log4j.ts';
import { addOwnerReference, toDocuments } from '#shared/flink/manifests/manifests.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { options } from '#shared/flink/options.ts';

import { fromConfigFile } from './normalise.ts';
import { faultOf } from './outcome.ts';

const render = (config: Record<string, string> = {}, rest: Partial<ClusterInput> = {}) => {
  const { deployment, dependents } = renderCluster({
    mode: 'session',
    clusterId: 'nest',
    namespace: 'trees',
    config,
    ...rest,
  });
  const [internal, service] = dependents.filter((object): object is V1Service => object.kind === 'Service');
  const configMap = dependents.find((object): object is V1ConfigMap => object.kind === 'ConfigMap');
  if (internal === undefined || service === undefined || configMap === undefined)
    throw new Error('an object is missing');
  const pod = deployment.spec?.template;
  const text = configMap.data?.['config.yaml'] ?? '';
  return {
    deployment,
    dependents,
    internal,
    service,
    configMap,
    pod,
    container: pod?.spec?.containers[0],
    config: fromConfigFile(text),
    text,
  };
};

describe('a session cluster', () => {
  it('writes every field that Flink writes, in the form of Flink', () => {
    const { pod } = render();

    expect(pod?.spec).toEqual({
      containers: [
        {
          name: 'flink-main-container',
          image: 'apache/flink:2.2.1-scala_2.12',
          imagePullPolicy: 'IfNotPresent',
          command: ['/docker-entrypoint.sh'],
          args: ['bash', '-c', 'kubernetes-jobmanager.sh kubernetes-session '],
          env: [{ name: '_POD_IP_ADDRESS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
          ports: [
            { name: 'rest', containerPort: 8081 },
            { name: 'jobmanager-rpc', containerPort: 6123 },
            { name: 'blobserver', containerPort: 6124 },
          ],
          resources: { limits: { memory: '1600Mi', cpu: '1.0' }, requests: { memory: '1600Mi', cpu: '1.0' } },
          volumeMounts: [
            { name: 'user-artifacts-volume', mountPath: '/opt/flink/artifacts' },
            { name: 'flink-config-volume', mountPath: '/opt/flink/conf' },
          ],
        },
      ],
      dnsPolicy: 'ClusterFirst',
      hostNetwork: false,
      serviceAccount: 'default',
      serviceAccountName: 'default',
      volumes: [
        { name: 'user-artifacts-volume', emptyDir: {} },
        {
          name: 'flink-config-volume',
          configMap: {
            name: 'flink-config-nest',
            items: [
              { key: 'log4j-console.properties', path: 'log4j-console.properties' },
              { key: 'config.yaml', path: 'config.yaml' },
            ],
          },
        },
      ],
    });
  });

  it("logs as Drey's own settings say where none are given", () => {
    expect(render().configMap.data?.['log4j-console.properties']).toBe(log4jConsole);
  });

  it("keeps the types of what the distribution sets, and a caller's values as text", () => {
    const { text } = render({ 'rest.port': '8082' });

    expect(text).toContain('port: 6123\n');
    expect(text).toContain("port: '8082'\n");
  });

  it.each([
    ['1', '1', '1.0', '1.0'],
    ['0.1', '3', '0.1', '0.30000000000000004'],
    ['0.0005', '2', '5.0E-4', '0.001'],
    ['10000000', '1', '1.0E7', '1.0E7'],
  ])('asks for %s CPU with a limit factor of %s as Java writes it', (amount, factor, requested, limit) => {
    const { container } = render({
      'kubernetes.jobmanager.cpu.amount': amount,
      'kubernetes.jobmanager.cpu.limit-factor': factor,
    });

    expect([container?.resources?.requests?.['cpu'], container?.resources?.limits?.['cpu']]).toEqual([
      requested,
      limit,
    ]);
  });

  it.each([
    ['2000000000', '1', '1907Mi', '1907Mi'],
    ['2048m', '1.33', '2048Mi', '2723Mi'],
  ])('rounds a memory of %s with a limit factor of %s down to whole mebibytes', (size, factor, requested, limit) => {
    const { container } = render({
      'jobmanager.memory.process.size': size,
      'kubernetes.jobmanager.memory.limit-factor': factor,
    });

    expect([container?.resources?.requests?.['memory'], container?.resources?.limits?.['memory']]).toEqual([
      requested,
      limit,
    ]);
  });

  it('keeps the labels by which it is found, whatever a caller labels it', () => {
    const { deployment, pod } = render({ 'kubernetes.jobmanager.labels': 'app:mine,team:search' });

    const labels = { app: 'nest', type: 'flink-native-kubernetes', component: 'jobmanager', team: 'search' };
    expect([deployment.metadata?.labels, pod?.metadata?.labels]).toEqual([labels, labels]);
  });

  it('lets a caller label its services', () => {
    const { internal, service } = render({
      'kubernetes.internal-service.labels': 'app:inner',
      'kubernetes.rest-service.labels.app': 'outer',
    });

    expect([internal.metadata?.labels?.['app'], service.metadata?.labels?.['app']]).toEqual(['inner', 'outer']);
  });

  it('uses the ports that are given', () => {
    const { container, internal, service, config } = render({
      'rest.port': '9000',
      'rest.bind-port': '9001',
      'jobmanager.rpc.port': '9002',
      'blob.server.port': '9003',
    });

    expect(container?.ports?.map(({ containerPort }) => containerPort)).toEqual([9000, 9002, 9003]);
    expect(internal.spec?.ports?.map(({ port }) => port)).toEqual([9002, 9003]);
    expect(service.spec?.ports).toEqual([{ name: 'rest', port: 9000, targetPort: 9001 }]);
    expect(config).toMatchObject({ 'blob.server.port': '9003', 'taskmanager.rpc.port': '6122' });
  });

  it('settles ports that may be any', () => {
    const { service, config } = render({ 'blob.server.port': '0', 'taskmanager.rpc.port': '0', 'rest.bind-port': '0' });

    expect(service.spec?.ports?.[0]?.targetPort).toBe(8081);
    expect(config).toMatchObject({
      'blob.server.port': '6124',
      'taskmanager.rpc.port': '6122',
      'rest.bind-port': '8081',
    });
  });

  it.each([
    ['ClusterIP', { type: 'ClusterIP' }],
    ['Headless_ClusterIP', { type: 'ClusterIP', clusterIP: 'None' }],
    ['LoadBalancer', { type: 'LoadBalancer' }],
  ])('is exposed as %s', (exposed, expected) => {
    const { spec } = render({ 'kubernetes.rest-service.exposed.type': exposed }).service;

    expect(spec).toMatchObject(expected);
    expect(spec && 'clusterIP' in spec).toBe('clusterIP' in expected);
  });

  it('passes on what it does not know, and leaves out what only holds on the machine of a client', () => {
    const { config } = render({
      'no.such.option': '1',
      'rest.bind-address': 'localhost',
      'kubernetes.config.file': '/x',
    });

    expect(config).toMatchObject({ 'no.such.option': '1' });
    expect(Object.keys(config)).not.toContain('rest.bind-address');
    expect(Object.keys(config)).not.toContain('kubernetes.config.file');
  });

  it('replaces an older name of an option, so that it does not stand beside the current one', () => {
    const { config, container } = render({ 'env.java.opts': '-Dx=y', 'kubernetes.container.image': 'mine:1' });

    expect(config).toMatchObject({ 'env.java.opts.all': '-Dx=y', 'kubernetes.container.image.ref': 'mine:1' });
    expect(container?.image).toBe('mine:1');
  });

  it('takes words for the start command, a log directory and other paths', () => {
    const { container } = render({
      'kubernetes.jobmanager.entrypoint.args': '-Da=b',
      'kubernetes.flink.log.dir': '/logs',
      'kubernetes.entry.path': '/start.sh',
      'kubernetes.flink.conf.dir': '/conf',
      'user.artifacts.base-dir': '/jars',
    });

    expect(container).toMatchObject({
      command: ['/start.sh'],
      args: ['bash', '-c', 'kubernetes-jobmanager.sh kubernetes-session -Da=b'],
      env: [{ name: '_POD_IP_ADDRESS' }, { name: 'FLINK_LOG_DIR', value: '/logs' }],
      volumeMounts: [{ mountPath: '/jars' }, { mountPath: '/conf' }],
    });
  });

  it('has every object in its namespace', () => {
    const { deployment, dependents } = render();

    expect([deployment, ...dependents].map(({ metadata }) => metadata?.namespace)).toEqual(Array(4).fill('trees'));
  });

  it.each(['n', 'nest-1', 'a'.repeat(45)])('may be called %s', (clusterId) => {
    expect(() => render({}, { clusterId })).not.toThrow();
  });

  it.each(['', '1nest', '-nest', 'nest-', 'Nest', 'my_nest', 'nest\n', 'a'.repeat(46)])(
    'may not be called %j',
    (clusterId) => {
      expect(() => render({}, { clusterId })).toThrow(
        expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/clusterId' })] }),
      );
    },
  );

  it('is refused with all mistakes at once', () => {
    const config = {
      'kubernetes.cluster-id': 'other',
      'kubernetes.namespace': 'other',
      'kubernetes.jobmanager.cpu': 'lots',
      'kubernetes.jobmanager.replicas': '2',
      'jobmanager.memory.process.size': '100m',
      'taskmanager.memory.process.size': '100m',
      'rest.address.x': '1',
    };

    expect(() => render(config, { clusterId: 'No' })).toThrow(
      expect.objectContaining({
        code: 'refused-option',
        errors: ['/clusterId', ...Object.keys(config).map((key) => `/config/${key}`)]
          .toSorted((one, other) => order.indexOf(one) - order.indexOf(other))
          .map((pointer) => expect.objectContaining({ pointer })),
      }),
    );
  });

  it('is rendered or refused, whatever is asked for', () => {
    const key = fc.oneof(
      fc.constantFrom(...Object.keys(options)),
      fc.string(),
      fc.constantFrom('__proto__', 'rest', 'env.java'),
    );
    const value = fc.oneof(fc.string(), fc.constantFrom('1', '2g', 'true', 'a:1,b:2'));

    fc.assert(
      fc.property(fc.dictionary(key, value), fc.string(), (config, clusterId) => {
        const faults = [clusterId, 'nest'].map((id) =>
          faultOf(() => renderCluster({ mode: 'session', clusterId: id, namespace: 'trees', config })),
        );

        expect(faults.every((fault) => fault === undefined || fault.errors.length > 0)).toBe(true);
      }),
    );
  });

  it('loses no value of the options, alone or in pairs', () => {
    const keys = Object.keys(options).map((key) => key.replace('<name>', 'gpu'));
    const ofClient = new Set([...clientOnlyOptions, ...settled]);
    const value = fc.constantFrom('1', '2g', '500m', 'true', 'a:1,b:2', '3 s', 'Always', 'x');

    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value, { minKeys: 1, maxKeys: 2 }), (given) => {
        const asked = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: given } as const;
        const fault = faultOf(() => renderCluster(asked));
        const kept = Object.entries(given).filter(([key]) => !ofClient.has(key));
        const expected = fault === undefined ? Object.fromEntries(kept) : {};

        expect([undefined, 'refused-option']).toContain(fault?.code);
        expect(fault === undefined ? writtenOf(renderCluster(asked)) : {}).toMatchObject(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses no option on the way to config.yaml', () => {
    const key = fc.stringMatching(/^my(\.[a-z]{1,8}){1,3}$/);

    fc.assert(
      fc.property(fc.dictionary(key, fc.string(), { maxKeys: 1 }), (config) => {
        expect(render(config).config).toMatchObject(config);
      }),
    );
  });
});

const writtenOf = ({ dependents }: ReturnType<typeof renderCluster>) => {
  const configMap = dependents.find((object): object is V1ConfigMap => object.metadata?.name === 'flink-config-nest');
  return fromConfigFile(configMap?.data?.['config.yaml'] ?? '');
};

/** What Flink's client settles by itself. */
const settled = ['kubernetes.internal.jobmanager.entrypoint.class', 'high-availability.cluster-id'];

const order = [
  '/clusterId',
  '/config/kubernetes.cluster-id',
  '/config/kubernetes.namespace',
  '/config/kubernetes.jobmanager.cpu',
  '/config/rest.address.x',
  '/config/kubernetes.jobmanager.replicas',
  '/config/jobmanager.memory.process.size',
  '/config/taskmanager.memory.process.size',
];

describe('an application cluster', () => {
  const job = { jar: 'local:///opt/flink/usrlib/job.jar', args: ['--n', '3'] };
  const rendered = (config: Record<string, string> = {}, rest: Partial<ClusterInput> = {}) =>
    renderCluster({ mode: 'application', clusterId: 'nest', namespace: 'trees', config, job, ...rest });
  const configOf = (manifests: ReturnType<typeof renderCluster>) =>
    Object.fromEntries(Object.entries(manifests.config).map(([key, { value }]) => [key, value]));

  it('starts the program, with what it is given', () => {
    const { deployment, config } = rendered({}, { job: { ...job, entryClass: 'a.Main', parallelism: 3 } });

    expect(deployment.spec?.template.spec?.containers[0]?.args?.[2]).toBe(
      'kubernetes-jobmanager.sh kubernetes-application ',
    );
    expect(configOf({ ...rendered(), config })).toMatchObject({
      'pipeline.jars': [job.jar],
      '$internal.application.main': 'a.Main',
      '$internal.application.program-args': ['--n', '3'],
      'parallelism.default': 3,
      'execution.attached': true,
    });
  });

  it("keeps a caller's own word against what Flink's client would put over it", () => {
    const config = { 'execution.attached': 'false', 'execution.state-recovery.claim-mode': 'CLAIM' };

    expect(configOf(rendered(config))).toMatchObject({ ...config, 'execution.attached': false });
  });

  it('is removed by itself only where a caller asks for that', () => {
    const drey = { 'execution.shutdown-on-application-finish': 'false' };

    expect(configOf(rendered({}, { drey }))).toMatchObject(drey);
    expect(configOf(rendered({ 'execution.shutdown-on-application-finish': 'true' }, { drey }))).toMatchObject({
      'execution.shutdown-on-application-finish': 'true',
    });
  });

  it.each([
    ['./job.jar', 'has no scheme'],
    ['/opt/job.jar', 'has no scheme'],
    ['file:///opt/job.jar', 'names a file on the disk of the JobManager'],
    ['http://host/job.jar', 'use https://'],
    ['ftp://host/job.jar', 'has the scheme ftp'],
    ['local://job.jar', 'does not name a file in the image'],
    ['s3:job.jar', 'does not name a file'],
    ['https://host', 'does not name a file'],
    ['local:///opt/my job.jar', 'write %20 for a space'],
  ])('is refused with the jar %s: it %s', (jar, why) => {
    expect(faultOf(() => rendered({}, { job: { ...job, jar } }))?.errors).toEqual([
      { pointer: '/job/jar', detail: expect.stringContaining(why) },
    ]);
  });

  it.each(['s3://jars/job.jar', 'https://host/job.jar', 'hdfs:///job.jar'])('may have the jar %s', (jar) => {
    expect(() => rendered({}, { job: { ...job, jar } })).not.toThrow();
  });

  it('may fetch by plain http where that is allowed', () => {
    const config = { 'user.artifacts.raw-http-enabled': 'true' };

    expect(() => rendered(config, { job: { ...job, jar: 'http://host/job.jar' } })).not.toThrow();
  });

  it('needs a program, and a session takes none', () => {
    expect(faultOf(() => rendered({}, { job: undefined }))?.errors).toMatchObject([{ pointer: '/job' }]);
    expect(faultOf(() => render({}, { job }))?.errors).toMatchObject([{ pointer: '/job' }]);
  });
});

describe('the namespace', () => {
  it("is the target's, whatever its defaults say", () => {
    const input = { mode: 'session', clusterId: 'x', namespace: 'default', config: {} } as const;

    const { config } = renderCluster({ ...input, defaults: { 'kubernetes.namespace': 'other' } });

    expect(config['kubernetes.namespace']).toEqual({ value: 'default', from: 'drey' });
  });
});

describe('the file of a pod template', () => {
  it('is refused where its content does not come with it', () => {
    const config = { 'kubernetes.pod-template-file.default': '/x.yaml' };

    expect(faultOf(() => render(config))?.errors).toEqual([
      { pointer: '/config/kubernetes.pod-template-file.default', detail: expect.stringContaining('podTemplates') },
    ]);
    expect(faultOf(() => render(config, { podTemplates: { default: { spec: {} } } }))).toBeUndefined();
  });
});

describe('high availability', () => {
  const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://ha/' };

  it('is of a known type, if not of a class', () => {
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

  it.each(['zookeeper', 'org.example.Factory', 'KUBERNETES'])('is on with %s', (type) => {
    expect(rendered({ ...ha, 'high-availability.type': type }).dependents).toHaveLength(2);
  });

  it('is off with NONE in any case, under its older name too', () => {
    expect(rendered({ 'high-availability': 'none' }).dependents).toHaveLength(3);
  });

  it('warns where the JobManager could not keep anything', () => {
    expect(rendered({ 'high-availability.type': 'kubernetes' }).warnings).toEqual([
      expect.stringContaining('high-availability.storageDir'),
    ]);
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

  it('is weaker than an option that is set, and stronger than a default', () => {
    const given = { 'kubernetes.container.image.ref': 'other:2', 'kubernetes.service-account': 'set' };
    const main = (config: Record<string, string>) => podOf(config, { jobmanager: template })?.spec?.containers.at(-1);

    expect(main({})).toMatchObject({ image: 'mine:1', imagePullPolicy: 'Always', workingDir: '/w' });
    expect(main(given)).toMatchObject({ image: 'other:2', imagePullPolicy: 'Always' });
    expect(podOf({}, { jobmanager: template })?.spec?.serviceAccount).toBe('from-template');
    expect(podOf(given, { jobmanager: template })?.spec?.serviceAccount).toBe('set');
  });

  it('adds to what options say, and does not change what Flink needs', () => {
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

  it("for TaskManagers is shipped to the JobManager, and the JobManager's own is not", () => {
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

describe('Kerberos and Hadoop', () => {
  const keytab = { name: 'flink.keytab', base64: 'a2V5' };
  const kerberosOptions = { 'security.kerberos.login.principal': 'flink@EXAMPLE' };
  const rendered = (config: Record<string, string>, rest: Partial<ClusterInput>) =>
    renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config, ...rest });

  it('are mounted where Flink looks for them', () => {
    const { deployment, dependents, config } = rendered(kerberosOptions, {
      kerberos: { keytab, krb5Conf: '[libdefaults]' },
      hadoop: { 'core-site.xml': '<configuration/>' },
    });

    expect(dependents.map(({ kind, metadata }) => `${kind} ${metadata?.name}`).slice(2)).toEqual([
      'ConfigMap hadoop-config-nest',
      'Secret kerberos-keytab-nest',
      'ConfigMap kerberos-krb5conf-nest',
      'ConfigMap flink-config-nest',
    ]);
    expect(deployment.spec?.template.spec?.containers[0]?.volumeMounts).toEqual([
      { name: 'user-artifacts-volume', mountPath: '/opt/flink/artifacts' },
      { name: 'hadoop-config-volume', mountPath: '/opt/hadoop/conf' },
      { name: 'kerberos-keytab-volume', mountPath: '/opt/kerberos/kerberos-keytab' },
      { name: 'kerberos-krb5conf-volume', mountPath: '/etc/krb5.conf', subPath: 'krb5.conf' },
      { name: 'flink-config-volume', mountPath: '/opt/flink/conf' },
    ]);
    expect(config['security.kerberos.login.keytab']?.value).toBe('/opt/kerberos/kerberos-keytab/flink.keytab');
    expect(config['security.kerberos.krb5-conf.path']?.value).toBe('/etc/krb5.conf');
  });

  it('are left out where they are switched off', () => {
    const { dependents } = rendered(
      {
        ...kerberosOptions,
        'security.kerberos.login.keytab': '/in/the/image',
        'kubernetes.decorator.kerberos-mount.enabled': 'false',
        'kubernetes.decorator.hadoop-conf-mount.enabled': 'false',
      },
      { kerberos: { keytab }, hadoop: { 'core-site.xml': 'x' } },
    );

    expect(dependents).toHaveLength(3);
  });

  it('may come from a ConfigMap that is there', () => {
    const { deployment, dependents } = rendered({ 'kubernetes.hadoop.conf.config-map.name': 'mine' }, {});

    expect(dependents).toHaveLength(3);
    expect(deployment.spec?.template.spec?.volumes).toContainEqual({
      name: 'hadoop-config-volume',
      configMap: { name: 'mine' },
    });
  });

  it.each([
    [{ ...kerberosOptions, 'security.kerberos.login.keytab': '/k' }, 'security.kerberos.login.keytab'],
    [{ 'security.kerberos.krb5-conf.path': '/etc/krb5.conf' }, 'security.kerberos.krb5-conf.path'],
  ])('are refused without the file: the pod would wait for it for ever', (config, key) => {
    expect(faultOf(() => rendered(config, {}))?.errors).toMatchObject([{ pointer: `/config/${key}` }]);
  });
});

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

  it('is what a caller says, and then starts an image of its own', () => {
    const { deployment } = rendered({ flinkVersion: '1.20' });

    expect(deployment.spec?.template.spec?.containers[0]?.image).toBe('apache/flink:1.20.3-scala_2.12');
  });

  it('1.20 starts what the folder or a template names, and writes no image of its own', () => {
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

  it('1.20 has a flat configuration file where its folder has one', () => {
    const old = rendered({ flinkVersion: '1.20', legacyConfigFile: true, folder: { 'rest.port': '9000', ...sizes } });
    const configMap = old.dependents.find((object): object is V1ConfigMap => object.kind === 'ConfigMap');

    expect(configMap?.data?.['flink-conf.yaml']).toContain('rest.port: 9000\n');
  });

  const sizes = { 'jobmanager.memory.process.size': '1g', 'taskmanager.memory.process.size': '1g' };
});

describe('the documents', () => {
  it('are the objects in the order of their creation, owned by the Deployment', () => {
    const documents = parseAllDocuments(toDocuments(render())).map((document): unknown => document.toJS());

    expect(documents).toMatchObject([
      { kind: 'Deployment' },
      ...['Service', 'Service', 'ConfigMap'].map((kind) => ({ kind, metadata: { ownerReferences: [{ uid: 'UID' }] } })),
    ]);
  });
});

describe('where a value came from', () => {
  it("is the caller's, under an older name too", () => {
    const { config } = renderCluster({
      mode: 'session',
      clusterId: 'nest',
      namespace: 'trees',
      config: { 'env.java.opts': 'mine' },
    });

    expect(config['env.java.opts.all']).toEqual({ value: 'mine', from: 'command' });
    expect(config).not.toHaveProperty(['env.java.opts']);
  });

  it('is told for each of them', () => {
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

  it('comes with a warning about what Flink does not know', () => {
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

describe('an object of a cluster', () => {
  it('goes with the Deployment that owns it', () => {
    const { service } = render();

    const owned = addOwnerReference(service, { name: 'nest', uid: '42' });

    expect(owned.spec).toEqual(service.spec);
    expect(owned.metadata).toEqual({
      name: 'nest-rest',
      namespace: 'trees',
      labels: { app: 'nest', type: 'flink-native-kubernetes' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'nest',
          uid: '42',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
  });
});
