import type {
  V1Container,
  V1ContainerPort,
  V1Deployment,
  V1EnvVar,
  V1PodSpec,
  V1PodTemplateSpec,
  V1ResourceRequirements,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';

import type { PodTemplate } from '#events/commands/deploy.ts';

import type { Config } from './config.ts';
import { computeJobManagerMemory } from './memory.ts';
import { getConfigMapName, getDeploymentName, getJobManagerLabels } from './names.ts';
import { omitEmpty } from './omit-empty.ts';
import { readOption } from './options.ts';
import { mainContainerName, type PodTemplateParts, splitPodTemplate } from './pod-template.ts';
import { formatDouble } from './syntax.ts';

/** Something to mount into the JobManager's container. */
export interface Mount {
  readonly volume: V1Volume;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly env?: V1EnvVar;
}

export interface DeploymentInput {
  readonly mode: 'session' | 'application';
  readonly clusterId: string;
  readonly namespace: string;
  /** Complete and without mistakes. */
  readonly config: Config;
  /** The pod to start from. */
  readonly template: PodTemplate | undefined;
  /** What a client of the version starts where nothing names an image. */
  readonly defaultImage: string;
  /** Names of the files in the configuration folder. */
  readonly files: readonly string[];
  /** What is mounted beside the configuration: before it, and behind it. */
  readonly mounts: { readonly before: readonly Mount[]; readonly behind: readonly Mount[] };
}

/**
 * The JobManager.
 *
 * @see Flink 2.2 `KubernetesJobManagerFactory`, whose decorators fill one pod after the other; here in their order
 */
export const renderDeployment = (input: DeploymentInput): V1Deployment => {
  const { clusterId, namespace, config } = input;
  const labels = { ...readOption(config, 'kubernetes.jobmanager.labels'), ...getJobManagerLabels(clusterId) };
  const annotations = readOption(config, 'kubernetes.jobmanager.annotations');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: getDeploymentName(clusterId),
      namespace,
      labels,
      ...omitEmpty({ annotations }),
      ...omitEmpty({ ownerReferences: [...readOption(config, 'kubernetes.jobmanager.owner.reference')] }),
    },
    spec: {
      replicas: readOption(config, 'kubernetes.jobmanager.replicas'),
      selector: { matchLabels: getJobManagerLabels(clusterId) },
      template: renderPod(input, splitPodTemplate(input.template), { labels, annotations }),
    },
  };
};

interface PodMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const renderPod = (
  input: DeploymentInput,
  { metadata, spec, main, others }: PodTemplateParts,
  { labels, annotations }: PodMetadata,
): V1PodTemplateSpec => ({
  metadata: {
    ...metadata,
    labels: { ...metadata.labels, ...labels },
    ...omitEmpty({ annotations: { ...metadata.annotations, ...annotations } }),
  },
  spec: {
    ...spec,
    ...renderPodFields(input.config, spec),
    // Flink's container is the last one, wherever the template has it.
    containers: [...others, renderContainer(input, main)],
    volumes: [...(spec.volumes ?? []), ...renderVolumes(input)],
  },
});

const renderPodFields = (config: Config, template: PodTemplateParts['spec']): Omit<V1PodSpec, 'containers'> => {
  const hostNetwork = readOption(config, 'kubernetes.hostnetwork.enabled');
  const serviceAccount =
    readIfSet(config, 'kubernetes.jobmanager.service-account') ??
    readIfSet(config, 'kubernetes.service-account') ??
    template.serviceAccountName ??
    template.serviceAccount ??
    readOption(config, 'kubernetes.service-account');
  const pullSecrets = readOption(config, 'kubernetes.container.image.pull-secrets').map((name) => ({ name }));
  const tolerations = readOption(config, 'kubernetes.jobmanager.tolerations');
  return {
    dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : (template.dnsPolicy ?? 'ClusterFirst'),
    hostNetwork,
    ...omitEmpty({ imagePullSecrets: [...(template.imagePullSecrets ?? []), ...pullSecrets] }),
    ...omitEmpty({
      nodeSelector: { ...template.nodeSelector, ...readOption(config, 'kubernetes.jobmanager.node-selector') },
    }),
    serviceAccount,
    serviceAccountName: serviceAccount,
    ...omitEmpty({ tolerations: [...(template.tolerations ?? []), ...tolerations] }),
  };
};

/** What an option says that was set; its default is weaker than a template. @see Flink 2.2 `KubernetesUtils.resolveUserDefinedValue` */
const readIfSet = <K extends 'kubernetes.service-account' | 'kubernetes.jobmanager.service-account' | ImageOption>(
  config: Config,
  key: K,
) => (Object.hasOwn(config, key) ? readOption(config, key) : undefined);

type ImageOption = 'kubernetes.container.image.ref' | 'kubernetes.container.image.pull-policy';

const renderContainer = (input: DeploymentInput, template: PodTemplateParts['main']): V1Container => {
  const { config, mounts, defaultImage } = input;
  const extra = [...mounts.before, ...mounts.behind].flatMap(({ env }) => env ?? []);
  return {
    ...template,
    name: mainContainerName,
    image: readIfSet(config, 'kubernetes.container.image.ref') ?? template.image ?? defaultImage,
    imagePullPolicy:
      readIfSet(config, 'kubernetes.container.image.pull-policy') ??
      template.imagePullPolicy ??
      readOption(config, 'kubernetes.container.image.pull-policy'),
    command: [readOption(config, 'kubernetes.entry.path')],
    args: ['bash', '-c', renderStartCommand(input)],
    env: [...(template.env ?? []), ...renderEnvironment(config), ...extra],
    ...omitEmpty({ ports: [...(template.ports ?? []), ...renderPorts(config)] }),
    resources: renderResources(config, template.resources),
    volumeMounts: [...(template.volumeMounts ?? []), ...renderMounts(input)],
  };
};

const renderMounts = ({ config, mounts }: DeploymentInput): V1VolumeMount[] => [
  { name: artifactsVolumeName, mountPath: readOption(config, 'user.artifacts.base-dir') },
  ...Object.entries(readOption(config, 'kubernetes.secrets')).map(([secret, mountPath]) => ({
    name: toSecretVolumeName(secret),
    mountPath,
  })),
  ...mounts.before.map(toVolumeMount),
  { name: configVolumeName, mountPath: readOption(config, 'kubernetes.flink.conf.dir') },
  ...mounts.behind.map(toVolumeMount),
];

const toVolumeMount = ({ volume, mountPath, subPath }: Mount): V1VolumeMount => ({
  name: volume.name,
  mountPath,
  ...(subPath === undefined ? {} : { subPath }),
});

/** The script computes heap sizes and the like in the container, from `config.yaml`. The trailing blank is Flink's. */
const renderStartCommand = ({ mode, config }: DeploymentInput): string =>
  `kubernetes-jobmanager.sh kubernetes-${mode} ${readOption(config, 'kubernetes.jobmanager.entrypoint.args')}`;

const renderEnvironment = (config: Config): V1EnvVar[] => {
  const logDirectory = readOption(config, 'kubernetes.flink.log.dir');
  return [
    ...Object.entries(readOption(config, 'containerized.master.env')).map(([name, value]) => ({ name, value })),
    { name: '_POD_IP_ADDRESS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ...(logDirectory === undefined ? [] : [{ name: 'FLINK_LOG_DIR', value: logDirectory }]),
    ...readOption(config, 'kubernetes.env.secretKeyRef'),
  ];
};

/** None in the node's network, where the JobManager looks for free ports itself. */
const renderPorts = (config: Config): V1ContainerPort[] =>
  readOption(config, 'kubernetes.hostnetwork.enabled')
    ? []
    : [
        { name: 'rest', containerPort: readOption(config, 'rest.port') },
        { name: 'jobmanager-rpc', containerPort: readOption(config, 'jobmanager.rpc.port') },
        { name: 'blobserver', containerPort: readOption(config, 'blob.server.port') },
      ];

/** What a template asks for besides CPU and memory stays. @see Flink 2.2 `KubernetesUtils.getResourceRequirements` */
const renderResources = (config: Config, template: Partial<V1ResourceRequirements> = {}): V1ResourceRequirements => {
  const memoryMebibytes = Number(computeJobManagerMemory(config).totalBytes >> 20n);
  const memoryLimit = Math.trunc(memoryMebibytes * readOption(config, 'kubernetes.jobmanager.memory.limit-factor'));
  const cpu = readOption(config, 'kubernetes.jobmanager.cpu.amount');
  return {
    ...(template.claims === undefined ? {} : { claims: template.claims }),
    limits: {
      ...template.limits,
      memory: `${memoryLimit}Mi`,
      cpu: formatDouble(cpu * readOption(config, 'kubernetes.jobmanager.cpu.limit-factor')),
    },
    requests: { ...template.requests, memory: `${memoryMebibytes}Mi`, cpu: formatDouble(cpu) },
  };
};

const artifactsVolumeName = 'user-artifacts-volume';
const configVolumeName = 'flink-config-volume';
const toSecretVolumeName = (secret: string): string => `${secret}-volume`;

const renderVolumes = ({ clusterId, config, files, mounts }: DeploymentInput): V1Volume[] => [
  { name: artifactsVolumeName, emptyDir: {} },
  ...Object.keys(readOption(config, 'kubernetes.secrets')).map((secretName) => ({
    name: toSecretVolumeName(secretName),
    secret: { secretName },
  })),
  ...mounts.before.map(({ volume }) => volume),
  {
    name: configVolumeName,
    configMap: { name: getConfigMapName(clusterId), items: files.map((file) => ({ key: file, path: file })) },
  },
  ...mounts.behind.map(({ volume }) => volume),
];
