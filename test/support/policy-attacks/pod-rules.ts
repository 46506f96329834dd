import {
  main,
  at,
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
  images,
  image,
  secrets,
} from './builders.ts';

const imageRows: readonly Row[] = [
  [
    session({}),
    '/podTemplates',
    'images: container flink-main-container of the JobManager has the image apache/flink:',
    images,
  ],
  [session({ image: 'evil/flink:2.2' }), '/config/kubernetes.container.image.ref', 'images', images],
  [
    options({ 'kubernetes.container.image': 'evil/flink:2.2' }),
    '/config/kubernetes.container.image.ref',
    'images',
    images,
  ],
  [
    session({ image, podTemplates: { default: { spec: { containers: [{ name: 'proxy', image: 'evil' }] } } } }),
    `${at}/containers/0/image`,
    'container proxy',
    images,
  ],
  [
    session({ image, podTemplates: { taskmanager: { spec: { initContainers: [{ name: 'init', image: 'evil' }] } } } }),
    '/podTemplates/taskmanager/spec/initContainers/0/image',
    'init container init',
    images,
  ],
  [
    session({ image, podTemplates: { default: { spec: { volumes: [{ name: 'v', image: { reference: 'evil' } }] } } } }),
    `${at}/volumes/0/image/reference`,
    'volume v',
    images,
  ],
  [
    session({ image, config: { 'kubernetes.jobmanager.entrypoint.args': '-Dkubernetes.container.image.ref=evil' } }),
    args,
    'has the image evil',
    images,
  ],
  [
    session({ image: 'registry.example.com.evil.io/flink' }),
    '/config/kubernetes.container.image.ref',
    'images',
    images,
  ],
  [
    session({ image }),
    '/config/kubernetes.container.image.ref',
    'images',
    { images: ['registry.example.com/*@sha256:*'] },
  ],
  [
    session({ image: 'registry.example.com/flink@sha256:x' }),
    '/config/kubernetes.container.image.ref',
    'images',
    images,
  ],
];

const accountRows: readonly Row[] = [
  [options({ 'kubernetes.service-account': 'admin' }), '/config/kubernetes.service-account', 'service accounts'],
  [
    options({ 'kubernetes.jobmanager.service-account': 'admin' }),
    '/config/kubernetes.jobmanager.service-account',
    'service accounts',
  ],
  [
    options({ 'kubernetes.taskmanager.service-account': 'admin' }),
    '/config/kubernetes.taskmanager.service-account',
    'service accounts',
  ],
  [pod({ serviceAccountName: 'admin' }), `${at}/serviceAccountName`, 'service accounts'],
  [
    pod({ serviceAccount: 'admin' }, 'taskmanager'),
    '/podTemplates/taskmanager/spec/serviceAccount',
    'service accounts',
  ],
  [dynamic('-D kubernetes.taskmanager.service-account=admin'), args, 'a TaskManager has the service account admin'],
  [
    application({ sql: { script: "SET 'kubernetes.service-account' = 'admin'; INSERT INTO a SELECT 1" } }),
    '/job/sql/script',
    'service accounts',
  ],
];

const exposureRows: readonly Row[] = [
  [
    options({ 'kubernetes.rest-service.exposed.type': 'LoadBalancer' }),
    '/config/kubernetes.rest-service.exposed.type',
    'exposure: the REST service has the type LoadBalancer',
  ],
  [
    options({ 'kubernetes.rest-service.exposed.type': 'NodePort' }),
    '/config/kubernetes.rest-service.exposed.type',
    'exposure',
  ],
  [
    options({ 'kubernetes.rest-service.exposed.type': 'Headless_ClusterIP' }),
    '/config/kubernetes.rest-service.exposed.type',
    'exposure',
    { exposure: ['ClusterIP'] },
  ],
  [
    options({ 'kubernetes.rest-service.annotations': 'tailscale.com/expose:true' }),
    '/config/kubernetes.rest-service.annotations',
    'annotations: the REST service',
  ],
  [
    options({ 'kubernetes.internal-service.annotations': 'a:b' }),
    '/config/kubernetes.internal-service.annotations',
    'annotations: the internal service',
  ],
  [
    options({ 'kubernetes.jobmanager.annotations': 'iam.amazonaws.com/role:admin' }),
    '/config/kubernetes.jobmanager.annotations',
    'annotations',
  ],
  [
    annotations({ annotations: { 'sidecar.istio.io/proxyImage': 'evil' } }),
    '/podTemplates/default/metadata/annotations/sidecar.istio.io~1proxyImage',
    'annotations',
  ],
  [
    annotations({ annotations: { 'prometheus.io/scrape': 'true' } }),
    '/podTemplates/default/metadata/annotations/prometheus.io~1scrape',
    'annotations',
    { annotations: ['team.example.com/*'] },
  ],
];

const namespaceSelector = { topologyKey: 'zone', namespaceSelector: {} };

const referenceRows: readonly Row[] = [
  [
    options({ 'kubernetes.secrets': 'admin:/mnt' }),
    '/config/kubernetes.secrets',
    'secrets: volume admin-volume of the JobManager uses the Secret admin',
    secrets,
  ],
  [
    options({ 'kubernetes.env.secretKeyRef': 'env:A,secret:admin,key:a' }),
    '/config/kubernetes.env.secretKeyRef',
    'secrets',
    secrets,
  ],
  [
    options({ 'kubernetes.container.image.pull-secrets': 'admin' }),
    '/config/kubernetes.container.image.pull-secrets',
    'secrets',
    secrets,
  ],
  [
    options({ 'kubernetes.hadoop.conf.config-map.name': 'admin' }),
    '/config/kubernetes.hadoop.conf.config-map.name',
    'secrets',
    secrets,
  ],
  [
    container({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'admin', key: 'a' } } }] }),
    `${at}/containers/0/env/0/valueFrom/secretKeyRef`,
    'secrets',
    secrets,
  ],
  [
    container({ envFrom: [{ secretRef: { name: 'admin' } }] }),
    `${at}/containers/0/envFrom/0/secretRef`,
    'secrets',
    secrets,
  ],
  [
    volume({ projected: { sources: [{ secret: { name: 'admin' } }] } }),
    `${at}/volumes/0/projected/sources/0/secret`,
    'secrets',
    secrets,
  ],
  [
    volume({ csi: { driver: 'd', nodePublishSecretRef: { name: 'admin' } } }),
    `${at}/volumes/0/csi/nodePublishSecretRef`,
    'secrets',
    secrets,
  ],
  [
    volume({ secret: { secretName: 'kerberos-keytab-other' } }),
    `${at}/volumes/0/secret/secretName`,
    'belongs to another cluster',
  ],
  [volume({ configMap: { name: 'flink-config-other' } }), `${at}/volumes/0/configMap`, 'belongs to another cluster'],
  [annotations({ namespace: 'kube-system' }), '/podTemplates/default/metadata/namespace', 'namespaces own'],
  [
    pod({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [namespaceSelector] } } }),
    `${at}/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/namespaceSelector`,
    'namespaces own',
  ],
  [pod({ priorityClassName: 'system-node-critical' }), `${at}/priorityClassName`, 'priority'],
  [
    pod(
      { containers: [{ name: main, volumeMounts: [{ name: 'v', mountPath: '/opt/flink/pod-template' }] }] },
      'jobmanager',
    ),
    '/podTemplates/jobmanager/spec/containers/0/volumeMounts/0',
    'pod templates',
  ],
  [
    container({ volumeMounts: [{ name: 'v', mountPath: '/opt//flink/../flink/' }] }),
    `${at}/containers/0/volumeMounts/0`,
    'pod templates',
  ],
  [
    options({ 'kubernetes.secrets': 'pod-template:/opt/flink/pod-template' }),
    '/config/kubernetes.secrets',
    'pod templates',
  ],
];

export const podAttacks: readonly Row[] = [...imageRows, ...accountRows, ...exposureRows, ...referenceRows];
