import { join } from 'node:path';

import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { type Environment, isOff, textIn } from './config.ts';
import { fileExists, textsIn } from './files.ts';

const hadoopFiles = ['core-site.xml', 'hdfs-site.xml'] as const;

export const readHadoop = async (
  config: Config,
  env: Environment,
): Promise<(Pick<ClusterInput, 'hadoop'> & { readonly warnings: readonly string[] }) | undefined> => {
  if (textIn(config, 'kubernetes.hadoop.conf.config-map.name') !== undefined) return undefined;
  if (isOff(config, 'kubernetes.decorator.hadoop-conf-mount.enabled')) return undefined;
  const folder = await hadoopFolder(env);
  if (folder === undefined) return undefined;
  const hadoop = await textsIn(folder, hadoopFiles);
  if (Object.keys(hadoop).length > 0) return { hadoop, warnings: [] };
  return { warnings: [`There is no ${hadoopFiles.join(' or ')} in ${folder}: no Hadoop configuration is mounted.`] };
};

/** @see Flink 2.2 `HadoopUtils.getHadoopConfiguration` */
const hadoopFolder = async (env: Environment): Promise<string | undefined> => {
  const [named, home] = [env['HADOOP_CONF_DIR']?.trim(), env['HADOOP_HOME']?.trim()];
  if (named) return named;
  if (!home) return undefined;
  const folders = [join(home, 'etc/hadoop'), join(home, 'conf')];
  const there = await Promise.all(folders.map(fileExists));
  return folders.find((_folder, index) => there[index]);
};
