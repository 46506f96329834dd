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

import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import type { Config } from '#shared/flink/config.ts';
import { computeJobManagerMemory } from '#shared/flink/memory.ts';
import { getConfigMapName, getDeploymentName, getJobManagerLabels, getTaskManagerLabels } from '#shared/flink/names.ts';
import { readOption } from '#shared/flink/options.ts';
import { formatDouble } from '#shared/flink/syntax.ts';

import { type Mount, toItems } from '#shared/flink/manifests/mounts/mounts.ts';
import { omitEmpty } from './omit-empty.ts';
import {
  getServiceAccount,
  mainContainerName,
  type PodKind,
  type PodTemplateParts,
  splitPodTemplate,
} from '#shared/flink/manifests/pod-template/pod-template.ts';

/** What both kinds of pods are rendered from. */
export interface PodInput {
  readonly clusterId: string;
  /** The complete configuration, without field errors. */
  readonly config: Config;
  /** The template of the pod. */
  readonly template: PodTemplate | undefined;
  /** The image that the client of this Flink version uses when none is set. */
  readonly defaultImage: string;
  /** The names of the files in the configuration folder. */
  readonly files: readonly string[];
  /** The mounts before and after the one of the configuration. Their order is that of Flink. */
  readonly mounts: { readonly before: readonly Mount[]; readonly after: readonly Mount[] };
}

export interface DeploymentInput extends PodInput {
  readonly mode: 'session' | 'application';
  readonly namespace: string;
}

/**
 * The Deployment of the JobManager.
 *
 * @see Flink 2.2 `KubernetesJobManagerFactory`. Its decorators change one pod after another; this code keeps their order.
 */
export const renderDeployment = (input: DeploymentInput): V1Deployment => {
  const { clusterId, namespace, config } = input;
  const { labels, annotations } = renderMetadata('jobmanager', input);
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
      template: renderJobManagerPod(input),
    },
  };
};

const renderMetadata = (pod: PodKind, { clusterId, config }: PodInput) => ({
  labels: { ...readOption(config, `kubernetes.${pod}.labels`), ...podLabels[pod](clusterId) },
  annotations: readOption(config, `kubernetes.${pod}.annotations`),
});

const podLabels = { jobmanager: getJobManagerLabels, taskmanager: getTaskManagerLabels } as const;

const renderJobManagerPod = (input: DeploymentInput): V1PodTemplateSpec => {
  const parts = splitPodTemplate(input.template);
  return renderPod('jobmanager', input, {
    ...parts,
    // A Deployment restarts its pods in any case, and Kubernetes refuses another policy.
    spec: { ...parts.spec, ...(parts.spec.restartPolicy === undefined ? {} : { restartPolicy: 'Always' }) },
    main: renderContainer(input, parts.main),
    volumes: renderVolumes(input),
  });
};

interface CompletedParts extends Omit<PodTemplateParts, 'main'> {
  /** Flink's own container. */
  readonly main: V1Container;
  /** What Flink adds. */
  readonly volumes: readonly V1Volume[];
}

/** A pod of a template that Flink has completed. */
export const renderPod = (
  pod: PodKind,
  input: PodInput,
  { metadata, spec, main, others, volumes }: CompletedParts,
): V1PodTemplateSpec => {
  const { labels, annotations } = renderMetadata(pod, input);
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      ...omitEmpty({ annotations: { ...metadata.annotations, ...annotations } }),
    },
    spec: {
      ...spec,
      ...renderPodFields(pod, input.config, spec),
      // Flink moves its own container to the end.
      containers: [...others, main],
      volumes: [...(spec.volumes ?? []), ...volumes],
    },
  };
};

const renderPodFields = (
  pod: PodKind,
  config: Config,
  template: PodTemplateParts['spec'],
): Omit<V1PodSpec, 'containers'> => {
  const hostNetwork = readOption(config, 'kubernetes.hostnetwork.enabled');
  const serviceAccount =
    readIfSet(config, `kubernetes.${pod}.service-account`) ??
    readIfSet(config, 'kubernetes.service-account') ??
    getServiceAccount({ spec: template }) ??
    readOption(config, 'kubernetes.service-account');
  const pullSecrets = readOption(config, 'kubernetes.container.image.pull-secrets').map((name) => ({ name }));
  const tolerations = readOption(config, `kubernetes.${pod}.tolerations`);
  return {
    dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : (template.dnsPolicy ?? 'ClusterFirst'),
    hostNetwork,
    ...omitEmpty({ imagePullSecrets: [...(template.imagePullSecrets ?? []), ...pullSecrets] }),
    ...omitEmpty({
      nodeSelector: { ...template.nodeSelector, ...readOption(config, `kubernetes.${pod}.node-selector`) },
    }),
    serviceAccount,
    serviceAccountName: serviceAccount,
    ...omitEmpty({ tolerations: [...(template.tolerations ?? []), ...tolerations] }),
  };
};

/** The value of an option that is set. A template takes precedence over the default of an option. @see Flink 2.2 `KubernetesUtils.resolveUserDefinedValue` */
const readIfSet = <K extends 'kubernetes.service-account' | `kubernetes.${PodKind}.service-account` | ImageOption>(
  config: Config,
  key: K,
) => (Object.hasOwn(config, key) ? readOption(config, key) : undefined);

type ImageOption = 'kubernetes.container.image.ref' | 'kubernetes.container.image.pull-policy';

const renderContainer = (input: DeploymentInput, template: PodTemplateParts['main']): V1Container => {
  const { config, mounts, defaultImage } = input;
  const mountVariables = [...mounts.before, ...mounts.after].flatMap(({ env }) => env ?? []);
  return {
    ...template,
    name: mainContainerName,
    ...resolveImage(config, template, defaultImage),
    command: [readOption(config, 'kubernetes.entry.path')],
    args: ['bash', '-c', renderStartCommand(input)],
    env: mergeByName(template.env, [...renderEnvironment(config), ...mountVariables]),
    ...omitEmpty({ ports: mergeByName(template.ports, renderPorts(config)) }),
    resources: renderResources(config, template.resources),
    volumeMounts: [...(template.volumeMounts ?? []), ...renderMounts(input)],
  };
};

export const resolveImage = (config: Config, template: PodTemplateParts['main'], defaultImage: string) => ({
  image: readIfSet(config, 'kubernetes.container.image.ref') ?? template.image ?? defaultImage,
  imagePullPolicy:
    readIfSet(config, 'kubernetes.container.image.pull-policy') ??
    template.imagePullPolicy ??
    readOption(config, 'kubernetes.container.image.pull-policy'),
});

/**
 * The items of a template, followed by those of Flink. An item of Flink takes over what the item of the same name has in
 * addition, because Kubernetes refuses two ports of one name.
 */
export const mergeByName = <T extends { readonly name?: string }>(
  template: readonly T[] = [],
  own: readonly T[],
): T[] => [
  ...template.filter(({ name }) => !own.some((one) => one.name === name)),
  ...own.map((one) => ({ ...findExtras(template, one), ...one })),
];

/** A variable has either a value or a source, so that those of the template do not remain. */
const findExtras = <T extends { readonly name?: string }>(template: readonly T[], { name }: T): Partial<T> => {
  const found: Partial<T> & { readonly value?: unknown; readonly valueFrom?: unknown } =
    template.find((one) => one.name === name) ?? {};
  const { value: _value, valueFrom: _valueFrom, ...extras } = found;
  return extras as Partial<T>; // a part of T, because both members are optional
};

const renderMounts = (input: DeploymentInput): V1VolumeMount[] => [
  { name: artifactsVolumeName, mountPath: readOption(input.config, 'user.artifacts.base-dir') },
  ...renderCommonMounts(input),
  ...input.mounts.after.map(toVolumeMount),
];

/** What Flink mounts into the containers of both kinds of pods. */
export const renderCommonMounts = ({ config, mounts }: PodInput): V1VolumeMount[] => [
  ...Object.entries(readOption(config, 'kubernetes.secrets')).map(([secret, mountPath]) => ({
    name: toSecretVolumeName(secret),
    mountPath,
  })),
  ...mounts.before.map(toVolumeMount),
  { name: configVolumeName, mountPath: readOption(config, 'kubernetes.flink.conf.dir') },
];

const toVolumeMount = ({ volume, mountPath, subPath, readOnly }: Mount): V1VolumeMount => ({
  name: volume.name,
  mountPath,
  ...(readOnly === undefined ? {} : { readOnly }),
  ...(subPath === undefined ? {} : { subPath }),
});

/** The script computes heap sizes in the container, from `config.yaml`. Flink also writes the trailing space. */
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

/** A JobManager in the network of its node has no fixed ports, because it chooses free ones itself. */
const renderPorts = (config: Config): V1ContainerPort[] =>
  readOption(config, 'kubernetes.hostnetwork.enabled')
    ? []
    : [
        { name: 'rest', containerPort: readOption(config, 'rest.port') },
        { name: 'jobmanager-rpc', containerPort: readOption(config, 'jobmanager.rpc.port') },
        { name: 'blobserver', containerPort: readOption(config, 'blob.server.port') },
      ];

/** Keeps the resources of a template other than CPU and memory. @see Flink 2.2 `KubernetesUtils.getResourceRequirements` */
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
export const configVolumeName = 'flink-config-volume';
/** The name of a volume has no dots, the name of a Secret may have some. */
export const toSecretVolumeName = (secret: string): string => `${secret.replaceAll('.', '-')}-volume`;

const renderVolumes = (input: DeploymentInput): V1Volume[] => [
  { name: artifactsVolumeName, emptyDir: {} },
  ...renderCommonVolumes(input),
  ...input.mounts.after.map(({ volume }) => volume),
];

/** The volumes that Flink adds to both kinds of pods. */
export const renderCommonVolumes = ({ clusterId, config, files, mounts }: PodInput): V1Volume[] => [
  ...Object.keys(readOption(config, 'kubernetes.secrets')).map((secretName) => ({
    name: toSecretVolumeName(secretName),
    secret: { secretName },
  })),
  ...mounts.before.map(({ volume }) => volume),
  {
    name: configVolumeName,
    configMap: { name: getConfigMapName(clusterId), items: toItems(files) },
  },
];
