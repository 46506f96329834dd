import { describe, expect, it } from 'vitest';

import { log4jConsole } from '#shared/flink/manifests/mounts/log4j.ts';

import { render } from './fixture.ts';

describe('a session cluster', () => {
  it('writes every field that Flink writes, in the form of Flink', () => {
    const { pod } = render();

    expect(pod?.spec).toEqual({
      containers: [
        {
          name: 'flink-main-container',
          image: 'apache/flink:2.3.0-scala_2.12',
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

  it('has the log settings of Drey by default', () => {
    expect(render().configMap.data?.['log4j-console.properties']).toBe(log4jConsole);
  });

  it("keeps the types of the distribution's values, and has the caller's values as text", () => {
    const { text } = render({ 'rest.port': '8082' });

    expect(text).toContain('port: 6123\n');
    expect(text).toContain("port: '8082'\n");
  });

  it.each([
    ['1', '1', '1.0', '1.0'],
    ['0.1', '3', '0.1', '0.30000000000000004'],
    ['0.0005', '2', '5.0E-4', '0.001'],
    ['10000000', '1', '1.0E7', '1.0E7'],
  ])('formats %s CPU with a limit factor of %s as Java does', (amount, factor, requested, limit) => {
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

  it('keeps the labels of its selector when the caller sets them', () => {
    const { deployment, pod } = render({ 'kubernetes.jobmanager.labels': 'app:mine,team:search' });

    const labels = { app: 'nest', type: 'flink-native-kubernetes', component: 'jobmanager', team: 'search' };
    expect([deployment.metadata?.labels, pod?.metadata?.labels]).toEqual([labels, labels]);
  });

  it("has the caller's labels on its services", () => {
    const { internal, service } = render({
      'kubernetes.internal-service.labels': 'app:inner',
      'kubernetes.rest-service.labels.app': 'outer',
    });

    expect([internal.metadata?.labels?.['app'], service.metadata?.labels?.['app']]).toEqual(['inner', 'outer']);
  });

  it('uses the given ports', () => {
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

  it('replaces port ranges by fixed ports', () => {
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

  it("keeps unknown options, and leaves out options of the client's machine", () => {
    const { config } = render({
      'no.such.option': '1',
      'rest.bind-address': 'localhost',
      'kubernetes.config.file': '/x',
    });

    expect(config).toMatchObject({ 'no.such.option': '1' });
    expect(Object.keys(config)).not.toContain('rest.bind-address');
    expect(Object.keys(config)).not.toContain('kubernetes.config.file');
  });

  it('replaces a deprecated name of an option by the current one', () => {
    const { config, container } = render({ 'env.java.opts': '-Dx=y', 'kubernetes.container.image': 'mine:1' });

    expect(config).toMatchObject({ 'env.java.opts.all': '-Dx=y', 'kubernetes.container.image.ref': 'mine:1' });
    expect(container?.image).toBe('mine:1');
  });

  it('uses the options for the start command, the log directory and other paths', () => {
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

  it.each(['n', 'nest-1', 'a'.repeat(45)])('accepts the id %s', (clusterId) => {
    expect(() => render({}, { clusterId })).not.toThrow();
  });

  it.each(['', '1nest', '-nest', 'nest-', 'Nest', 'my_nest', 'nest\n', 'a'.repeat(46)])(
    'rejects the id %j',
    (clusterId) => {
      expect(() => render({}, { clusterId })).toThrow(
        expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/clusterId' })] }),
      );
    },
  );
});
