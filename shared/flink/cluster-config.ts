import type { ApplicationJob } from '#events/programs/application-job.ts';
import type { FlinkVersion } from '#events/flink-version.ts';

import { clientOnlyOptions, type Config, getStockConfig, toText, type Value } from './config.ts';
import { canonicalizeConfig } from './option-names/canonical.ts';
import { expandMaps } from './option-names/maps.ts';
import { restorePathOption } from './option-names/restore.ts';
import { readOption } from './options.ts';
import { toJobConfig } from './program/job-config.ts';

/** The layer that a value of the cluster's configuration comes from. */
export type ConfigSource = 'folder' | 'target' | 'command' | 'drey';

/** A cluster's options, with the source of each. */
interface SourcedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<string, ConfigSource>>;
}

export type Layer = readonly [from: ConfigSource, config: Config];

interface ResolvedConfig extends SourcedConfig {
  /** What was requested, the strongest layer last. */
  readonly layers: readonly Layer[];
}

export interface ConfigInput {
  readonly mode: 'session' | 'application';
  readonly clusterId: string;
  readonly namespace: string;
  /** The typed options of the configuration folder. The default is the file of Flink's distribution. */
  readonly folder?: Config | undefined;
  /** The defaults of the target. */
  readonly defaults?: Readonly<Record<string, string>> | undefined;
  /** Drey's own options for a deploy. They take precedence over those of the caller. */
  readonly drey?: Readonly<Record<string, string>> | undefined;
  /** The options of the caller, by their dotted keys. */
  readonly config: Readonly<Record<string, string>>;
  /** The program of an application. */
  readonly job?: ApplicationJob | undefined;
  /** The options of the target that always apply. */
  readonly locked?: Readonly<Record<string, string>> | undefined;
  readonly flinkVersion: FlinkVersion;
}

/**
 * The whole configuration of a cluster, from which its objects and `config.yaml` are rendered.
 *
 * Later layers take precedence: defaults of `flink run`, configuration folder, target, command, locked options of the target, Drey, and the options that Flink's client derives.
 *
 * @see Flink 2.2 `KubernetesClusterDescriptor.deployClusterInternal`, `InternalServiceDecorator`, `ProgramOptions`
 */
export const resolveConfig = (input: ConfigInput): ResolvedConfig => {
  const layers = listLayers(input);
  const applied = layers.map((layer) => withoutUnwantedRestorePath(layer, input));
  const requested = mergeLayers(applied, input.flinkVersion);
  const derived: SourcedConfig = mergeLayers(
    [['drey', { ...keepModuleFlags(layers), ...deriveConfig(requested.config, input) }]],
    input.flinkVersion,
  );
  const flags = input.mode === 'application' ? parseFlags(requested.config) : {};
  const config = { ...requested.config, ...flags, ...derived.config };
  const keys = Object.keys(config).filter((key) => !clientOnlyOptions.has(key) && !isBlankRestorePath(key, config));
  return {
    config: Object.fromEntries(keys.map((key) => [key, config[key] ?? ''])),
    sources: { ...requested.sources, ...derived.sources },
    layers,
  };
};

/** What was requested, by the current keys of the options. A later layer takes precedence. */
const listLayers = (input: ConfigInput): readonly Layer[] =>
  (
    [
      ['drey', input.mode === 'application' ? applicationDefaults : {}],
      ['folder', input.folder ?? getStockConfig(input.flinkVersion)],
      ['target', input.defaults ?? {}],
      ['command', input.config],
      ['command', input.job === undefined ? {} : toJobConfig(input.job)],
      ['target', input.locked ?? {}],
      ['drey', input.drey ?? {}],
    ] as const
  ).map(([from, config]) => [from, canonicalizeConfig<Value>(config, input.flinkVersion)] as const);

/** A later layer takes precedence, also where it sets one name of a map and an earlier layer sets the whole map. */
const mergeLayers = (layers: readonly Layer[], version: FlinkVersion): SourcedConfig =>
  layers.reduce<SourcedConfig>(
    (merged, [from, config]) => {
      const below = expandMaps(merged.config, config, version);
      const sources = Object.keys(below).map(
        (key) => [key, merged.sources[key] ?? merged.sources[findMap(key, merged.config)] ?? from] as const,
      );
      const own = Object.keys(config).map((key) => [key, from] as const);
      return { config: { ...below, ...config }, sources: Object.fromEntries([...sources, ...own]) };
    },
    { config: {}, sources: {} },
  );

const findMap = (key: string, config: Config): string =>
  Object.keys(config).find((map) => key.startsWith(`${map}.`)) ?? key;

/**
 * A session would restore every later job from a path, and a target every later application, other programs included. So
 * the path of an application is one of its command or its configuration folder, and a job of a session has its own path.
 */
const withoutUnwantedRestorePath = ([from, config]: Layer, { mode }: ConfigInput): Layer => {
  if (mode === 'application' && from !== 'target') return [from, config];
  const { [restorePathOption]: _path, ...rest } = config;
  return [from, rest];
};

/** A blank path replaces the path of an earlier layer with none. */
const isBlankRestorePath = (key: string, config: Config): boolean =>
  key === restorePathOption && toText(config[key] ?? '').trim() === '';

const isModuleFlag = (flag: string) => /^--add-(opens|exports)=/.test(flag);

/**
 * The flags of Java's modules that a stronger layer replaces together with `env.java.opts.all`. No job starts without
 * them, and a caller that sets a time zone does not mean to remove them. Flink puts the default options first.
 */
const keepModuleFlags = (layers: readonly Layer[]): Config => {
  const read = (key: string) =>
    layers.flatMap(([, config]) => (config[key] === undefined ? [] : [toText(config[key])]));
  const options = read('env.java.opts.all').map((text) => text.split(/\s+/));
  const defaults = read('env.java.default-opts.all').at(-1);
  const applied = new Set([...(options.at(-1) ?? []), ...(defaults ?? '').split(/\s+/)]);
  const lost = options.flat().filter((flag) => isModuleFlag(flag) && !applied.has(flag));
  if (lost.length === 0) return {};
  return {
    'env.java.default-opts.all': [...new Set(lost), ...(defaults === undefined ? [] : [defaults])].join(' '),
  };
};

/** The options that `flink run` sets when its flags do not change them. @see Flink 2.2 `ProgramOptions`, `SavepointRestoreSettings` */
const applicationDefaults = {
  'execution.attached': true,
  'execution.shutdown-on-attached-exit': false,
  'execution.state-recovery.claim-mode': 'NO_CLAIM',
  'execution.state-recovery.ignore-unclaimed-state': false,
} as const;

/** Flink's client writes the options of its flags as booleans, also when the caller gave them as text. */
const parseFlags = (requested: Config): Config =>
  Object.fromEntries(
    Object.entries(applicationDefaults).flatMap(([key, defaultValue]) => {
      const text = toText(requested[key] ?? '').toLowerCase();
      return typeof defaultValue === 'boolean' && (text === 'true' || text === 'false') ? [[key, text === 'true']] : [];
    }),
  );

const entrypoints = {
  session: 'org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint',
  application: 'org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint',
} as const;

/** The options that Flink's client sets itself, whatever the caller requests. */
const deriveConfig = (requested: Config, { mode, clusterId, namespace }: ConfigInput): Config => ({
  'kubernetes.cluster-id': clusterId,
  // This overrides the defaults of a target, because the JobManager creates its pods in its own namespace.
  ...(namespace === 'default' && !Object.hasOwn(requested, 'kubernetes.namespace')
    ? {}
    : { 'kubernetes.namespace': namespace }),
  'execution.target': `kubernetes-${mode}`,
  'internal.cluster.execution-mode': 'NORMAL',
  'kubernetes.internal.jobmanager.entrypoint.class': entrypoints[mode],
  ...(isHighlyAvailable(requested)
    ? {
        'high-availability.cluster-id': clusterId,
        'high-availability.jobmanager.port': resolvePort(
          requested['high-availability.jobmanager.port'],
          toText(requested['jobmanager.rpc.port'] ?? '6123'),
        ),
      }
    : { 'jobmanager.rpc.address': `${clusterId}.${namespace}` }),
  'blob.server.port': resolvePort(requested['blob.server.port'], '6124'),
  'taskmanager.rpc.port': resolvePort(requested['taskmanager.rpc.port'], '6122'),
  ...(Object.hasOwn(requested, 'rest.bind-port')
    ? { 'rest.bind-port': resolvePort(requested['rest.bind-port'], '8081') }
    : {}),
});

/** A fixed port in place of port 0, which means any port. A Service requires a fixed port. @see Flink 2.2 `KubernetesUtils` */
const resolvePort = (port: Value | undefined, defaultPort: string): Value =>
  port === undefined || /^0+$/.test(toText(port)) ? defaultPort : port;

/**
 * Whether the state of a JobManager survives its restart: with Kubernetes, ZooKeeper or a class of the caller.
 *
 * @param config Options under their current keys.
 */
export const isHighlyAvailable = (config: Config): boolean =>
  readOption(config, 'high-availability.type').toUpperCase() !== 'NONE';
