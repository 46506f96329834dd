import { join } from 'node:path';

import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { type Environment, isDisabled, textOption } from '#cli/input/config.ts';
import { fileExists, readTexts } from '#cli/input/files.ts';

const hadoopFiles = ['core-site.xml', 'hdfs-site.xml'] as const;

/** The Hadoop configuration that the pods mount; undefined when there is none, or when it is a ConfigMap. */
export const readHadoop = async (
  config: Config,
  env: Environment,
): Promise<(Pick<ClusterInput, 'hadoop'> & { readonly warnings: readonly string[] }) | undefined> => {
  if (textOption(config, 'kubernetes.hadoop.conf.config-map.name') !== undefined) return undefined;
  if (isDisabled(config, 'kubernetes.decorator.hadoop-conf-mount.enabled')) return undefined;
  const folder = await findHadoopFolder(env);
  if (folder === undefined) return undefined;
  const hadoop = await readTexts({ file: folder, option: 'the Hadoop configuration' }, hadoopFiles);
  if (Object.keys(hadoop).length > 0) return { hadoop, warnings: [] };
  return { warnings: [`No Hadoop configuration is mounted, because ${folder} has no ${hadoopFiles.join(' or ')}.`] };
};

/** @see Flink 2.2 `HadoopUtils.getHadoopConfiguration` */
const findHadoopFolder = async (env: Environment): Promise<string | undefined> => {
  const [configured, home] = [env['HADOOP_CONF_DIR']?.trim(), env['HADOOP_HOME']?.trim()];
  if (configured) return configured;
  if (!home) return undefined;
  const folders = [join(home, 'etc/hadoop'), join(home, 'conf')];
  const exist = await Promise.all(folders.map(fileExists));
  return folders.find((_folder, index) => exist[index]);
};
