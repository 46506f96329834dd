import { describe, expect, it } from 'vitest';

import { deploy } from '#events/commands/deploy.ts';

import { application, beginsWith, convert, deployment, sessionJob } from './fixture.ts';

/** What the examples and the end-to-end tests of the operator set, with other names. */
const main = 'flink-main-container';
const slots = { 'taskmanager.numberOfTaskSlots': 2 };
const sizes = (memory: string, cpu: number | string) => ({
  jobManager: { resources: { requests: { memory, cpu } } },
  taskManager: { resources: { requests: { memory, cpu } } },
});
const volume = (source: unknown) => ({
  spec: {
    containers: [{ name: main, volumeMounts: [{ mountPath: '/data', name: 'data' }] }],
    volumes: [{ name: 'data', ...(source as object) }],
  },
});
const hostPath = volume({ hostPath: { path: '/tmp/data', type: 'Directory' } });
const claim = volume({ persistentVolumeClaim: { claimName: 'state' } });
const storage = { 'ephemeral-storage': '2048Mi' };
const fetched = {
  spec: {
    initContainers: [
      {
        name: 'fetch',
        image: 'busybox:1.35.0',
        imagePullPolicy: 'IfNotPresent',
        command: ['wget', 'https://repo.example.com/etl.jar', '-O', '/jars/etl.jar'],
        volumeMounts: [{ mountPath: '/jars', name: 'jars' }],
      },
    ],
    containers: [
      {
        name: main,
        resources: { requests: storage, limits: storage },
        volumeMounts: [{ mountPath: '/opt/flink/usrlib', name: 'jars' }],
      },
    ],
    volumes: [{ name: 'jars', emptyDir: {} }],
  },
};
const highAvailability = {
  'high-availability': { type: 'kubernetes', storageDir: 'file:///data/ha' },
  state: { 'savepoints.dir': 'file:///data/sp', checkpoints: { dir: 'file:///data/cp' } },
};
const tls = { enabled: true, keystore: '/tls/keystore.jks', 'key-password': 'k', truststore: '/tls/truststore.jks' };
const e2e = { image: 'flink:1.20', flinkVersion: 'v1_20', ...sizes('1024m', '0.5'), mode: 'native' };

const deployed: Readonly<Record<string, readonly [resource: unknown, part: object]>> = {
  basic: [
    application({ upgradeMode: 'stateless' }, { flinkConfiguration: slots }),
    { mode: 'application', job: { parallelism: 2 }, config: { 'taskmanager.numberOfTaskSlots': '2' } },
  ],
  'high availability on a path of the host': [
    application(
      { upgradeMode: 'savepoint', state: 'running', savepointTriggerNonce: 0 },
      { flinkConfiguration: { ...slots, ...highAvailability }, podTemplate: hostPath },
    ),
    {
      config: {
        'high-availability.type': 'kubernetes',
        'high-availability.storageDir': 'file:///data/ha',
        'state.savepoints.dir': 'file:///data/sp',
        'state.checkpoints.dir': 'file:///data/cp',
      },
      podTemplates: { default: hostPath },
    },
  ],
  'an application from a savepoint': [
    application({ initialSavepointPath: 'file:///data/sp/savepoint-1' }, { podTemplate: hostPath }),
    { job: { restore: { path: 'file:///data/sp/savepoint-1' } } },
  ],
  'a session without options': [deployment(), { mode: 'session' }],
  'a log configuration': [
    application({}, { logConfiguration: { 'log4j-console.properties': 'rootLogger.level = DEBUG\n' } }),
    { files: { 'log4j-console.properties': 'rootLogger.level = DEBUG\n' } },
  ],
  'a Python program': [
    application(
      {
        jarURI: 'local:///opt/flink/opt/flink-python-2.2.0.jar',
        entryClass: 'org.apache.flink.client.python.PythonDriver',
        args: ['-pyclientexec', '/usr/bin/python3', '-py', '/opt/flink/usrlib/words.py'],
      },
      { image: 'words:latest' },
    ),
    { flinkVersion: '2.2', job: { entryClass: 'org.apache.flink.client.python.PythonDriver' } },
  ],
  'a runner of SQL scripts': [
    application({ args: ['/opt/flink/usrlib/simple.sql'] }, { image: 'sql:latest', flinkVersion: 'v1_20' }),
    { flinkVersion: '1.20', job: { args: ['/opt/flink/usrlib/simple.sql'] } },
  ],
  'TLS with a Secret': [
    application({}, { flinkConfiguration: { 'security.ssl': { internal: tls }, 'kubernetes.secrets': 'cert:/tls' } }),
    { config: { 'security.ssl.internal.enabled': 'true', 'kubernetes.secrets': 'cert:/tls' } },
  ],
  'a sidecar and a container that fetches': [
    application(
      {},
      {
        podTemplate: {
          spec: {
            containers: [{ name: main }, { name: 'logs', image: 'fluent-bit:3', command: ['sh', '-c', 'tail'] }],
            volumes: [{ name: 'jars', emptyDir: {} }],
          },
        },
        jobManager: {
          ...sizes('2048m', '1').jobManager,
          podTemplate: { spec: { initContainers: fetched.spec.initContainers } },
        },
      },
    ),
    {
      podTemplates: {
        jobmanager: { spec: { initContainers: [{ name: 'fetch' }], containers: [{ name: main }, { name: 'logs' }] } },
        taskmanager: { spec: { containers: [{ name: main }, { name: 'logs' }] } },
      },
    },
  ],
  'an application of the tests': [
    application({ upgradeMode: 'last-state' }, { ...e2e, flinkConfiguration: highAvailability, podTemplate: claim }),
    { config: { 'execution.checkpointing.interval': '5 min', 'kubernetes.jobmanager.cpu.amount': '0.5' } },
  ],
  'a batch job with the deprecated resource': [
    application(
      { args: ['--execution-mode', 'BATCH'] },
      {
        ...e2e,
        jobManager: { resource: { memory: '1024m', cpu: 0.5 } },
        taskManager: { resource: { memory: '1Gi', cpu: 0.5 } },
        podTemplate: fetched,
      },
    ),
    { config: { 'jobmanager.memory.process.size': '1024m', 'taskmanager.memory.process.size': '1024m' } },
  ],
  'a session of the tests': [
    deployment({ ...e2e, flinkConfiguration: { ...slots, ...highAvailability }, podTemplate: claim }),
    { mode: 'session', config: { 'taskmanager.numberOfTaskSlots': '2' } },
  ],
};

const apiVersion = 'flink.apache.org/v1beta1';
const refused: Readonly<Record<string, readonly [resource: unknown, field: string]>> = {
  'an Ingress': [
    application({}, { ingress: { template: '{{name}}.example.com', className: 'nginx' } }),
    'spec.ingress',
  ],
  'the reactive mode': [
    application({}, { mode: 'standalone', flinkConfiguration: { 'scheduler-mode': 'REACTIVE' } }),
    'spec.mode',
  ],
  'the autoscaler': [
    application({}, { flinkConfiguration: { 'job.autoscaler': { enabled: true, 'metrics.window': '3m' } } }),
    'spec.flinkConfiguration.job.autoscaler.enabled',
  ],
  'TLS for REST': [
    deployment({ flinkConfiguration: { 'security.ssl': { internal: tls, rest: tls } } }),
    'spec.flinkConfiguration.security.ssl.rest.enabled',
  ],
  'a HorizontalPodAutoscaler': [
    { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef: { apiVersion } } },
    'spec.scaleTargetRef',
  ],
  'a blue-green deployment': [
    { apiVersion, kind: 'FlinkBlueGreenDeployment', spec: { template: { spec: application().spec } } },
    'kind',
  ],
  'a savepoint that exists': [
    { apiVersion, kind: 'FlinkStateSnapshot', spec: { savepoint: { alreadyExists: true } } },
    'spec.savepoint.alreadyExists',
  ],
};

describe('what the examples of the operator have', () => {
  it.each(Object.entries(deployed))('%s becomes a deploy that Drey accepts', (_name, [resource, part]) => {
    const { deploy: body, refusals, notes } = convert(resource);

    expect(refusals).toEqual([]);
    expect(body).toMatchObject(part);
    expect(deploy.data.safeParse(body).error).toBeUndefined();
    expect(notes.filter((note) => note.includes('A deploy may be refused'))).toEqual([]);
  });

  it.each(Object.entries(refused))('%s is refused by its field', (_name, [resource, field]) => {
    expect(convert(resource).refusals).toEqual([beginsWith(`${field}: `)]);
  });

  it.each([[{}], [{ entryClass: 'com.example.Clicks', upgradeMode: 'savepoint' }]])(
    'a job %j becomes a submit to its session',
    (fields) => {
      const flinkConfiguration = { 'security.ssl': { rest: tls }, 'kubernetes.secrets': 'cert:/tls' };

      expect(convert(sessionJob(fields, { flinkConfiguration }), deployment()).job).toMatchObject({
        clusterId: 'etl',
        submit: { parallelism: 4 },
      });
    },
  );
});
