import type { ApplicationJob } from '#events/commands/deploy.ts';

import { clientOnlyOptions, type Config, stockConfig, toText, type Value } from './config.ts';
import { canonicalizeConfig, readOption } from './options.ts';
import type { FlinkVersion } from './version.ts';

/** Where a value of the cluster's configuration came from. */
export type ConfigSource = 'folder' | 'target' | 'command' | 'drey';

/** A cluster's options and where each came from. */
export interface SourcedConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<string, ConfigSource>>;
}

export interface ConfigInput {
  readonly mode: 'session' | 'application';
  readonly clusterId: string;
  readonly namespace: string;
  /** What the configuration folder sets, in its types; the distribution's own without one. */
  readonly folder?: Config | undefined;
  /** Options that the target starts from. */
  readonly defaults?: Readonly<Record<string, string>> | undefined;
  /** Options that a deploy of Drey's starts from, above the target's. */
  readonly drey?: Readonly<Record<string, string>> | undefined;
  /** The caller's options: dotted keys. */
  readonly config: Readonly<Record<string, string>>;
  /** The program of an application. */
  readonly job?: ApplicationJob | undefined;
  readonly flinkVersion: FlinkVersion;
}

/**
 * All that a cluster is configured with: folder < target < command < what Flink's client settles by itself. Both the
 * objects and `config.yaml` follow from it.
 *
 * @see Flink 2.2 `KubernetesClusterDescriptor.deployClusterInternal`, `InternalServiceDecorator`, `ProgramOptions`
 */
export const resolveConfig = (input: ConfigInput): SourcedConfig => {
  const asked = mergeLayers([
    ['folder', input.folder ?? stockConfig],
    ['target', input.defaults ?? {}],
    ['drey', { ...input.drey, ...(input.mode === 'application' ? applicationDefaults : {}) }],
    ['command', input.config],
    ['command', input.job === undefined ? {} : toJobConfig(input.job)],
  ]);
  const settled = mergeLayers([['drey', deriveConfig(asked.config, input)]]);
  const config = {
    ...asked.config,
    ...(input.mode === 'application' ? parseFlags(asked.config) : {}),
    ...settled.config,
  };
  const kept = Object.keys(config).filter((key) => !clientOnlyOptions.has(key));
  return {
    config: Object.fromEntries(kept.map((key) => [key, config[key] ?? ''])),
    origins: { ...asked.origins, ...settled.origins },
  };
};

/** Each layer over the one before, whatever name an option has in it. */
const mergeLayers = (layers: readonly (readonly [ConfigSource, Config])[]): SourcedConfig => {
  const canonical = layers.map(([from, config]) => [from, canonicalizeConfig(config)] as const);
  return {
    config: Object.assign({}, ...canonical.map(([, config]) => config)),
    origins: Object.assign(
      {},
      ...canonical.map(([from, config]) => Object.fromEntries(Object.keys(config).map((key) => [key, from]))),
    ),
  };
};

/** What `flink run` sets unless one of its flags says otherwise. @see Flink 2.2 `ProgramOptions`, `SavepointRestoreSettings` */
const applicationDefaults = {
  'execution.attached': true,
  'execution.shutdown-on-attached-exit': false,
  'execution.state-recovery.claim-mode': 'NO_CLAIM',
  'execution.state-recovery.ignore-unclaimed-state': false,
} as const;

/** As `java.net.URL` writes it. */
const toJavaUrl = (address: string): string => address.replace(/^file:\/\/\/(?!\/)/, 'file:/');

/** What `flink run` sets by its flags is true or false, not a text, however it was given. */
const parseFlags = (asked: Config): Config =>
  Object.fromEntries(
    Object.entries(applicationDefaults).flatMap(([key, standard]) => {
      const text = toText(asked[key] ?? '').toLowerCase();
      return typeof standard === 'boolean' && (text === 'true' || text === 'false') ? [[key, text === 'true']] : [];
    }),
  );

/** The program, as the JobManager reads it. @see Flink 2.2 `ApplicationConfiguration`, `ExecutionConfigAccessor` */
const toJobConfig = ({ jar, entryClass, args, parallelism, classpaths, restore }: ApplicationJob): Config => ({
  'pipeline.jars': [jar],
  ...(classpaths === undefined || classpaths.length === 0 ? {} : { 'pipeline.classpaths': classpaths.map(toJavaUrl) }),
  ...(entryClass === undefined ? {} : { '$internal.application.main': entryClass }),
  ...(args.length === 0 ? {} : { '$internal.application.program-args': args }),
  ...(parallelism === undefined ? {} : { 'parallelism.default': parallelism }),
  ...(restore?.path === undefined
    ? {}
    : {
        'execution.state-recovery.path': restore.path,
        'execution.state-recovery.ignore-unclaimed-state': restore.allowNonRestoredState,
        'execution.state-recovery.claim-mode': restore.claimMode,
      }),
});

const entrypoints = {
  session: 'org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint',
  application: 'org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint',
} as const;

const deriveConfig = (asked: Config, { mode, clusterId, namespace }: ConfigInput): Config => ({
  'kubernetes.cluster-id': clusterId,
  // Also against what a target's defaults say: the JobManager makes its pods where it is.
  ...(namespace === 'default' && !Object.hasOwn(asked, 'kubernetes.namespace')
    ? {}
    : { 'kubernetes.namespace': namespace }),
  'execution.target': `kubernetes-${mode}`,
  'internal.cluster.execution-mode': 'NORMAL',
  'kubernetes.internal.jobmanager.entrypoint.class': entrypoints[mode],
  ...(isHighlyAvailable(asked)
    ? {
        'high-availability.cluster-id': clusterId,
        'high-availability.jobmanager.port': resolvePort(
          asked['high-availability.jobmanager.port'],
          toText(asked['jobmanager.rpc.port'] ?? '6123'),
        ),
      }
    : { 'jobmanager.rpc.address': `${clusterId}.${namespace}` }),
  'blob.server.port': resolvePort(asked['blob.server.port'], '6124'),
  'taskmanager.rpc.port': resolvePort(asked['taskmanager.rpc.port'], '6122'),
  ...(Object.hasOwn(asked, 'rest.bind-port') ? { 'rest.bind-port': resolvePort(asked['rest.bind-port'], '8081') } : {}),
});

/** A service needs to know the port, so "any port" becomes a certain one. @see Flink 2.2 `KubernetesUtils` */
const resolvePort = (port: Value | undefined, standard: string): Value =>
  port === undefined || /^0+$/.test(toText(port)) ? standard : port;

/**
 * Whether a JobManager's state outlives it: with Kubernetes, ZooKeeper or a class of the caller's.
 *
 * @param config Options under their current keys.
 */
export const isHighlyAvailable = (config: Config): boolean =>
  readOption(config, 'high-availability.type').toUpperCase() !== 'NONE';
