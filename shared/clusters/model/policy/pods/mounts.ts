import type { V1PodSpec, V1VolumeMount } from '@kubernetes/client-node';

import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';

import type { Path } from './rendered-pod.ts';

interface FoundMount {
  readonly name: string;
  readonly path: Path;
}

/** What Flink itself mounts at a folder. */
interface OwnMount {
  readonly volume: string;
  readonly configMap: string;
}

/** The mounts of Flink's container that hide a folder, or a part of it. */
export const findMountsAt = (
  { containers, volumes = [] }: V1PodSpec,
  folder: string,
  own: OwnMount,
): readonly FoundMount[] => {
  const at = normalizePath(folder);
  const isOwn = ({ name, mountPath, subPath, subPathExpr }: V1VolumeMount): boolean =>
    name === own.volume &&
    volumes.find((volume) => volume.name === name)?.configMap?.name === own.configMap &&
    // One file of the ConfigMap could take the place of another.
    normalizePath(mountPath) === at &&
    subPath === undefined &&
    subPathExpr === undefined;
  const { volumeMounts = [] } = containers.find(({ name }) => name === mainContainerName) ?? {};
  return volumeMounts.flatMap((mount, index) => {
    const path = normalizePath(mount.mountPath);
    return !isOwn(mount) && (isWithin(path, at) || isWithin(at, path))
      ? [
          {
            name: mount.name,
            path: ['spec', 'containers', { name: mainContainerName }, 'volumeMounts', String(index)],
          },
        ]
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
