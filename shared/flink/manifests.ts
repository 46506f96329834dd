import type { V1ConfigMap, V1Deployment, V1Secret, V1Service } from '@kubernetes/client-node';
import { stringify } from 'yaml';

import { configurationFiles } from '#events/commands/deploy.ts';
import { Fault, type FieldError } from '#events/problem.ts';

import { jarMistake } from './application.ts';
import { clusterConfig, type ConfigInput, isHighlyAvailable, type Origin } from './cluster-config.ts';
import { renderConfigMap } from './config-map.ts';
import { type Config, textOf, toLegacyText, toYaml, type Value } from './config.ts';
import { renderDeployment } from './deployment.ts';
import { log4jConsole } from './log4j.ts';
import { jobManagerMemory, taskManagerMemory } from './memory.ts';
import {
  hadoopMount,
  type Kerberos,
  kerberosConfig,
  kerberosMistakes,
  kerberosMount,
  podTemplateMount,
} from './mounts.ts';
import { canonicalConfig, mistakeAt, optionMistakes, read, refuse, unknownOptions } from './options.ts';
import { jobManagerTemplate, type PodTemplates } from './pod-template.ts';
import { type Resources, resourcesOf } from './resources.ts';
import { renderInternalService, renderRestService } from './services.ts';
import { defaultImages, type FlinkVersion, versionOf } from './version.ts';

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
  readonly config: Readonly<Record<string, { readonly value: Value; readonly from: Origin }>>;
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
  const flinkVersion = flinkVersionOf(input);
  const asked = clusterConfig({ ...input, flinkVersion });
  const config = { ...asked.config, ...kerberosConfig(asked.config, kerberos) };
  refuse([...placeMistakes(input), ...jobMistakes(input, config), ...configMistakes(config, input)]);

  const files = configurationFilesOf(input, flinkVersion, config);
  const clusterRef = { clusterId, namespace, config };
  const mounted = { ...clusterRef, podTemplates: input.podTemplates, hadoop: input.hadoop, kerberos };
  const [hadoop, kerberosFiles, podTemplate] = [
    hadoopMount(mounted),
    kerberosMount(mounted),
    podTemplateMount(mounted),
  ];
  const deployment = renderDeployment({
    ...clusterRef,
    mode: input.mode,
    template: jobManagerTemplate(input.podTemplates),
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
    config: originated(config, asked.origins),
    warnings: warningsOf(config, flinkVersion),
    resources: resourcesOf(input.mode, deployment, config),
  };
};

/** Also for the objects of a cluster that is not there yet: its uid is written `UID`. */
export const toDocuments = ({ deployment, dependents }: Manifests): string =>
  [deployment, ...dependents.map((object) => ownedBy(object, { name: deployment.metadata?.name ?? '', uid: 'UID' }))]
    .map((object) => stringify(object, { singleQuote: true, lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');

const imageOption = 'kubernetes.container.image.ref';

const flinkVersionOf = ({ flinkVersion, config, defaults = {}, folder = {} }: ClusterInput): FlinkVersion => {
  const image = Object.assign({}, ...[folder, defaults, config].map((layer) => canonicalConfig<Value>(layer)))[
    imageOption
  ];
  return flinkVersion ?? versionOf(image === undefined ? undefined : String(image));
};

/** In Flink's order, with the configuration last. Version 1.x ships the console's settings only. @see Flink 2.2 `FlinkConfMountDecorator` */
const configurationFilesOf = (
  { files = { 'log4j-console.properties': log4jConsole }, legacyConfigFile = false }: ClusterInput,
  version: FlinkVersion,
  config: Config,
): Record<string, string> => {
  const shipped = configurationFiles.filter((name) => version !== '1.20' || name.includes('-console'));
  const configFile =
    version === '1.20' && legacyConfigFile
      ? { 'flink-conf.yaml': toLegacyText(config) }
      : { 'config.yaml': toYaml(config) };
  return Object.fromEntries([
    ...shipped.flatMap((name) => {
      const text = files[name];
      return text === undefined ? [] : [[name, text] as const];
    }),
    ...Object.entries(configFile),
  ]);
};

const originated = (config: Config, origins: Readonly<Record<string, Origin>>): ClusterManifests['config'] =>
  Object.fromEntries(
    Object.entries(config)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => [key, { value, from: origins[key] ?? 'drey' }]),
  );

const warningsOf = (config: Config, version: FlinkVersion): readonly string[] => [
  ...unknownOptions(config),
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
export const ownedBy = <T extends Dependent>(object: T, { name, uid }: { name: string; uid: string }): T => {
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
const longestClusterId = 45;

const placeMistakes = ({ clusterId, namespace, config }: ClusterInput): readonly FieldError[] => {
  const given = canonicalConfig(config);
  const mistakes: FieldError[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(clusterId))
    mistakes.push({
      pointer: '/clusterId',
      detail: 'must be of a-z, 0-9 and -, begin with a letter and not end with -',
    });
  if (clusterId.length > longestClusterId)
    mistakes.push({ pointer: '/clusterId', detail: `must have at most ${longestClusterId} characters` });
  if ((given['kubernetes.cluster-id'] ?? clusterId) !== clusterId)
    mistakes.push(mistakeAt('kubernetes.cluster-id', 'is not the id of this cluster'));
  if ((given['kubernetes.namespace'] ?? namespace) !== namespace)
    mistakes.push(mistakeAt('kubernetes.namespace', 'is not the namespace of this target'));
  return mistakes;
};

const notOfSession =
  'is for application mode: the jobs of a session are submitted to it; restore starts those of another again';

const jobMistakes = ({ mode, job }: ClusterInput, config: Config): readonly FieldError[] => {
  if (mode === 'session') return job === undefined ? [] : [{ pointer: '/job', detail: notOfSession }];
  if (job === undefined) return [{ pointer: '/job', detail: 'application mode needs a program' }];
  const mistake = jarMistake(job.jar, config);
  return [...(mistake === undefined ? [] : [{ pointer: '/job/jar', detail: mistake }]), ...artifactMistakes(config)];
};

const artifactMistakes = (config: Config): readonly FieldError[] =>
  mistakesOf(() =>
    refuse(
      read(config, 'user.artifacts.artifact-list').flatMap((artifact) => {
        const detail = jarMistake(artifact, config);
        return detail === undefined ? [] : [mistakeAt('user.artifacts.artifact-list', detail)];
      }),
    ),
  );

const configMistakes = (
  config: Config,
  { config: given, kerberos, podTemplates }: ClusterInput,
): readonly FieldError[] => {
  const mistakes = optionMistakes(config, given);
  const together = [
    ...kerberosMistakes(config, kerberos),
    ...standbyMistakes(config),
    ...recoveryMistakes(config),
    ...templateMistakes(config, podTemplates),
  ];
  // Sizes that cannot be read cannot be added up either.
  if (mistakes.some(({ pointer }) => pointer.includes('manager.memory.'))) return [...mistakes, ...together];
  return [
    ...mistakes,
    ...together,
    ...mistakesOf(() => jobManagerMemory(config)),
    ...mistakesOf(() => taskManagerMemory(config)),
  ];
};

const standbyMistakes = (config: Config): readonly FieldError[] =>
  Number(textOf(config['kubernetes.jobmanager.replicas'] ?? '1')) > 1 && !isHighlyAvailable(config)
    ? [
        mistakeAt(
          'kubernetes.jobmanager.replicas',
          'more than one JobManager needs high availability: set high-availability.type and high-availability.storageDir',
        ),
      ]
    : [];

/** A file is read where the command is given, and its content comes with it. */
const templateMistakes = (config: Config, templates: PodTemplates = {}): readonly FieldError[] =>
  (['default', 'jobmanager', 'taskmanager'] as const).flatMap((pod) => {
    const key = `kubernetes.pod-template-file.${pod}`;
    return Object.hasOwn(config, key) && templates[pod] === undefined
      ? [mistakeAt(key, 'names a file that is not read here: give its content (`podTemplates` in the API)')]
      : [];
  });

const recoveryTypes: ReadonlySet<string> = new Set(['NONE', 'KUBERNETES', 'ZOOKEEPER']);

/** Any other word is the name of a class to Flink, and a class is in a package. */
const recoveryMistakes = (config: Config): readonly FieldError[] => {
  const type = read(config, 'high-availability.type');
  return recoveryTypes.has(type.toUpperCase()) || type.includes('.')
    ? []
    : [
        mistakeAt(
          'high-availability.type',
          `'${type}' is not one of NONE, kubernetes, zookeeper, and not the full name of a class`,
        ),
      ];
};

const mistakesOf = (check: () => unknown): readonly FieldError[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.errors;
    throw error;
  }
};
