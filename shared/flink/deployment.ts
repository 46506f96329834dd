import type {
  V1Container,
  V1ContainerPort,
  V1Deployment,
  V1EnvVar,
  V1PodSpec,
  V1ResourceRequirements,
  V1Volume,
} from '@kubernetes/client-node';

import type { Config } from './config.ts';
import { jobManagerMemory } from './memory.ts';
import { unlessEmpty } from './unless-empty.ts';
import { configMapName, deploymentName, jobManagerLabels } from './names.ts';
import { read } from './options.ts';

export interface DeploymentInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** Complete and without mistakes. */
  readonly config: Config;
  /** Put on the Deployment, but not on its pods. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Names of the files in the configuration folder. */
  readonly files: readonly string[];
}

/**
 * The JobManager.
 *
 * @see Flink 2.2 `KubernetesJobManagerFactory`, whose decorators fill one pod after the other; here in their order
 */
export const renderDeployment = ({
  clusterId,
  namespace,
  config,
  annotations,
  files,
}: DeploymentInput): V1Deployment => {
  const labels = { ...read(config, 'kubernetes.jobmanager.labels'), ...jobManagerLabels(clusterId) };
  const podAnnotations = read(config, 'kubernetes.jobmanager.annotations');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: deploymentName(clusterId),
      namespace,
      labels,
      ...unlessEmpty({ annotations: { ...podAnnotations, ...annotations } }),
      ...unlessEmpty({ ownerReferences: [...read(config, 'kubernetes.jobmanager.owner.reference')] }),
    },
    spec: {
      replicas: read(config, 'kubernetes.jobmanager.replicas'),
      selector: { matchLabels: jobManagerLabels(clusterId) },
      template: {
        metadata: { labels, ...unlessEmpty({ annotations: podAnnotations }) },
        spec: renderPod({ clusterId, config, files }),
      },
    },
  };
};

type PodInput = Pick<DeploymentInput, 'clusterId' | 'config' | 'files'>;

const renderPod = ({ clusterId, config, files }: PodInput): V1PodSpec => {
  const serviceAccount =
    read(config, 'kubernetes.jobmanager.service-account') ?? read(config, 'kubernetes.service-account');
  const hostNetwork = read(config, 'kubernetes.hostnetwork.enabled');
  const pullSecrets = read(config, 'kubernetes.container.image.pull-secrets').map((name) => ({ name }));
  return {
    containers: [renderContainer(config)],
    dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst',
    hostNetwork,
    ...unlessEmpty({ imagePullSecrets: pullSecrets }),
    ...unlessEmpty({ nodeSelector: read(config, 'kubernetes.jobmanager.node-selector') }),
    serviceAccount,
    serviceAccountName: serviceAccount,
    ...unlessEmpty({ tolerations: [...read(config, 'kubernetes.jobmanager.tolerations')] }),
    volumes: renderVolumes({ clusterId, config, files }),
  };
};

const renderContainer = (config: Config): V1Container => ({
  name: 'flink-main-container',
  image: read(config, 'kubernetes.container.image.ref'),
  imagePullPolicy: read(config, 'kubernetes.container.image.pull-policy'),
  command: [read(config, 'kubernetes.entry.path')],
  args: ['bash', '-c', startCommand(config)],
  env: renderEnvironment(config),
  ...unlessEmpty({ ports: renderPorts(config) }),
  resources: renderResources(config),
  volumeMounts: [
    { name: artifactsVolume, mountPath: read(config, 'user.artifacts.base-dir') },
    ...Object.entries(read(config, 'kubernetes.secrets')).map(([secret, mountPath]) => ({
      name: secretVolume(secret),
      mountPath,
    })),
    { name: configVolume, mountPath: read(config, 'kubernetes.flink.conf.dir') },
  ],
});

/** The script computes heap sizes and the like in the container, from `config.yaml`. The trailing blank is Flink's. */
const startCommand = (config: Config): string =>
  `kubernetes-jobmanager.sh kubernetes-session ${read(config, 'kubernetes.jobmanager.entrypoint.args')}`;

const renderEnvironment = (config: Config): V1EnvVar[] => {
  const logDirectory = read(config, 'kubernetes.flink.log.dir');
  return [
    ...Object.entries(read(config, 'containerized.master.env')).map(([name, value]) => ({ name, value })),
    { name: '_POD_IP_ADDRESS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ...(logDirectory === undefined ? [] : [{ name: 'FLINK_LOG_DIR', value: logDirectory }]),
    ...read(config, 'kubernetes.env.secretKeyRef'),
  ];
};

/** None in the node's network, where the JobManager looks for free ports itself. */
const renderPorts = (config: Config): V1ContainerPort[] =>
  read(config, 'kubernetes.hostnetwork.enabled')
    ? []
    : [
        { name: 'rest', containerPort: read(config, 'rest.port') },
        { name: 'jobmanager-rpc', containerPort: read(config, 'jobmanager.rpc.port') },
        { name: 'blobserver', containerPort: read(config, 'blob.server.port') },
      ];

/** @see Flink 2.2 `KubernetesUtils.getResourceRequirements` */
const renderResources = (config: Config): V1ResourceRequirements => {
  const memoryMebibytes = Number(jobManagerMemory(config).totalBytes >> 20n);
  const memoryLimit = Math.trunc(memoryMebibytes * read(config, 'kubernetes.jobmanager.memory.limit-factor'));
  const cpu = read(config, 'kubernetes.jobmanager.cpu.amount');
  return {
    limits: {
      memory: `${memoryLimit}Mi`,
      cpu: doubleToString(cpu * read(config, 'kubernetes.jobmanager.cpu.limit-factor')),
    },
    requests: { memory: `${memoryMebibytes}Mi`, cpu: doubleToString(cpu) },
  };
};

/** As Java writes a double: never without a decimal place, and with an exponent when it is very small or large. */
const doubleToString = (value: number): string => {
  const plain = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e7);
  const [digits = '', exponent] = plain ? [String(value)] : value.toExponential().split('e');
  const decimal = digits.includes('.') ? digits : `${digits}.0`;
  return exponent === undefined ? decimal : `${decimal}E${Number(exponent)}`;
};

const artifactsVolume = 'user-artifacts-volume';
const configVolume = 'flink-config-volume';
const secretVolume = (secret: string): string => `${secret}-volume`;

const renderVolumes = ({ clusterId, config, files }: PodInput): V1Volume[] => [
  { name: artifactsVolume, emptyDir: {} },
  ...Object.keys(read(config, 'kubernetes.secrets')).map((secretName) => ({
    name: secretVolume(secretName),
    secret: { secretName },
  })),
  {
    name: configVolume,
    configMap: { name: configMapName(clusterId), items: files.map((file) => ({ key: file, path: file })) },
  },
];
