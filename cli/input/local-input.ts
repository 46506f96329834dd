import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { type ClusterRef, layered } from './config.ts';
import { configuredFolder } from './configuration-folder.ts';
import { readHadoop } from './hadoop.ts';
import { readKerberos } from './kerberos.ts';
import { readPodTemplates } from './pod-templates.ts';

/** What Flink's client takes from the disk of whoever calls it: the configuration folder, and files that options name. */
export interface LocalInput extends Pick<
  ClusterInput,
  'files' | 'legacyConfigFile' | 'podTemplates' | 'hadoop' | 'kerberos'
> {
  /** What the configuration folder sets, in its types; undefined where FLINK_CONF_DIR is not set. */
  readonly folder?: Config;
  /** What is left out, and why. */
  readonly warnings: readonly string[];
}

/**
 * @throws Failure for a folder or a file that is named and not there.
 * @see Flink 2.2 `GlobalConfiguration`, `PodTemplateMountDecorator`, `HadoopConfMountDecorator`, `KerberosMountDecorator`
 */
export const readLocalInput = async (clusterRef: ClusterRef): Promise<LocalInput> => {
  const { config, io } = clusterRef;
  const folder = await configuredFolder(clusterRef);
  const effective = await layered(folder?.folder ?? {}, config);
  const [podTemplates, hadoop, kerberos] = await Promise.all([
    readPodTemplates(effective),
    readHadoop(effective, io.env),
    readKerberos(effective),
  ]);
  return { ...folder, ...podTemplates, ...hadoop, ...kerberos, warnings: hadoop?.warnings ?? [] };
};
