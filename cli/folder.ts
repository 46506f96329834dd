import { basename, join, resolve } from 'node:path';

import type { PodTemplate } from '#events/commands/deploy.ts';
import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests.ts';
import type { PodTemplates } from '#shared/flink/pod-template.ts';
import type { FlinkVersion } from '#shared/flink/version.ts';

import type { Context } from './context.ts';
import { bytesOf, fileExists, textOf, textsIn } from './disk.ts';
import { Failure, refusalOf } from './failure.ts';
import { type Mode, modeOf, type Queueing } from './options.ts';

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

type Environment = Context['io']['env'];

/** Where to look, as `Context` has it. */
interface ClusterRef extends Pick<Context, 'config' | 'flinkVersion'> {
  readonly io: { readonly env: Environment };
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

/** What the command line says over what the folder says, by whatever name either has an option. */
const layered = async (folder: Config, config: Config): Promise<Config> => {
  const { canonicalConfig } = await import('#shared/flink/options.ts');
  return { ...canonicalConfig(folder), ...canonicalConfig(config) };
};

/** The option as the text that was written; undefined where it is blank. */
export const textIn = (config: Config, key: string): string | undefined => {
  const text = String(config[key] ?? '').trim();
  return text === '' ? undefined : text;
};

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

const isOff = (config: Config, key: string): boolean => textIn(config, key)?.toLowerCase() === 'false';

type ConfigurationFolder = Pick<LocalInput, 'folder' | 'files' | 'legacyConfigFile'>;

const configuredFolder = async ({ config, flinkVersion, io }: ClusterRef): Promise<ConfigurationFolder | undefined> => {
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
  const { versionOf } = await import('#shared/flink/version.ts');
  return versionOf(textIn(config, 'kubernetes.container.image.ref'));
};

const noConfigFile = (file: string, hasLegacy: boolean): Failure =>
  new Failure(
    `The Flink config file '${file}' (${resolve(file)}) does not exist.`,
    hasLegacy
      ? { hint: 'Flink 2 does not read flink-conf.yaml. For an image of Flink 1.20, say -Ddrey.flink-version=1.20.' }
      : {},
  );

const templateOptions = {
  default: 'kubernetes.pod-template-file.default',
  jobmanager: 'kubernetes.pod-template-file.jobmanager',
  taskmanager: 'kubernetes.pod-template-file.taskmanager',
} as const;

const readPodTemplates = async (config: Config): Promise<Pick<LocalInput, 'podTemplates'>> => {
  const files = Object.entries(templateOptions).flatMap(([pod, key]) => {
    const file = textIn(config, key);
    if (file?.trim() === '') throw new Failure(`-D${key} names no file.`);
    return file === undefined ? [] : [[pod, file, key] as const];
  });
  if (files.length === 0) return {};
  const texts = new Map(
    await Promise.all(files.map(async ([pod, file, key]) => [pod, await templateText(file, key)] as const)),
  );
  const templates = await Promise.all(
    files.map(async ([pod, file]) => [pod, await templateIn(file, texts.get(pod) ?? '')] as const),
  );
  const taskmanagerText = texts.get('taskmanager') ?? texts.get('default');
  return {
    podTemplates: {
      ...Object.fromEntries(templates),
      ...(taskmanagerText === undefined ? {} : { taskmanagerText }),
    },
  };
};

const templateText = async (file: string, key: string): Promise<string> => {
  const text = await textOf(file);
  if (text === undefined)
    throw new Failure(`Pod template file ${file} does not exist.`, { lines: [`-D${key} names it.`] });
  return text;
};

const templateIn = async (file: string, text: string): Promise<PodTemplate> => {
  const [yaml, { deploy }, { parse }] = await Promise.all([
    import('yaml'),
    import('#events/commands/deploy.ts'),
    import('#events/problem.ts'),
  ]);
  const schema = deploy.data.shape.podTemplates.unwrap().shape.default.unwrap();
  return read(`Pod template file ${file} holds no pod.`, () => parse(schema, podOf(text, yaml)));
};

/** Fields of a pod, and maps of it, that hold text, whatever YAML makes of it. */
const textFields: ReadonlySet<unknown> = new Set(['value', 'labels', 'annotations', 'nodeSelector', 'matchLabels']);

/** A pod as Kubernetes' tools read its YAML: `0644` is octal, and what has to be text is text. */
const podOf = (text: string, { parseDocument, visit, isScalar, isMap }: typeof import('yaml')): unknown => {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  const asWritten = (node: unknown) => {
    if (isScalar(node) && node.value !== null && typeof node.value !== 'string') node.value = node.source ?? '';
  };
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!textFields.has(isScalar(key) ? key.value : key)) return;
      if (isMap(value)) value.items.forEach((item) => asWritten(item.value));
      else asWritten(value);
    },
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && /^0[0-7]+$/.test(node.source ?? ''))
        node.value = Number.parseInt(node.source ?? '', 8);
    },
  });
  return document.toJS();
};

/** What is in a file, or why that cannot be made out. */
const read = async <T>(wrong: string, take: () => T): Promise<T> => {
  try {
    return take();
  } catch (error) {
    const { Fault } = await import('#events/problem.ts');
    if (error instanceof Fault) throw refusalOf(wrong, error);
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Failure(wrong, { lines: [line], cause: error });
  }
};

const hadoopFiles = ['core-site.xml', 'hdfs-site.xml'] as const;

const readHadoop = async (
  config: Config,
  env: Environment,
): Promise<(Pick<LocalInput, 'hadoop'> & { readonly warnings: readonly string[] }) | undefined> => {
  if (textIn(config, 'kubernetes.hadoop.conf.config-map.name') !== undefined) return undefined;
  if (isOff(config, 'kubernetes.decorator.hadoop-conf-mount.enabled')) return undefined;
  const folder = await hadoopFolder(env);
  if (folder === undefined) return undefined;
  const hadoop = await textsIn(folder, hadoopFiles);
  if (Object.keys(hadoop).length > 0) return { hadoop, warnings: [] };
  return { warnings: [`There is no ${hadoopFiles.join(' or ')} in ${folder}: no Hadoop configuration is mounted.`] };
};

/** @see Flink 2.2 `HadoopUtils.getHadoopConfiguration` */
const hadoopFolder = async (env: Environment): Promise<string | undefined> => {
  const [named, home] = [env['HADOOP_CONF_DIR']?.trim(), env['HADOOP_HOME']?.trim()];
  if (named) return named;
  if (!home) return undefined;
  const folders = [join(home, 'etc/hadoop'), join(home, 'conf')];
  const there = await Promise.all(folders.map(fileExists));
  return folders.find((_folder, index) => there[index]);
};

const readKerberos = async (config: Config): Promise<Pick<LocalInput, 'kerberos'>> => {
  if (isOff(config, 'kubernetes.decorator.kerberos-mount.enabled')) return {};
  const [keytab, krb5Conf] = await Promise.all([readKeytab(config), readKrb5Conf(config)]);
  if (keytab === undefined && krb5Conf === undefined) return {};
  return { kerberos: { ...(keytab === undefined ? {} : { keytab }), ...(krb5Conf === undefined ? {} : { krb5Conf }) } };
};

const keytabOption = 'security.kerberos.login.keytab';
const krb5Option = 'security.kerberos.krb5-conf.path';

/** One that is not there is for the renderer to refuse: it knows what else could be meant. */
const readKeytab = async (config: Config) => {
  const file = textIn(config, keytabOption);
  if (file === undefined || textIn(config, 'security.kerberos.login.principal') === undefined) return undefined;
  const bytes = await bytesOf(file);
  return bytes === undefined ? undefined : { name: basename(file), base64: bytes.toString('base64') };
};

const readKrb5Conf = async (config: Config): Promise<string | undefined> => {
  const file = textIn(config, krb5Option);
  return file === undefined ? undefined : textOf(file);
};

/** Options that only mean something on the machine that reads them. */
const ofThisMachine: ReadonlySet<string> = new Set([
  ...Object.values(templateOptions),
  'kubernetes.pod-template-file',
  'kubernetes.context',
]);
/** They have a place of their own in a request. */
const elsewhere: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'execution.target']);

/** What a deploy is asked for with: the members of its body that say what the cluster is. */
export interface DeployBody extends Pick<LocalInput, 'files' | 'hadoop' | 'kerberos'>, Queueing {
  readonly labels?: Readonly<Record<string, string>>;
  readonly lifetime?: Readonly<Record<string, string>>;
  readonly clusterId?: string;
  readonly config: Readonly<Record<string, string>>;
  readonly flinkVersion?: FlinkVersion;
  readonly onFailure?: 'remove' | 'keep';
  readonly podTemplates?: Omit<PodTemplates, 'taskmanagerText'>;
}

/** What is here as the API takes it: the folder below what the command line says, and no path of this machine. */
export const deployBody = async (
  {
    clusterId,
    config,
    flinkVersion,
    onFailure,
    queueing = {},
    labels = {},
    lifetime,
  }: Pick<Context, 'clusterId' | 'config' | 'flinkVersion' | 'onFailure'> &
    Partial<Pick<Context, 'queueing' | 'labels' | 'lifetime'>>,
  { folder = {}, files, podTemplates, hadoop, kerberos }: LocalInput,
): Promise<DeployBody> => {
  const [{ canonicalConfig }, { clientOnly, textOf: valueText }] = await Promise.all([
    import('#shared/flink/options.ts'),
    import('#shared/flink/config.ts'),
  ]);
  const given = canonicalConfig(config);
  const below = Object.entries(canonicalConfig(folder)).filter(([key]) => !Object.hasOwn(given, key));
  const shipped = new Set([
    ...(kerberos?.keytab === undefined ? [] : [keytabOption]),
    ...(kerberos?.krb5Conf === undefined ? [] : [krb5Option]),
  ]);
  const sent = [...below.filter(([key]) => !elsewhere.has(key)), ...Object.entries(config)].filter(
    ([key]) => !ofThisMachine.has(key) && !clientOnly.has(key) && !shipped.has(key),
  );
  const id = clusterId ?? textIn(folder, 'kubernetes.cluster-id');
  const { taskmanagerText: _text, ...templates } = podTemplates ?? {};
  return {
    ...(id === undefined ? {} : { clusterId: id }),
    config: Object.fromEntries(sent.map(([key, value]) => [key, valueText(value)])),
    ...(files === undefined ? {} : { files }), // even none: then none are mounted
    ...(podTemplates === undefined ? {} : { podTemplates: templates }),
    ...(hadoop === undefined ? {} : { hadoop }),
    ...(kerberos === undefined ? {} : { kerberos }),
    ...(flinkVersion === undefined ? {} : { flinkVersion }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...queueing,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(lifetime === undefined ? {} : { lifetime }),
  };
};
