import type { V1ConfigMap, V1Deployment, V1Secret, V1Service } from '@kubernetes/client-node';
import { stringify } from 'yaml';

import { configurationFiles } from '#events/commands/deploy.ts';
import { Fault, type FieldError } from '#events/problem.ts';

import { findJarError } from './application-jar.ts';
import { type ConfigInput, type ConfigSource, isHighlyAvailable, resolveConfig } from './cluster-config.ts';
import { renderConfigMap } from './config-map.ts';
import { type Config, toLegacyYaml, toText, toYaml, type Value } from './config.ts';
import { renderDeployment } from './deployment.ts';
import { log4jConsole } from './log4j.ts';
import { computeJobManagerMemory, computeTaskManagerMemory } from './memory.ts';
import {
  findKerberosErrors,
  type Kerberos,
  renderHadoopMount,
  renderKerberosMount,
  renderPodTemplateMount,
  toKerberosConfig,
} from './mounts.ts';
import {
  assertNoFieldErrors,
  canonicalizeConfig,
  findOptionErrors,
  findUnknownOptions,
  readOption,
  toFieldError,
} from './options.ts';
import { type PodTemplates, selectJobManagerTemplate } from './pod-template.ts';
import { computeResources, type Resources } from './resources.ts';
import { renderInternalService, renderRestService } from './services.ts';
import { defaultImages, detectFlinkVersion, type FlinkVersion } from './version.ts';

/** What a cluster is to be, from whichever door. */
export interface ClusterInput extends Omit<ConfigInput, 'flinkVersion'> {
  readonly flinkVersion?: FlinkVersion | undefined;
  readonly podTemplates?: PodTemplates | undefined;
  /** Files of the configuration folder beside the configuration; by default Drey's own log4j-console.properties. */
  readonly files?: Readonly<Partial<Record<string, string>>> | undefined;
  /** Flink 1.x: the folder has a flink-conf.yaml, so the containers get one too. */
  readonly legacyConfigFile?: boolean | undefined;
  readonly hadoop?: Readonly<Partial<Record<string, string>>> | undefined;
  readonly kerberos?: Kerberos | undefined;
}

export type Dependent = V1Service | V1ConfigMap | V1Secret;

/** The objects of a cluster. */
export interface Manifests {
  readonly deployment: V1Deployment;
  /** What the Deployment is to own, in the order in which to create it. */
  readonly dependents: readonly Dependent[];
}

export interface ClusterManifests extends Manifests {
  /** The whole configuration with where each value came from. */
  readonly config: Readonly<Record<string, { readonly value: Value; readonly from: ConfigSource }>>;
  /** What is legal and probably not meant. */
  readonly warnings: readonly string[];
  readonly resources: Resources;
}

/**
 * The objects of a cluster, as Flink's own client creates them.
 *
 * @throws Fault `refused-option` with every mistake in the input.
 * @see Flink 2.2 `KubernetesClusterDescriptor`, `KubernetesJobManagerFactory`
 */
export const renderCluster = (input: ClusterInput): ClusterManifests => {
  const { clusterId, namespace, kerberos } = input;
  const flinkVersion = resolveFlinkVersion(input);
  const asked = resolveConfig({ ...input, flinkVersion });
  const config = { ...asked.config, ...toKerberosConfig(asked.config, kerberos) };
  assertNoFieldErrors([
    ...findClusterErrors(input),
    ...findJobErrors(input, config),
    ...findConfigErrors(config, input),
  ]);

  const files = renderConfigurationFiles(input, flinkVersion, config);
  const clusterRef = { clusterId, namespace, config };
  const mounted = { ...clusterRef, podTemplates: input.podTemplates, hadoop: input.hadoop, kerberos };
  const [hadoop, kerberosFiles, podTemplate] = [
    renderHadoopMount(mounted),
    renderKerberosMount(mounted),
    renderPodTemplateMount(mounted),
  ];
  const deployment = renderDeployment({
    ...clusterRef,
    mode: input.mode,
    template: selectJobManagerTemplate(input.podTemplates),
    defaultImage: defaultImages[flinkVersion],
    files: Object.keys(files),
    mounts: { before: [...hadoop.mounts, ...kerberosFiles.mounts], behind: podTemplate.mounts },
  });
  return {
    deployment,
    dependents: [
      ...(isHighlyAvailable(config) ? [] : [renderInternalService(clusterRef)]),
      renderRestService(clusterRef),
      ...hadoop.objects,
      ...kerberosFiles.objects,
      renderConfigMap({ clusterId, namespace, files }),
      ...podTemplate.objects,
    ],
    config: describeConfig(config, asked.origins),
    warnings: findWarnings(config, flinkVersion),
    resources: computeResources(input.mode, deployment, config),
  };
};

/** Also for the objects of a cluster that is not there yet: its uid is written `UID`. */
export const toDocuments = ({ deployment, dependents }: Manifests): string =>
  [
    deployment,
    ...dependents.map((object) => addOwnerReference(object, { name: deployment.metadata?.name ?? '', uid: 'UID' })),
  ]
    .map((object) => stringify(object, { singleQuote: true, lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');

const imageOption = 'kubernetes.container.image.ref';

const resolveFlinkVersion = ({ flinkVersion, config, defaults = {}, folder = {} }: ClusterInput): FlinkVersion => {
  const image = Object.assign({}, ...[folder, defaults, config].map((layer) => canonicalizeConfig<Value>(layer)))[
    imageOption
  ];
  return flinkVersion ?? detectFlinkVersion(image === undefined ? undefined : String(image));
};

/** In Flink's order, with the configuration last. Version 1.x ships the console's settings only. @see Flink 2.2 `FlinkConfMountDecorator` */
const renderConfigurationFiles = (
  { files = { 'log4j-console.properties': log4jConsole }, legacyConfigFile = false }: ClusterInput,
  version: FlinkVersion,
  config: Config,
): Record<string, string> => {
  const shipped = configurationFiles.filter((name) => version !== '1.20' || name.includes('-console'));
  const configFile =
    version === '1.20' && legacyConfigFile
      ? { 'flink-conf.yaml': toLegacyYaml(config) }
      : { 'config.yaml': toYaml(config) };
  return Object.fromEntries([
    ...shipped.flatMap((name) => {
      const text = files[name];
      return text === undefined ? [] : [[name, text] as const];
    }),
    ...Object.entries(configFile),
  ]);
};

const describeConfig = (config: Config, origins: Readonly<Record<string, ConfigSource>>): ClusterManifests['config'] =>
  Object.fromEntries(
    Object.entries(config)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => [key, { value, from: origins[key] ?? 'drey' }]),
  );

const findWarnings = (config: Config, version: FlinkVersion): readonly string[] => [
  ...findUnknownOptions(config),
  ...(isHighlyAvailable(config) && !Object.hasOwn(config, 'high-availability.storageDir')
    ? ['high-availability.storageDir is not set: the JobManager will not start without it']
    : []),
  ...(version === '1.20'
    ? Object.keys(config)
        .filter((key) => /^kubernetes\.(rest|internal)-service\.labels/.test(key))
        .map((key) => `${key} is not an option of Flink 1.20`)
    : []),
];

/**
 * The object with the owner reference by which it is deleted together with the Deployment.
 *
 * @see Flink 2.2 `Fabric8FlinkKubeClient.setOwnerReference`
 */
export const addOwnerReference = <T extends Dependent>(object: T, { name, uid }: { name: string; uid: string }): T => {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return Object.assign({}, object, { metadata: Object.assign({}, object.metadata, { ownerReferences: [owner] }) });
};

/** Longer ids do not leave room for what Flink appends to them. @see Flink 2.2 `Constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID` */
const maxClusterIdLength = 45;

const findClusterErrors = ({ clusterId, namespace, config }: ClusterInput): readonly FieldError[] => {
  const given = canonicalizeConfig(config);
  const mistakes: FieldError[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(clusterId))
    mistakes.push({
      pointer: '/clusterId',
      detail: 'must be of a-z, 0-9 and -, begin with a letter and not end with -',
    });
  if (clusterId.length > maxClusterIdLength)
    mistakes.push({ pointer: '/clusterId', detail: `must have at most ${maxClusterIdLength} characters` });
  if ((given['kubernetes.cluster-id'] ?? clusterId) !== clusterId)
    mistakes.push(toFieldError('kubernetes.cluster-id', 'is not the id of this cluster'));
  if ((given['kubernetes.namespace'] ?? namespace) !== namespace)
    mistakes.push(toFieldError('kubernetes.namespace', 'is not the namespace of this target'));
  return mistakes;
};

const sessionJobError =
  'is for application mode: the jobs of a session are submitted to it; restore starts those of another again';

const findJobErrors = ({ mode, job }: ClusterInput, config: Config): readonly FieldError[] => {
  if (mode === 'session') return job === undefined ? [] : [{ pointer: '/job', detail: sessionJobError }];
  if (job === undefined) return [{ pointer: '/job', detail: 'application mode needs a program' }];
  const mistake = findJarError(job.jar, config);
  return [...(mistake === undefined ? [] : [{ pointer: '/job/jar', detail: mistake }]), ...findArtifactErrors(config)];
};

const findArtifactErrors = (config: Config): readonly FieldError[] =>
  catchFieldErrors(() =>
    assertNoFieldErrors(
      readOption(config, 'user.artifacts.artifact-list').flatMap((artifact) => {
        const detail = findJarError(artifact, config);
        return detail === undefined ? [] : [toFieldError('user.artifacts.artifact-list', detail)];
      }),
    ),
  );

const findConfigErrors = (
  config: Config,
  { config: given, kerberos, podTemplates }: ClusterInput,
): readonly FieldError[] => {
  const mistakes = findOptionErrors(config, given);
  const together = [
    ...findKerberosErrors(config, kerberos),
    ...findReplicaErrors(config),
    ...findHighAvailabilityErrors(config),
    ...findTemplateErrors(config, podTemplates),
  ];
  // Sizes that cannot be read cannot be added up either.
  if (mistakes.some(({ pointer }) => pointer.includes('manager.memory.'))) return [...mistakes, ...together];
  return [
    ...mistakes,
    ...together,
    ...catchFieldErrors(() => computeJobManagerMemory(config)),
    ...catchFieldErrors(() => computeTaskManagerMemory(config)),
  ];
};

const findReplicaErrors = (config: Config): readonly FieldError[] =>
  Number(toText(config['kubernetes.jobmanager.replicas'] ?? '1')) > 1 && !isHighlyAvailable(config)
    ? [
        toFieldError(
          'kubernetes.jobmanager.replicas',
          'more than one JobManager needs high availability: set high-availability.type and high-availability.storageDir',
        ),
      ]
    : [];

/** A file is read where the command is given, and its content comes with it. */
const findTemplateErrors = (config: Config, templates: PodTemplates = {}): readonly FieldError[] =>
  (['default', 'jobmanager', 'taskmanager'] as const).flatMap((pod) => {
    const key = `kubernetes.pod-template-file.${pod}`;
    return Object.hasOwn(config, key) && templates[pod] === undefined
      ? [toFieldError(key, 'names a file that is not read here: give its content (`podTemplates` in the API)')]
      : [];
  });

const highAvailabilityTypes: ReadonlySet<string> = new Set(['NONE', 'KUBERNETES', 'ZOOKEEPER']);

/** Any other word is the name of a class to Flink, and a class is in a package. */
const findHighAvailabilityErrors = (config: Config): readonly FieldError[] => {
  const type = readOption(config, 'high-availability.type');
  return highAvailabilityTypes.has(type.toUpperCase()) || type.includes('.')
    ? []
    : [
        toFieldError(
          'high-availability.type',
          `'${type}' is not one of NONE, kubernetes, zookeeper, and not the full name of a class`,
        ),
      ];
};

const catchFieldErrors = (check: () => unknown): readonly FieldError[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.errors;
    throw error;
  }
};
