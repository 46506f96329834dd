import { join } from 'node:path';

import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests.ts';

import { type Environment, isDisabled, textOption } from './config.ts';
import { fileExists, readTexts } from './files.ts';

const hadoopFiles = ['core-site.xml', 'hdfs-site.xml'] as const;

export const readHadoop = async (
  config: Config,
  env: Environment,
): Promise<(Pick<ClusterInput, 'hadoop'> & { readonly warnings: readonly string[] }) | undefined> => {
  if (textOption(config, 'kubernetes.hadoop.conf.config-map.name') !== undefined) return undefined;
  if (isDisabled(config, 'kubernetes.decorator.hadoop-conf-mount.enabled')) return undefined;
  const folder = await findHadoopFolder(env);
  if (folder === undefined) return undefined;
  const hadoop = await readTexts(folder, hadoopFiles);
  if (Object.keys(hadoop).length > 0) return { hadoop, warnings: [] };
  return { warnings: [`There is no ${hadoopFiles.join(' or ')} in ${folder}: no Hadoop configuration is mounted.`] };
};

/** @see Flink 2.2 `HadoopUtils.getHadoopConfiguration` */
const findHadoopFolder = async (env: Environment): Promise<string | undefined> => {
  const [named, home] = [env['HADOOP_CONF_DIR']?.trim(), env['HADOOP_HOME']?.trim()];
  if (named) return named;
  if (!home) return undefined;
  const folders = [join(home, 'etc/hadoop'), join(home, 'conf')];
  const there = await Promise.all(folders.map(fileExists));
  return folders.find((_folder, index) => there[index]);
};
