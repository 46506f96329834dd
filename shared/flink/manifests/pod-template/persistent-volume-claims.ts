import type { FieldError } from '#events/problems/problem.ts';
import type { Config } from '#shared/flink/config.ts';
import { readOption, toFieldError } from '#shared/flink/options.ts';

import type { Mount } from '#shared/flink/manifests/mounts/mounts.ts';
import { type PodTemplates, selectTemplate, splitPodTemplate } from './pod-template.ts';

const claimsOption = 'kubernetes.persistent-volume-claims';

/**
 * The claims as volumes of the JobManager. The JobManager mounts them into the TaskManagers itself.
 *
 * @see Flink 2.3 `PersistentVolumeClaimMountDecorator`
 */
export const toClaimMounts = (config: Config): readonly Mount[] => {
  const readOnly = readOption(config, 'kubernetes.persistent-volume-claim-read-only');
  return Object.entries(readOption(config, claimsOption)).map(([claimName, mountPath]) => ({
    volume: { name: toVolumeName(claimName), persistentVolumeClaim: { claimName, readOnly } },
    mountPath,
    readOnly,
  }));
};

const suffix = '-pvc';
const toVolumeName = (claimName: string): string => `${claimName.replaceAll('.', '-')}${suffix}`;

/** The name of a volume has at most 63 characters. */
const maxNameLength = 63 - suffix.length;

/** What Flink's client refuses, and what the API server would refuse later. */
export const findClaimErrors = (config: Config, templates: PodTemplates | undefined): readonly FieldError[] => {
  const claims = Object.entries(readOption(config, claimsOption));
  const taken = listTaken(config, templates);
  return claims
    .flatMap(([name, path], index) => [
      ...findNameErrors(name),
      ...findPathErrors(name, path),
      ...claims.slice(0, index).flatMap((other) => findConflicts([name, path], other)),
      ...(taken.volumes.has(toVolumeName(name))
        ? [
            `claim ${name} becomes volume ${toVolumeName(name)}, a name that a pod template also uses; rename the latter`,
          ]
        : []),
      ...(taken.paths.has(path)
        ? [`the mount path ${path} of claim ${name} is already in use; choose another one`]
        : []),
    ])
    .map((detail) => toFieldError(claimsOption, detail));
};

/** @see Kubernetes, "DNS Subdomain Names" */
const findNameErrors = (name: string): readonly string[] => {
  if (name.length > maxNameLength)
    return [`'${name}' has more than ${maxNameLength} characters, the maximum of a claim's name`];
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)
    ? []
    : [`'${name}' is not the name of a claim; it consists of a-z, 0-9, - and ., and starts and ends with a-z or 0-9`];
};

const findPathErrors = (name: string, path: string): readonly string[] =>
  /^\/[^:]*$/.test(path) ? [] : [`the mount path '${path}' of claim ${name} must start with / and have no colon`];

const findConflicts = (
  [name, path]: readonly [string, string],
  [otherName, otherPath]: readonly [string, string],
): readonly string[] => [
  ...(path === otherPath ? [`claims ${otherName} and ${name} have the same mount path ${path}`] : []),
  ...(toVolumeName(name) === toVolumeName(otherName)
    ? [`claims ${otherName} and ${name} have the same volume name ${toVolumeName(name)}; rename one of them`]
    : []),
];

/** The volumes and mount paths that the pods have without the claims. */
const listTaken = (config: Config, templates: PodTemplates | undefined) => {
  const parts = [selectTemplate(templates, 'jobmanager'), selectTemplate(templates, 'taskmanager')].map(
    splitPodTemplate,
  );
  return {
    volumes: new Set(parts.flatMap(({ spec }) => (spec.volumes ?? []).map(({ name }) => name))),
    paths: new Set([
      readOption(config, 'kubernetes.flink.conf.dir'),
      readOption(config, 'user.artifacts.base-dir'),
      ...Object.values(readOption(config, 'kubernetes.secrets')),
      ...parts.flatMap(({ main }) => (main.volumeMounts ?? []).map(({ mountPath }) => mountPath)),
    ]),
  };
};
