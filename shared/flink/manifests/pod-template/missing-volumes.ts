import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

import type { FieldError } from '#events/problems/problem.ts';

import { findTemplateName, type PodTemplates, selectTemplate, splitPodTemplate } from './pod-template.ts';

/** The mounts of volumes that the JobManager's pod does not have. Kubernetes refuses its Deployment. */
export const findMissingVolumes = (
  { containers, initContainers = [], volumes }: V1PodSpec,
  templates: PodTemplates | undefined,
): readonly FieldError[] =>
  findMissing([...containers, ...initContainers], listNames(volumes)).map((name) => ({
    pointer: `/podTemplates/${findTemplateName(templates, 'jobmanager')}`,
    detail: `a container mounts the volume ${name}, which is not among the volumes of the pod`,
  }));

/**
 * The mounts of volumes that the pods of the TaskManagers do not have. A webhook of the target may add volumes to pods,
 * so that these mounts are no mistake for sure.
 *
 * @param jobManager The complete pod. The JobManager adds some of its volumes to the pods of the TaskManagers.
 */
export const findMissingVolumeWarnings = (
  jobManager: V1PodSpec | undefined,
  templates: PodTemplates | undefined,
): readonly string[] => {
  const { main, others, spec } = splitPodTemplate(selectTemplate(templates, 'taskmanager'));
  const volumes = [...listNames(jobManager?.volumes), ...listNames(spec.volumes)];
  return findMissing([main, ...others, ...(spec.initContainers ?? [])], volumes).map(
    (name) =>
      `The pod template of the TaskManagers mounts the volume ${name}, which is not among its volumes. Kubernetes refuses such pods.`,
  );
};

const listNames = (volumes: V1PodSpec['volumes']): readonly string[] => (volumes ?? []).map(({ name }) => name);

const findMissing = (
  containers: readonly Pick<V1Container, 'volumeMounts'>[],
  volumes: readonly string[],
): readonly string[] => {
  const known = new Set(volumes);
  const mounted = containers.flatMap(({ volumeMounts }) => (volumeMounts ?? []).map(({ name }) => name));
  return [...new Set(mounted.filter((name) => !known.has(name)))];
};
