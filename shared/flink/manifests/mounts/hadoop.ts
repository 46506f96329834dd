import type { Config } from '#shared/flink/config.ts';
import { getCommonLabels } from '#shared/flink/names.ts';
import { readOption } from '#shared/flink/options.ts';

import { type MountedFiles, noFiles, renderFilesConfigMap, toItems } from './mounts.ts';

interface HadoopInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** Options under their current keys. */
  readonly config: Config;
  /** The text of each file of the Hadoop configuration. */
  readonly hadoop?: Readonly<Partial<Record<string, string>>> | undefined;
}

/**
 * A Hadoop configuration: the files that the caller sent, or an existing ConfigMap.
 *
 * @see Flink 2.2 `HadoopConfMountDecorator`
 */
export const renderHadoopMount = ({ clusterId, namespace, config, hadoop = {} }: HadoopInput): MountedFiles => {
  const existing = readOption(config, 'kubernetes.hadoop.conf.config-map.name');
  const files = dropUndefined(hadoop);
  if (!readOption(config, 'kubernetes.decorator.hadoop-conf-mount.enabled')) return noFiles;
  if (existing === undefined && Object.keys(files).length === 0) return noFiles;
  const name = existing ?? `hadoop-config-${clusterId}`;
  const items = existing === undefined ? { items: toItems(Object.keys(files)) } : {};
  return {
    mounts: [
      {
        volume: { name: 'hadoop-config-volume', configMap: { name, ...items } },
        mountPath: '/opt/hadoop/conf',
        env: { name: 'HADOOP_CONF_DIR', value: '/opt/hadoop/conf' },
      },
    ],
    objects: existing === undefined ? [renderFilesConfigMap(name, namespace, files, getCommonLabels(clusterId))] : [],
  };
};

const dropUndefined = (files: Readonly<Partial<Record<string, string>>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
