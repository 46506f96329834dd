import type { ApplicationJob } from '#events/programs/application-job.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import { shorten } from '#events/problems/shorten.ts';
import { isHighlyAvailable } from '#shared/flink/cluster-config.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { computeJobManagerMemory, computeTaskManagerMemory } from '#shared/flink/memory.ts';
import { newestFlinkVersion } from '#events/flink-version.ts';
import { argumentOptions, parseDynamicProperties } from '#shared/flink/dynamic-properties.ts';
import { canonicalizeConfig } from '#shared/flink/option-names/canonical.ts';
import { findDirectoryErrors } from '#shared/flink/option-names/directories.ts';
import { findRestoreErrors } from '#shared/flink/option-names/restore.ts';
import { assertNoFieldErrors, findOptionErrors, options, readOption, toFieldError } from '#shared/flink/options.ts';
import { findJarError } from '#shared/flink/program/jar.ts';
import { findPythonErrors } from '#shared/flink/program/python.ts';
import { findSqlErrors } from '#shared/flink/program/sql.ts';

import { type ClusterInput, resolveFlinkVersion } from './cluster-input.ts';
import { findKerberosErrors } from '#shared/flink/manifests/mounts/kerberos.ts';
import { findClaimErrors } from '#shared/flink/manifests/pod-template/persistent-volume-claims.ts';
import { findTemplateErrors } from '#shared/flink/manifests/pod-template/template-errors.ts';

/**
 * Everything that is wrong with the definition of a cluster.
 *
 * @param config The resolved configuration.
 */
export const findFieldErrors = (input: ClusterInput, config: Config): readonly FieldError[] => [
  ...findNameErrors(input),
  ...findTargetErrors(input),
  ...findJobErrors(input, config),
  ...findConfigErrors(input, config),
];

/** Flink appends text to the cluster ID. @see Flink 2.2 `Constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID` */
const maxClusterIdLength = 45;

const findNameErrors = ({ clusterId, namespace, config }: ClusterInput): readonly FieldError[] => {
  const errors: FieldError[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(clusterId))
    errors.push({
      pointer: '/clusterId',
      detail: 'must consist of a-z, 0-9 and -, start with a letter, and not end with -',
    });
  if (clusterId.length > maxClusterIdLength)
    errors.push({ pointer: '/clusterId', detail: `must have at most ${maxClusterIdLength} characters` });
  if ((config['kubernetes.cluster-id'] ?? clusterId) !== clusterId)
    errors.push(toFieldError('kubernetes.cluster-id', 'differs from the ID of this cluster; leave the option out'));
  if ((config['kubernetes.namespace'] ?? namespace) !== namespace)
    errors.push(toFieldError('kubernetes.namespace', 'differs from the namespace of the target; leave the option out'));
  return errors;
};

/** The mode of the command overrides weaker sources. The command itself must not name two modes. */
const findTargetErrors = ({ mode, config }: ClusterInput): readonly FieldError[] => {
  const key = 'execution.target';
  const given = (config[key] ?? '').trim().toLowerCase();
  return given === '' || given === `kubernetes-${mode}`
    ? []
    : [toFieldError(key, `differs from the mode of the command, ${mode}; remove it, or set it to kubernetes-${mode}`)];
};

const findJobErrors = (input: ClusterInput, config: Config): readonly FieldError[] => {
  const { mode, job, config: given } = input;
  if (mode === 'session') return job === undefined ? [] : [{ pointer: '/job', detail: sessionJobError }];
  if (job === undefined) return [{ pointer: '/job', detail: 'is required in application mode' }];
  return [
    ...findProgramErrors(job, input, config),
    ...findRestoreErrors({ config: given, restore: job.restore, pointer: '/job/restore' }),
    ...findArtifactErrors(config),
  ];
};

const findProgramErrors = (job: ApplicationJob, input: ClusterInput, config: Config): readonly FieldError[] => {
  if ('python' in job) return findPythonErrors(job);
  return 'sql' in job
    ? [
        ...findSqlErrors(job.sql, {
          mode: 'application',
          flinkVersion: resolveFlinkVersion(input),
          isHighlyAvailable: isHighlyAvailable(config),
        }),
        ...catchConnectorErrors(config),
      ]
    : findJarErrors(job.jar, config);
};

const catchConnectorErrors = (config: Config) =>
  catchFieldErrors(() => assertNoFieldErrors(findConnectorErrors(config)));

/** A script may have one jar with connectors. Without it, Flink does not fetch the other artifacts either. */
const findConnectorErrors = (config: Config): readonly FieldError[] => {
  const key = 'pipeline.jars';
  const jars = readOption(config, key);
  const artifacts = 'user.artifacts.artifact-list';
  const [jar] = jars;
  if (jar === undefined)
    return Object.hasOwn(config, artifacts)
      ? [toFieldError(artifacts, `Flink fetches these files for a script only if ${key} is set; set it to one of them`)]
      : [];
  if (jars.length > 1)
    return [toFieldError(key, `has ${jars.length} jars, but Flink takes one; set ${artifacts} to the others`)];
  const detail = findJarError(jar, config);
  return detail === undefined ? [] : [toFieldError(key, detail)];
};

const findJarErrors = (jar: string, config: Config): readonly FieldError[] => {
  const detail = findJarError(jar, config);
  return detail === undefined ? [] : [{ pointer: '/job/jar', detail }];
};

const sessionJobError =
  'is only valid in application mode; submit jobs to the session, or set restore to start the jobs of an earlier one';

const findArtifactErrors = (config: Config): readonly FieldError[] =>
  catchFieldErrors(() =>
    assertNoFieldErrors(
      readOption(config, 'user.artifacts.artifact-list').flatMap((artifact) => {
        const detail = findJarError(artifact, config);
        return detail === undefined ? [] : [toFieldError('user.artifacts.artifact-list', detail)];
      }),
    ),
  );

/** @see Flink 1.20 `TimeUtils.parseDuration` */
const findDurationErrors = (input: ClusterInput, config: Config): readonly FieldError[] =>
  resolveFlinkVersion(input) === '1.20'
    ? Object.entries(options)
        .filter(([key, { type }]) => type === 'duration' && /^\s*p/i.test(toText(config[key] ?? '')))
        .map(([key]) =>
          toFieldError(key, 'is a duration of ISO 8601, which Flink 1.20 does not read; write 1 min or 60 s'),
        )
    : [];

const findConfigErrors = (input: ClusterInput, config: Config): readonly FieldError[] => {
  const { config: given, kerberos, podTemplates } = input;
  const optionErrors = findOptionErrors(config, given);
  const hasMemoryErrors = optionErrors.some(({ pointer }) => pointer.includes('manager.memory.'));
  return [
    ...optionErrors,
    ...findDurationErrors(input, config),
    ...findKerberosErrors(config, kerberos),
    ...findReplicaErrors(config),
    ...findDirectoryErrors(config, given),
    ...(optionErrors.length === 0
      ? [
          ...findPortErrors(config, given),
          ...findPullSecretErrors(config),
          ...findSecretErrors(config),
          ...findSizeErrors(config),
          ...findClaimErrors(config, podTemplates),
        ]
      : []),
    ...findHighAvailabilityErrors(config),
    ...findArgumentErrors(config),
    ...(optionErrors.length === 0 ? findTemplateErrors(config, podTemplates) : []),
    // Sizes that cannot be parsed cannot be added.
    ...(hasMemoryErrors ? [] : findMemoryErrors(config)),
  ];
};

/** Flink would refuse the values only when its processes start. */
const findArgumentErrors = (config: Config): readonly FieldError[] =>
  Object.values(argumentOptions).flatMap((option) => {
    const { config: properties } = parseDynamicProperties(toText(config[option] ?? ''));
    const current = canonicalizeConfig(properties, newestFlinkVersion);
    return findOptionErrors(current, properties).map(({ pointer, detail }) =>
      toFieldError(option, `-D${pointer.replace('/config/', '')}: ${detail}`),
    );
  });

const findMemoryErrors = (config: Config): readonly FieldError[] => [
  ...catchFieldErrors(() => computeJobManagerMemory(config)),
  ...catchFieldErrors(() => computeTaskManagerMemory(config)),
];

const portOptions = ['rest.port', 'jobmanager.rpc.port', 'blob.server.port'] as const;

/** A process cannot listen twice on a port. On the network of its node, the JobManager chooses free ports itself. */
const findPortErrors = (config: Config, given: Config): readonly FieldError[] => {
  if (readOption(config, 'kubernetes.hostnetwork.enabled')) return [];
  const ports = portOptions.map((key) => [key, readOption(config, key)] as const);
  return ports.flatMap(([key, port], index) => {
    const [other] = ports.slice(0, index).find(([, one]) => one === port) ?? [];
    if (other === undefined) return [];
    const [wrong, right] = Object.hasOwn(given, key) ? [key, other] : [other, key];
    return [toFieldError(wrong, `is ${port}, the port of ${right}; the JobManager needs different ports`)];
  });
};

const sizeOptions = [
  'kubernetes.jobmanager.cpu.amount',
  'kubernetes.jobmanager.cpu.limit-factor',
  'kubernetes.jobmanager.memory.limit-factor',
  'kubernetes.taskmanager.cpu.amount',
  'kubernetes.taskmanager.cpu.limit-factor',
  'kubernetes.taskmanager.memory.limit-factor',
  'taskmanager.cpu.cores',
] as const;

/** No node has as many CPUs. Above it, quantities and sums become inexact. */
const maxSize = 100_000_000;

const findSizeErrors = (config: Config): readonly FieldError[] =>
  sizeOptions
    .filter((option) => (readOption(config, option) ?? 0) > maxSize)
    .map((option) => toFieldError(option, `must be at most ${maxSize}`));

/** @see Kubernetes, "DNS Subdomain Names" */
const findPullSecretErrors = (config: Config): readonly FieldError[] => {
  const option = 'kubernetes.container.image.pull-secrets';
  return readOption(config, option)
    .filter((name) => !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name))
    .map((name) => toFieldError(option, `'${name}' is not the name of a Secret; separate several names with ';'`));
};

/** The name of a volume has at most 63 characters. Flink appends "-volume" to the name of the Secret. */
const maxSecretLength = 63 - '-volume'.length;

/** @see Kubernetes, "DNS Label Names" */
const findSecretErrors = (config: Config): readonly FieldError[] => {
  const option = 'kubernetes.secrets';
  return Object.keys(readOption(config, option))
    .filter((name) => name.length > maxSecretLength || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
    .map((name) =>
      toFieldError(
        option,
        `'${shorten(name, 80)}' is not the name of a Secret that a pod can mount; it has at most ${maxSecretLength} characters of a-z, 0-9, - and ., and starts and ends with a-z or 0-9`,
      ),
    );
};

const findReplicaErrors = (config: Config): readonly FieldError[] =>
  Number(toText(config['kubernetes.jobmanager.replicas'] ?? '1')) > 1 && !isHighlyAvailable(config)
    ? [
        toFieldError(
          'kubernetes.jobmanager.replicas',
          'more than one JobManager requires high availability; set high-availability.type and high-availability.storageDir',
        ),
      ]
    : [];

const highAvailabilityTypes: ReadonlySet<string> = new Set(['NONE', 'KUBERNETES', 'ZOOKEEPER']);

/** Flink takes any other word for the name of a class. The name of a class contains a package. */
const findHighAvailabilityErrors = (config: Config): readonly FieldError[] => {
  const type = readOption(config, 'high-availability.type');
  return highAvailabilityTypes.has(type.toUpperCase()) || type.includes('.')
    ? []
    : [
        toFieldError(
          'high-availability.type',
          `'${type}' is not one of NONE, kubernetes, zookeeper, nor the full name of a class`,
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
