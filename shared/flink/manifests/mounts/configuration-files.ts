import { configurationFiles } from '#events/commands/deploy.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import type { Config } from '#shared/flink/config.ts';
import { toYaml } from '#shared/flink/config-yaml.ts';
import { isAtLeast } from '#shared/flink/version.ts';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { log4jConsole } from './log4j.ts';

/**
 * The text of each file in the configuration folder, in Flink's order, with the configuration last.
 *
 * The clients before Flink 2.1 ship only the logging settings of the console. Flink 1.20 reads `config.yaml`, too, in which
 * a value may have any characters.
 *
 * @see Flink 2.2 `FlinkConfMountDecorator`
 */
export const renderConfigurationFiles = (
  { files = { 'log4j-console.properties': log4jConsole } }: Pick<ClusterInput, 'files'>,
  version: FlinkVersion,
  config: Config,
): Record<string, string> => {
  const shipped = configurationFiles.filter((name) => isAtLeast(version, '2.1') || name.includes('-console'));
  return Object.fromEntries([
    ...shipped.flatMap((name) => {
      const text = files[name];
      return text === undefined ? [] : [[name, text] as const];
    }),
    ['config.yaml', toYaml(config)],
  ]);
};
