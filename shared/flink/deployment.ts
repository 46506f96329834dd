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
import { jobManagerMemory } from './memory.ts';
import { configMapName, deploymentName, jobManagerLabels } from './names.ts';
import { read } from './options.ts';
import { mainContainerName, type StartingPod, startingPod } from './pod-template.ts';
import { doubleToString } from './syntax.ts';
import { unlessEmpty } from './unless-empty.ts';

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
  const labels = { ...read(config, 'kubernetes.jobmanager.labels'), ...jobManagerLabels(clusterId) };
  const annotations = read(config, 'kubernetes.jobmanager.annotations');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: deploymentName(clusterId),
      namespace,
      labels,
      ...unlessEmpty({ annotations }),
      ...unlessEmpty({ ownerReferences: [...read(config, 'kubernetes.jobmanager.owner.reference')] }),
    },
    spec: {
      replicas: read(config, 'kubernetes.jobmanager.replicas'),
      selector: { matchLabels: jobManagerLabels(clusterId) },
      template: renderPod(input, startingPod(input.template), { labels, annotations }),
    },
  };
};

interface PodMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const renderPod = (
  input: DeploymentInput,
  { metadata, spec, main, others }: StartingPod,
  { labels, annotations }: PodMetadata,
): V1PodTemplateSpec => ({
  metadata: {
    ...metadata,
    labels: { ...metadata.labels, ...labels },
    ...unlessEmpty({ annotations: { ...metadata.annotations, ...annotations } }),
  },
  spec: {
    ...spec,
    ...renderPodFields(input.config, spec),
    // Flink's container is the last one, wherever the template has it.
    containers: [...others, renderContainer(input, main)],
    volumes: [...(spec.volumes ?? []), ...renderVolumes(input)],
  },
});

const renderPodFields = (config: Config, template: StartingPod['spec']): Omit<V1PodSpec, 'containers'> => {
  const hostNetwork = read(config, 'kubernetes.hostnetwork.enabled');
  const serviceAccount =
    chosen(config, 'kubernetes.jobmanager.service-account') ??
    chosen(config, 'kubernetes.service-account') ??
    template.serviceAccountName ??
    template.serviceAccount ??
    read(config, 'kubernetes.service-account');
  const pullSecrets = read(config, 'kubernetes.container.image.pull-secrets').map((name) => ({ name }));
  const tolerations = read(config, 'kubernetes.jobmanager.tolerations');
  return {
    dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : (template.dnsPolicy ?? 'ClusterFirst'),
    hostNetwork,
    ...unlessEmpty({ imagePullSecrets: [...(template.imagePullSecrets ?? []), ...pullSecrets] }),
    ...unlessEmpty({
      nodeSelector: { ...template.nodeSelector, ...read(config, 'kubernetes.jobmanager.node-selector') },
    }),
    serviceAccount,
    serviceAccountName: serviceAccount,
    ...unlessEmpty({ tolerations: [...(template.tolerations ?? []), ...tolerations] }),
  };
};

/** What an option says that was set; its default is weaker than a template. @see Flink 2.2 `KubernetesUtils.resolveUserDefinedValue` */
const chosen = <K extends 'kubernetes.service-account' | 'kubernetes.jobmanager.service-account' | ImageOption>(
  config: Config,
  key: K,
) => (Object.hasOwn(config, key) ? read(config, key) : undefined);

type ImageOption = 'kubernetes.container.image.ref' | 'kubernetes.container.image.pull-policy';

const renderContainer = (input: DeploymentInput, template: StartingPod['main']): V1Container => {
  const { config, mounts, defaultImage } = input;
  const extra = [...mounts.before, ...mounts.behind].flatMap(({ env }) => env ?? []);
  return {
    ...template,
    name: mainContainerName,
    image: chosen(config, 'kubernetes.container.image.ref') ?? template.image ?? defaultImage,
    imagePullPolicy:
      chosen(config, 'kubernetes.container.image.pull-policy') ??
      template.imagePullPolicy ??
      read(config, 'kubernetes.container.image.pull-policy'),
    command: [read(config, 'kubernetes.entry.path')],
    args: ['bash', '-c', startCommand(input)],
    env: [...(template.env ?? []), ...renderEnvironment(config), ...extra],
    ...unlessEmpty({ ports: [...(template.ports ?? []), ...renderPorts(config)] }),
    resources: renderResources(config, template.resources),
    volumeMounts: [...(template.volumeMounts ?? []), ...renderMounts(input)],
  };
};

const renderMounts = ({ config, mounts }: DeploymentInput): V1VolumeMount[] => [
  { name: artifactsVolume, mountPath: read(config, 'user.artifacts.base-dir') },
  ...Object.entries(read(config, 'kubernetes.secrets')).map(([secret, mountPath]) => ({
    name: secretVolume(secret),
    mountPath,
  })),
  ...mounts.before.map(volumeMount),
  { name: configVolume, mountPath: read(config, 'kubernetes.flink.conf.dir') },
  ...mounts.behind.map(volumeMount),
];

const volumeMount = ({ volume, mountPath, subPath }: Mount): V1VolumeMount => ({
  name: volume.name,
  mountPath,
  ...(subPath === undefined ? {} : { subPath }),
});

/** The script computes heap sizes and the like in the container, from `config.yaml`. The trailing blank is Flink's. */
const startCommand = ({ mode, config }: DeploymentInput): string =>
  `kubernetes-jobmanager.sh kubernetes-${mode} ${read(config, 'kubernetes.jobmanager.entrypoint.args')}`;

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

/** What a template asks for besides CPU and memory stays. @see Flink 2.2 `KubernetesUtils.getResourceRequirements` */
const renderResources = (config: Config, template: Partial<V1ResourceRequirements> = {}): V1ResourceRequirements => {
  const memoryMebibytes = Number(jobManagerMemory(config).totalBytes >> 20n);
  const memoryLimit = Math.trunc(memoryMebibytes * read(config, 'kubernetes.jobmanager.memory.limit-factor'));
  const cpu = read(config, 'kubernetes.jobmanager.cpu.amount');
  return {
    ...(template.claims === undefined ? {} : { claims: template.claims }),
    limits: {
      ...template.limits,
      memory: `${memoryLimit}Mi`,
      cpu: doubleToString(cpu * read(config, 'kubernetes.jobmanager.cpu.limit-factor')),
    },
    requests: { ...template.requests, memory: `${memoryMebibytes}Mi`, cpu: doubleToString(cpu) },
  };
};

const artifactsVolume = 'user-artifacts-volume';
const configVolume = 'flink-config-volume';
const secretVolume = (secret: string): string => `${secret}-volume`;

const renderVolumes = ({ clusterId, config, files, mounts }: DeploymentInput): V1Volume[] => [
  { name: artifactsVolume, emptyDir: {} },
  ...Object.keys(read(config, 'kubernetes.secrets')).map((secretName) => ({
    name: secretVolume(secretName),
    secret: { secretName },
  })),
  ...mounts.before.map(({ volume }) => volume),
  {
    name: configVolume,
    configMap: { name: configMapName(clusterId), items: files.map((file) => ({ key: file, path: file })) },
  },
  ...mounts.behind.map(({ volume }) => volume),
];
