import type { V1PodSpec } from '@kubernetes/client-node';

import type { FieldError } from '#events/problems/problem.ts';
import type { Config } from '#shared/flink/config.ts';
import { readOption, toFieldError } from '#shared/flink/options.ts';

import { toSecretVolumeName } from '#shared/flink/manifests/deployment.ts';
import {
  findTemplateName,
  mainContainerName,
  type PodKind,
  type PodTemplates,
  selectTemplate,
  splitPodTemplate,
} from './pod-template.ts';

interface PodSource {
  readonly config: Config;
  readonly templates: PodTemplates | undefined;
}

/** Names of a pod that must differ, because Kubernetes refuses a pod that has one of them twice. */
interface PodNames {
  readonly volumes: readonly string[];
  /** Of Flink's container. */
  readonly mountPaths: readonly string[];
  readonly containers: readonly string[];
}

/**
 * The volumes, mount paths and containers that a pod has twice, because of several options, files and pod templates.
 *
 * @param jobManager The complete pod. The JobManager creates those of the TaskManagers, long after the deploy.
 */
export const findRepeatedNames = (jobManager: V1PodSpec, source: PodSource): readonly FieldError[] => {
  const errors = [
    ...describePod('jobmanager', listJobManagerNames(jobManager), source),
    ...describePod('taskmanager', listTaskManagerNames(source), source),
  ];
  // Both kinds of pods may have the same option or template.
  return [...new Map(errors.map((error) => [`${error.pointer} ${error.detail}`, error])).values()];
};

const listJobManagerNames = ({ volumes = [], containers, initContainers = [] }: V1PodSpec): PodNames => ({
  volumes: volumes.map(({ name }) => name),
  mountPaths: (containers.find(({ name }) => name === mainContainerName)?.volumeMounts ?? []).map(
    ({ mountPath }) => mountPath,
  ),
  containers: [...initContainers, ...containers].map(({ name }) => name),
});

const listTaskManagerNames = ({ config, templates }: PodSource): PodNames => {
  const { main, others, spec } = splitPodTemplate(selectTemplate(templates, 'taskmanager'));
  const secrets = readOption(config, 'kubernetes.secrets');
  return {
    volumes: [...(spec.volumes ?? []).map(({ name }) => name), ...Object.keys(secrets).map(toSecretVolumeName)],
    mountPaths: [...(main.volumeMounts ?? []).map(({ mountPath }) => mountPath), ...Object.values(secrets)],
    containers: [...(spec.initContainers ?? []), ...others].map(({ name }) => name),
  };
};

const describePod = (
  pod: PodKind,
  { volumes, mountPaths, containers }: PodNames,
  { config, templates }: PodSource,
): readonly FieldError[] => {
  const secrets = readOption(config, 'kubernetes.secrets');
  const isSecret = new Set([...Object.keys(secrets).map(toSecretVolumeName), ...Object.values(secrets)]);
  const pointer = `/podTemplates/${findTemplateName(templates, pod)}`;
  const toErrors = (kind: string, names: readonly string[]): readonly FieldError[] =>
    listRepeated(names).map((name) => {
      const detail = `the pods would have ${kind} ${name} twice, which Kubernetes refuses; choose another one`;
      return isSecret.has(name) ? toFieldError('kubernetes.secrets', detail) : { pointer, detail };
    });
  return [
    ...toErrors('the volume', volumes),
    ...toErrors('the mount path', mountPaths),
    ...toErrors('the container', containers),
  ];
};

const listRepeated = (names: readonly string[]): readonly string[] => {
  const groups = Map.groupBy(names, (name) => name);
  return [...groups].flatMap(([name, { length }]) => (length > 1 ? [name] : []));
};
