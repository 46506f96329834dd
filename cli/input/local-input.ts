import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { type InputContext, mergeConfig } from './config.ts';
import { readConfigurationFolder } from './configuration-folder.ts';
import { readHadoop } from '#cli/input/mounts/hadoop.ts';
import { readKerberos } from '#cli/input/mounts/kerberos.ts';
import { readPodTemplates } from '#cli/input/mounts/pod-templates.ts';

/** The files of this machine that Flink's client reads: the configuration folder, and files that options name. */
export interface LocalInput extends Pick<ClusterInput, 'files' | 'podTemplates' | 'hadoop' | 'kerberos'> {
  /** The options of the configuration folder, in their types; undefined when FLINK_CONF_DIR is not set. */
  readonly folder?: Config;
  /** Files that are left out and values that are cut, with the reasons. */
  readonly warnings: readonly string[];
}

/**
 * @throws Failure when a folder or a file does not exist.
 * @see Flink 2.2 `GlobalConfiguration`, `PodTemplateMountDecorator`, `HadoopConfMountDecorator`, `KerberosMountDecorator`
 */
export const readLocalInput = async (context: InputContext): Promise<LocalInput> => {
  const { config, io } = context;
  const folder = await readConfigurationFolder(context);
  const effective = await mergeConfig(folder?.folder ?? {}, config);
  const [podTemplates, hadoop, kerberos] = await Promise.all([
    readPodTemplates(effective),
    readHadoop(effective, io.env),
    readKerberos(effective),
  ]);
  return {
    ...folder,
    ...podTemplates,
    ...hadoop,
    ...kerberos,
    warnings: [...(folder?.warnings ?? []), ...(hadoop?.warnings ?? [])],
  };
};
