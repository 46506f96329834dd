import type { Config } from '#shared/flink/config.ts';
import { configVolumeName } from '#shared/flink/manifests/deployment.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { getConfigMapName } from '#shared/flink/names.ts';
import { readOption } from '#shared/flink/options.ts';

import { findMountsAt } from './mounts.ts';
import type { Path, RenderedPod, Violation } from './rendered-pod.ts';

/** Options by which another configuration, or another program, takes the place of Flink's. */
export const sourceOptions: readonly string[] = ['kubernetes.flink.conf.dir', 'kubernetes.entry.path'];

/** Variables from which the start scripts of Flink, or the shell, read options. */
const sourceVariables: ReadonlySet<string> = new Set([
  'BASH_ENV',
  'FLINK_CONF_DIR',
  'FLINK_ENV_JAVA_OPTS',
  'FLINK_ENV_JAVA_OPTS_JM',
  'FLINK_ENV_JAVA_OPTS_TM',
  'FLINK_HOME',
  'FLINK_PROPERTIES',
  'JVM_ARGS',
]);

const rule = 'configuration';
const main: Path = ['spec', 'containers', { name: mainContainerName }];

/**
 * What would make Flink read another configuration than the one that Drey has checked. It matters to a policy that locks
 * or denies options.
 *
 * @param trusted The names of variables that the target itself sets.
 */
export const findConfigSourceViolations = (
  { spec }: RenderedPod,
  {
    clusterId,
    config,
    trusted,
  }: {
    readonly clusterId: string;
    readonly config: Config;
    readonly trusted: ReadonlySet<string>;
  },
): readonly Violation[] => {
  const folder = readOption(config, 'kubernetes.flink.conf.dir');
  const { env = [], envFrom = [] } = spec.containers.find(({ name }) => name === mainContainerName) ?? {};
  return [
    ...env
      .filter(({ name, value }) => sourceVariables.has(name) && !trusted.has(name) && value !== folder)
      .map(({ name }) => ({
        rule,
        path: [...main, 'env', { name }],
        detail: `sets the variable ${name}, from which Flink reads options that Drey does not. Remove it.`,
      })),
    ...envFrom.map((_source, index) => ({
      rule,
      path: [...main, 'envFrom', String(index)],
      detail:
        'has variables from another object, and Drey does not know their names. Write each variable in env, with valueFrom.',
    })),
    ...findMountsAt(spec, folder, { volume: configVolumeName, configMap: getConfigMapName(clusterId) }).map(
      ({ name, path }) => ({
        rule,
        path,
        detail: `mounts ${name} at ${folder}, where Flink reads its configuration. Choose another path.`,
      }),
    ),
  ];
};
