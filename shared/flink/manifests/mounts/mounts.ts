import type { V1ConfigMap, V1EnvVar, V1Secret, V1Volume } from '@kubernetes/client-node';

/** A volume that is mounted into the JobManager's container. */
export interface Mount {
  readonly volume: V1Volume;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
  readonly env?: V1EnvVar;
}

/** Mounts, and the objects that hold the mounted files. */
export interface MountedFiles {
  readonly mounts: readonly Mount[];
  readonly objects: readonly (V1ConfigMap | V1Secret)[];
}

export const noFiles: MountedFiles = { mounts: [], objects: [] };

/** The items of a volume that mounts each file under its own name. */
export const toItems = (files: readonly string[]) => files.map((file) => ({ key: file, path: file }));

/** A ConfigMap with one key per file. Flink sets no labels on some of them. */
export const renderFilesConfigMap = (
  name: string,
  namespace: string,
  files: Readonly<Record<string, string>>,
  labels?: Readonly<Record<string, string>>,
): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
  data: files,
});
