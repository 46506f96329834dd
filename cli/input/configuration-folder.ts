import { join, resolve } from 'node:path';

import { Failure } from '#cli/api/failure.ts';
import { type Mode, modeOf } from '#cli/api/mode.ts';
import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import type { FlinkVersion } from '#shared/flink/version.ts';

import { type ClusterRef, layered, textIn } from './config.ts';
import { fileExists, read, textsIn } from './files.ts';

/** The folder of FLINK_CONF_DIR. */
export interface ConfigurationFolder extends Pick<ClusterInput, 'files' | 'legacyConfigFile'> {
  /** The options of its configuration file, in their types. */
  readonly folder: Config;
}

export const configuredFolder = async ({
  config,
  flinkVersion,
  io,
}: ClusterRef): Promise<ConfigurationFolder | undefined> => {
  const path = io.env['FLINK_CONF_DIR'];
  return path === undefined || path === '' ? undefined : readFolder(path, config, flinkVersion);
};

const readFolder = async (
  path: string,
  config: Config,
  asked: FlinkVersion | undefined,
): Promise<ConfigurationFolder> => {
  const { parseConfigFile, parseLegacyConfigFile } = await import('#shared/flink/config.ts');
  const { configurationFiles } = await import('#events/commands/deploy.ts');
  if (!(await fileExists(path))) {
    throw new Failure(
      `The given configuration directory name '${path}' (${resolve(path)}) does not describe an existing directory.`,
    );
  }
  const texts = await textsIn(path, ['config.yaml', 'flink-conf.yaml', ...configurationFiles]);
  const { 'config.yaml': current, 'flink-conf.yaml': legacy, ...files } = texts;
  const flat = legacy === undefined ? undefined : parseLegacyConfigFile(legacy);
  const file = join(path, 'config.yaml');
  const nested =
    current === undefined
      ? undefined
      : await read(`The Flink config file '${file}' cannot be used.`, () => parseConfigFile(current));
  const version = asked ?? (await versionIn(await layered({ ...flat, ...nested }, config)));
  if (version === '1.20' && flat !== undefined) return { folder: flat, files, legacyConfigFile: true };
  if (nested !== undefined) return { folder: nested, files };
  throw noConfigFile(file, flat !== undefined);
};

const versionIn = async (config: Config): Promise<FlinkVersion> => {
  const { detectFlinkVersion } = await import('#shared/flink/version.ts');
  return detectFlinkVersion(textIn(config, 'kubernetes.container.image.ref'));
};

const noConfigFile = (file: string, hasLegacy: boolean): Failure =>
  new Failure(
    `The Flink config file '${file}' (${resolve(file)}) does not exist.`,
    hasLegacy
      ? { hint: 'Flink 2 does not read flink-conf.yaml. For an image of Flink 1.20, say -Ddrey.flink-version=1.20.' }
      : {},
  );

/** Where `flink run` deploys to: the command line goes before the folder; Drey takes a session for granted. */
export const modeAskedFor = async (clusterRef: ClusterRef & Pick<Context, 'mode'>): Promise<Mode> => {
  if (clusterRef.mode !== undefined) return clusterRef.mode;
  const { folder = {} } = (await configuredFolder(clusterRef)) ?? {};
  return modeOf(textIn(folder, 'execution.target') ?? 'kubernetes-session');
};

/** Which cluster a command of Flink's is about: the command line goes before the folder. Undefined where neither says it. */
export const clusterIdAskedFor = async (
  clusterRef: ClusterRef & Pick<Context, 'clusterId'>,
): Promise<string | undefined> => {
  if (clusterRef.clusterId !== undefined) return clusterRef.clusterId;
  const { folder = {} } = (await configuredFolder(clusterRef)) ?? {};
  return textIn(folder, 'kubernetes.cluster-id');
};

/** Beginnings of the options that a job on a session may have of its own. */
const jobOptions = [
  'cleanup-strategy',
  'execution.buffer-timeout',
  'execution.checkpointing.',
  'execution.runtime-mode',
  'execution.state-recovery.',
  'parallelism.default',
  'pipeline.',
  'restart-strategy',
  'state.',
  'table.',
] as const;

/** What the folder says about jobs: a session that runs has the rest already. */
export const jobConfigIn = async (clusterRef: ClusterRef): Promise<Readonly<Record<string, string>>> => {
  const { folder = {} } = (await configuredFolder(clusterRef)) ?? {};
  return Object.fromEntries(
    Object.entries(folder)
      .filter(([key]) => jobOptions.some((beginning) => key.startsWith(beginning)))
      .map(([key, value]) => [key, String(value)]),
  );
};
