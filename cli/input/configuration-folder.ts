import { join, resolve } from 'node:path';

import { Failure } from '#cli/api/failure.ts';
import { type Mode, parseMode } from '#cli/api/mode.ts';
import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import type { FlinkVersion } from '#events/flink-version.ts';

import { type InputContext, mergeConfig, textOption } from './config.ts';
import { fileExists, parseContent, readTexts } from './files.ts';

/** The folder of FLINK_CONF_DIR. */
export interface ConfigurationFolder extends Pick<ClusterInput, 'files'> {
  /** The options of its configuration file, in their types. */
  readonly folder: Config;
  readonly warnings: readonly string[];
}

/**
 * Reads the folder of FLINK_CONF_DIR; undefined when the variable is not set.
 *
 * @throws Failure in Flink's words when the folder or its configuration file does not exist.
 */
export const readConfigurationFolder = async ({
  config,
  flinkVersion,
  io,
}: InputContext): Promise<ConfigurationFolder | undefined> => {
  const path = io.env['FLINK_CONF_DIR'];
  return path === undefined || path === '' ? undefined : readFolder(path, config, flinkVersion);
};

const readFolder = async (
  path: string,
  config: Config,
  requestedVersion: FlinkVersion | undefined,
): Promise<ConfigurationFolder> => {
  const { findCutValues, parseConfigFile, parseLegacyConfigFile } = await import('#shared/flink/config-file.ts');
  const { configurationFiles } = await import('#events/commands/deploy.ts');
  if (!(await fileExists(path))) {
    throw new Failure(
      `The given configuration directory name '${path}' (${resolve(path)}) does not describe an existing directory.`,
    );
  }
  const texts = await readTexts({ file: path, option: 'FLINK_CONF_DIR' }, [
    'config.yaml',
    'flink-conf.yaml',
    ...configurationFiles,
  ]);
  const { 'config.yaml': current, 'flink-conf.yaml': legacy, ...files } = texts;
  const flat = legacy === undefined ? undefined : parseLegacyConfigFile(legacy);
  const file = join(path, 'config.yaml');
  const nested =
    current === undefined
      ? undefined
      : await parseContent(`The Flink config file '${file}' cannot be used.`, () => parseConfigFile(current));
  const version = requestedVersion ?? (await resolveVersion(await mergeConfig({ ...flat, ...nested }, config)));
  if (version === '1.20' && flat !== undefined)
    return { folder: flat, files, warnings: findCutValues(legacy ?? '').map(describeCut) };
  if (nested !== undefined) return { folder: nested, files, warnings: [] };
  throw noConfigFile(file, flat !== undefined);
};

const describeCut = (key: string): string =>
  `${key} in flink-conf.yaml ends before the first #, as Flink reads it. To use the whole value, write it in config.yaml.`;

const resolveVersion = async (config: Config): Promise<FlinkVersion> => {
  const { detectFlinkVersion } = await import('#shared/flink/version.ts');
  return detectFlinkVersion(textOption(config, 'kubernetes.container.image.ref'));
};

const noConfigFile = (file: string, hasLegacy: boolean): Failure =>
  new Failure(
    `The Flink config file '${file}' (${resolve(file)}) does not exist.`,
    hasLegacy
      ? { hint: 'Flink 2 does not read flink-conf.yaml. For an image of Flink 1.20, set -Ddrey.flink-version=1.20.' }
      : {},
  );

/** The mode of `run`: from the command line, else from the folder, else a session. */
export const resolveMode = async (context: InputContext & Pick<Context, 'mode'>): Promise<Mode> => {
  if (context.mode !== undefined) return context.mode;
  const { folder = {} } = (await readConfigurationFolder(context)) ?? {};
  return parseMode(textOption(folder, 'execution.target') ?? 'kubernetes-session');
};

/** The cluster id of a command: from the command line, else from the folder. Undefined when neither has one. */
export const resolveClusterId = async (
  context: InputContext & Pick<Context, 'clusterId'>,
): Promise<string | undefined> => {
  if (context.clusterId !== undefined) return context.clusterId;
  const { folder = {} } = (await readConfigurationFolder(context)) ?? {};
  return textOption(folder, 'kubernetes.cluster-id');
};
