import type { V1PodSpec } from '@kubernetes/client-node';

import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';

import type { Path } from './rendered-pod.ts';

interface FoundMount {
  readonly name: string;
  readonly path: Path;
}

/**
 * The mounts of Flink's container that hide a folder, or a part of it.
 *
 * @param configMap The name of the ConfigMap that belongs there.
 */
export const findMountsAt = (
  { containers, volumes = [] }: V1PodSpec,
  folder: string,
  configMap: string,
): readonly FoundMount[] => {
  const at = normalizePath(folder);
  const own = volumes.filter((volume) => volume.configMap?.name === configMap).map(({ name }) => name);
  const { volumeMounts = [] } = containers.find(({ name }) => name === mainContainerName) ?? {};
  return volumeMounts.flatMap(({ name, mountPath }, index) => {
    const path = normalizePath(mountPath);
    return !own.includes(name) && (isWithin(path, at) || isWithin(at, path))
      ? [{ name, path: ['spec', 'containers', { name: mainContainerName }, 'volumeMounts', String(index)] }]
      : [];
  });
};

const isWithin = (path: string, folder: string): boolean => `${path}/`.startsWith(folder === '/' ? '/' : `${folder}/`);

const normalizePath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return `/${parts.join('/')}`;
};
