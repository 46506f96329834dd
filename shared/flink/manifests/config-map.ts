import type { V1ConfigMap } from '@kubernetes/client-node';

import { maxConfigMapBytes } from '#events/kubernetes/config-map.ts';
import { Fault } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { getCommonLabels, getConfigMapName } from '#shared/flink/names.ts';
import { toOptionPointer } from '#shared/flink/options.ts';

interface ConfigMapInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** The text of each file in the configuration folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** The configuration folder of the JobManager and the TaskManagers. @see Flink 2.2 `FlinkConfMountDecorator` */
export const renderConfigMap = ({ clusterId, namespace, files }: ConfigMapInput): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: getConfigMapName(clusterId), namespace, labels: getCommonLabels(clusterId) },
  data: files,
});

/**
 * @param config The resolved configuration, one of the files.
 * @throws Fault `refused-option` when the files do not fit into a ConfigMap. It names the largest file or option.
 */
export const assertFitsConfigMap = (files: Readonly<Record<string, string>>, config: Config): void => {
  const sizes = Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.byteLength(text) + name.length }));
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  if (bytes <= maxConfigMapBytes) return;
  const options = Object.entries(config).map(([name, value]) => ({ name, bytes: Buffer.byteLength(toText(value)) }));
  const parts = [
    ...sizes.filter(({ name }) => name !== 'config.yaml').map((size) => ({ ...size, pointer: `/files/${size.name}` })),
    ...options.map((size) => ({ ...size, pointer: toOptionPointer(size.name) })),
  ].toSorted((one, other) => other.bytes - one.bytes);
  const [largest] = parts;
  throw new Fault(
    'refused-option',
    `The configuration has ${bytes} bytes. A ConfigMap holds at most ${maxConfigMapBytes}. The largest part is ${largest?.name ?? ''} with ${largest?.bytes ?? 0} bytes.`,
    {
      errors: parts.slice(0, 1).map(({ pointer, bytes: size }) => ({
        pointer,
        detail: `has ${size} bytes; the whole configuration has at most ${maxConfigMapBytes}`,
      })),
    },
  );
};
