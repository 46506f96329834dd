import { Fault, type Mistake } from '#events/problem.ts';

import { type Config, conflicts, type Scalar } from './config.ts';
import { parseOwnerReferences, parseSecretVariables, parseTolerations } from './kubernetes-values.ts';
import {
  parseBoolean,
  parseDouble,
  parseEnum,
  parseFraction,
  parseInteger,
  parseList,
  parseMap,
  parseMemorySize,
  parsePort,
  parseText,
} from './syntax.ts';

const parsers = {
  string: parseText,
  integer: parseInteger,
  double: parseDouble,
  fraction: parseFraction,
  boolean: parseBoolean,
  memory: parseMemorySize,
  port: parsePort,
  list: parseList,
  map: parseMap,
  tolerations: parseTolerations,
  ownerReferences: parseOwnerReferences,
  secretVariables: parseSecretVariables,
} as const;
type Parsers = typeof parsers;

interface Option {
  /** How the text is read; a list of names is an enum. A map may also be written as `<key>.<name>=<value>`. */
  readonly type: keyof Parsers | readonly string[];
  /** Flink's default, as one would write it. */
  readonly default?: string;
  /** Older names, which are replaced by the key before anything else. */
  readonly deprecated?: readonly string[];
  readonly atLeast?: number;
  readonly notBlank?: boolean;
  /** The only values that this version can carry out, in lower case; with none, the option is refused. */
  readonly supported?: readonly string[];
  readonly description: string;
}

const none = [] as const;

/**
 * The options that Drey reads. Any other goes into `config.yaml` as it is, for the JobManager to read.
 *
 * @see Flink 2.2 `KubernetesConfigOptions`, `JobManagerOptions`, `TaskManagerOptions`, `RestOptions`
 */
export const options = {
  'kubernetes.cluster-id': {
    type: 'string',
    description: "Names the cluster and every object of it; here always the command's own cluster id.",
  },
  'kubernetes.namespace': {
    type: 'string',
    default: 'default',
    notBlank: true,
    description: "Where the objects are; here always the target's namespace.",
  },
  'kubernetes.container.image.ref': {
    type: 'string',
    default: 'apache/flink:2.2.1-scala_2.12',
    deprecated: ['kubernetes.container.image'],
    notBlank: true,
    description: 'Image of the JobManager and the TaskManagers.',
  },
  'kubernetes.container.image.pull-policy': {
    type: ['IfNotPresent', 'Always', 'Never'],
    default: 'IfNotPresent',
    description: 'When a node fetches the image.',
  },
  'kubernetes.container.image.pull-secrets': {
    type: 'list',
    default: '',
    description: 'Secrets that hold the credentials of the image registry.',
  },
  'kubernetes.service-account': {
    type: 'string',
    default: 'default',
    description: 'Service account of both kinds of pods, unless one of the next two says otherwise.',
  },
  'kubernetes.jobmanager.service-account': {
    type: 'string',
    description: 'Service account of the JobManager, which needs to create and delete pods.',
  },
  'kubernetes.taskmanager.service-account': { type: 'string', description: 'Service account of the TaskManagers.' },
  'kubernetes.jobmanager.cpu.amount': {
    type: 'double',
    default: '1.0',
    deprecated: ['kubernetes.jobmanager.cpu'],
    atLeast: 0,
    description: 'CPUs that the JobManager asks for.',
  },
  'kubernetes.jobmanager.cpu.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'How many times its CPU request the JobManager may use.',
  },
  'kubernetes.jobmanager.memory.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'How many times its memory request the JobManager may use.',
  },
  'kubernetes.taskmanager.cpu.amount': {
    type: 'double',
    default: '-1.0',
    deprecated: ['kubernetes.taskmanager.cpu'],
    description: 'CPUs that a TaskManager asks for; one for each slot when negative.',
  },
  'kubernetes.taskmanager.cpu.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'How many times its CPU request a TaskManager may use.',
  },
  'kubernetes.taskmanager.memory.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'How many times its memory request a TaskManager may use.',
  },
  'kubernetes.jobmanager.labels': {
    type: 'map',
    description: "Labels of the Deployment and the JobManager's pod; Flink's own win.",
  },
  'kubernetes.jobmanager.annotations': {
    type: 'map',
    description: "Annotations of the Deployment and the JobManager's pod.",
  },
  'kubernetes.jobmanager.node-selector': {
    type: 'map',
    description: 'Labels that a node must have to run the JobManager.',
  },
  'kubernetes.jobmanager.tolerations': {
    type: 'tolerations',
    default: '',
    description: 'Taints of nodes that the JobManager puts up with.',
  },
  'kubernetes.taskmanager.labels': { type: 'map', description: 'Labels of TaskManager pods.' },
  'kubernetes.taskmanager.annotations': { type: 'map', description: 'Annotations of TaskManager pods.' },
  'kubernetes.taskmanager.node-selector': {
    type: 'map',
    description: 'Labels that a node must have to run a TaskManager.',
  },
  'kubernetes.taskmanager.tolerations': {
    type: 'tolerations',
    default: '',
    description: 'Taints of nodes that TaskManagers put up with.',
  },
  'kubernetes.jobmanager.owner.reference': {
    type: 'ownerReferences',
    default: '',
    description: 'Objects with which the Deployment, and so the whole cluster, is deleted.',
  },
  'kubernetes.jobmanager.replicas': {
    type: 'integer',
    default: '1',
    atLeast: 1,
    supported: ['1'],
    description: 'JobManagers to run; those beyond the first stand by and need high availability.',
  },
  'kubernetes.jobmanager.entrypoint.args': {
    type: 'string',
    default: '',
    description: "Words behind the JobManager's start command.",
  },
  'kubernetes.taskmanager.entrypoint.args': {
    type: 'string',
    default: '',
    description: "Words behind a TaskManager's start command.",
  },
  'kubernetes.entry.path': {
    type: 'string',
    default: '/docker-entrypoint.sh',
    description: 'The program in the image that starts either process.',
  },
  'kubernetes.flink.conf.dir': {
    type: 'string',
    default: '/opt/flink/conf',
    description: 'Where the configuration is mounted.',
  },
  'kubernetes.flink.log.dir': { type: 'string', description: 'Where Flink writes its log files in the container.' },
  'kubernetes.secrets': { type: 'map', description: 'Existing secrets to mount, and the path of each.' },
  'kubernetes.env.secretKeyRef': {
    type: 'secretVariables',
    default: '',
    description: 'Environment variables whose values come from existing secrets.',
  },
  'kubernetes.hostnetwork.enabled': {
    type: 'boolean',
    default: 'false',
    description: 'Whether the pods share the network of their node.',
  },
  'kubernetes.rest-service.exposed.type': {
    type: ['ClusterIP', 'NodePort', 'LoadBalancer', 'Headless_ClusterIP'],
    default: 'ClusterIP',
    description: 'How the REST service can be reached.',
  },
  'kubernetes.rest-service.annotations': { type: 'map', description: 'Annotations of the REST service.' },
  'kubernetes.rest-service.labels': { type: 'map', description: 'Labels of the REST service.' },
  'kubernetes.internal-service.annotations': {
    type: 'map',
    description: 'Annotations of the service by which TaskManagers find the JobManager.',
  },
  'kubernetes.internal-service.labels': { type: 'map', description: 'Labels of the same service.' },
  'kubernetes.pod-template-file.default': {
    type: 'string',
    deprecated: ['kubernetes.pod-template-file'],
    supported: none,
    description: 'A pod to start from, for both kinds of pods.',
  },
  'kubernetes.pod-template-file.jobmanager': {
    type: 'string',
    supported: none,
    description: "A pod to start from, for the JobManager's.",
  },
  'kubernetes.pod-template-file.taskmanager': {
    type: 'string',
    supported: none,
    description: "A pod to start from, for the TaskManagers'.",
  },
  'kubernetes.hadoop.conf.config-map.name': {
    type: 'string',
    supported: none,
    description: 'An existing ConfigMap with a Hadoop configuration to mount.',
  },
  'kubernetes.artifacts.local-upload-enabled': {
    type: 'boolean',
    default: 'false',
    supported: ['false'],
    description: "Whether the client copies the job's jars from its own disk to a file system.",
  },
  'security.kerberos.login.keytab': {
    type: 'string',
    supported: none,
    description: "A keytab on the client's disk to mount.",
  },
  'security.kerberos.krb5-conf.path': {
    type: 'string',
    supported: none,
    description: "A Kerberos configuration on the client's disk to mount.",
  },
  'high-availability.type': {
    type: 'string',
    default: 'NONE',
    deprecated: ['high-availability', 'recovery.mode'],
    supported: ['none'],
    description: 'What keeps the state of a JobManager for the one that follows it.',
  },
  'containerized.master.env': {
    type: 'map',
    description: 'Environment variables of the JobManager.',
  },
  'user.artifacts.base-dir': {
    type: 'string',
    default: '/opt/flink/artifacts',
    description: "Where the JobManager keeps a job's fetched files.",
  },
  'env.java.opts.all': {
    type: 'string',
    deprecated: ['env.java.opts'],
    description: 'Options of every Java process.',
  },
  'rest.port': {
    type: 'port',
    default: '8081',
    atLeast: 1,
    description: "Port of the REST service and of the JobManager's container.",
  },
  'rest.bind-port': {
    type: 'port',
    description: 'Port on which the JobManager listens for REST; the same as `rest.port` when not set.',
  },
  'jobmanager.rpc.port': {
    type: 'port',
    default: '6123',
    atLeast: 1,
    description: 'Port by which TaskManagers reach the JobManager.',
  },
  'blob.server.port': {
    type: 'port',
    default: '0',
    description: 'Port from which the JobManager hands out jars; 6124 on Kubernetes unless set.',
  },
  'taskmanager.rpc.port': {
    type: 'port',
    default: '0',
    description: 'Port by which the JobManager reaches a TaskManager; 6122 on Kubernetes unless set.',
  },
  'jobmanager.memory.process.size': { type: 'memory', description: "All memory of the JobManager's container." },
  'jobmanager.memory.flink.size': {
    type: 'memory',
    description: 'Memory of the JobManager without what the JVM needs.',
  },
  'jobmanager.memory.heap.size': { type: 'memory', description: 'Java heap of the JobManager.' },
  'jobmanager.memory.off-heap.size': {
    type: 'memory',
    default: '128m',
    description: 'Direct and native memory of the JobManager.',
  },
  'jobmanager.memory.jvm-metaspace.size': {
    type: 'memory',
    default: '256m',
    description: 'Metaspace of the JobManager.',
  },
  'jobmanager.memory.jvm-overhead.min': {
    type: 'memory',
    default: '192m',
    description: 'Least memory to leave for the rest of what the JVM needs.',
  },
  'jobmanager.memory.jvm-overhead.max': {
    type: 'memory',
    default: '1g',
    description: 'Most memory to leave for the same.',
  },
  'jobmanager.memory.jvm-overhead.fraction': {
    type: 'fraction',
    default: '0.1',
    description: 'Share of the process memory to leave for the same.',
  },
  'taskmanager.numberOfTaskSlots': {
    type: 'integer',
    default: '1',
    atLeast: 1,
    description: 'Tasks that a TaskManager runs side by side.',
  },
  'taskmanager.memory.process.size': { type: 'memory', description: "All memory of a TaskManager's container." },
  'taskmanager.memory.flink.size': {
    type: 'memory',
    description: 'Memory of a TaskManager without what the JVM needs.',
  },
  'taskmanager.memory.framework.heap.size': {
    type: 'memory',
    default: '128m',
    description: "Java heap for Flink's own use.",
  },
  'taskmanager.memory.framework.off-heap.size': {
    type: 'memory',
    default: '128m',
    description: "Direct and native memory for Flink's own use.",
  },
  'taskmanager.memory.task.heap.size': { type: 'memory', description: 'Java heap for the tasks.' },
  'taskmanager.memory.task.off-heap.size': {
    type: 'memory',
    default: '0',
    description: 'Direct and native memory for the tasks.',
  },
  'taskmanager.memory.managed.size': {
    type: 'memory',
    description: 'Native memory that Flink hands to state backends, sorts and the like.',
  },
  'taskmanager.memory.managed.fraction': {
    type: 'fraction',
    default: '0.4',
    description: "Share of Flink's memory for the same, when it has no size.",
  },
  'taskmanager.memory.network.min': {
    type: 'memory',
    default: '64m',
    description: 'Least memory for network buffers.',
  },
  'taskmanager.memory.network.max': {
    type: 'memory',
    default: '9223372036854775807b',
    description: 'Most memory for network buffers.',
  },
  'taskmanager.memory.network.fraction': {
    type: 'fraction',
    default: '0.1',
    description: "Share of Flink's memory for network buffers.",
  },
  'taskmanager.memory.jvm-metaspace.size': {
    type: 'memory',
    default: '256m',
    description: 'Metaspace of a TaskManager.',
  },
  'taskmanager.memory.jvm-overhead.min': {
    type: 'memory',
    default: '192m',
    description: 'Least memory to leave for the rest of what the JVM needs.',
  },
  'taskmanager.memory.jvm-overhead.max': {
    type: 'memory',
    default: '1g',
    description: 'Most memory to leave for the same.',
  },
  'taskmanager.memory.jvm-overhead.fraction': {
    type: 'fraction',
    default: '0.1',
    description: 'Share of the process memory to leave for the same.',
  },
} as const satisfies Record<string, Option>;

type Options = typeof options;
export type OptionKey = keyof Options;

type Parsed<T> = T extends keyof Parsers ? ReturnType<Parsers[T]> : T extends readonly string[] ? T[number] : never;
type Always<K extends OptionKey> = Options[K] extends { type: 'map' } | { default: string } ? true : false;

/** What an option holds: nothing only when it is not set, has no default and is no map. */
export type OptionValue<K extends OptionKey> =
  | Parsed<Options[K]['type']>
  | (Always<K> extends true ? never : undefined);

const rows: readonly (readonly [key: string, option: Option])[] = Object.entries(options);

const currentKeys: ReadonlyMap<string, string> = new Map(
  rows.flatMap(([key, option]) => (option.deprecated ?? none).map((old) => [old, key])),
);

/** The options under their current keys. Where a current and an older key are both set, the current one counts. */
export const canonicalConfig = <V extends Scalar>(config: Readonly<Record<string, V>>): Record<string, V> => {
  const entries = Object.entries(config);
  const renamed = entries.flatMap(([key, value]) => {
    const current = currentKeys.get(key);
    return current === undefined ? [] : [[current, value] as const];
  });
  return Object.fromEntries([...renamed, ...entries.filter(([key]) => !currentKeys.has(key))]);
};

/** Options of several origins as one, the later over the earlier, whatever name each uses. */
export const merge = (...layers: readonly Config[]): Config =>
  Object.fromEntries(layers.flatMap((layer) => Object.entries(canonicalConfig(layer))));

/**
 * The value of an option, or its default.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the text does not fit the option's type.
 */
export const read = <K extends OptionKey>(config: Config, key: K): OptionValue<K> => {
  const value = readRow(config, key, options[key]);
  return value as OptionValue<K>;
};

const readRow = (config: Config, key: string, option: Option): unknown => {
  const text = Object.hasOwn(config, key) ? String(config[key]) : option.default;
  if (text === undefined) return option.type === 'map' ? under(config, `${key}.`) : undefined;
  return typeof option.type === 'string' ? parsers[option.type](text) : parseEnum(option.type, text);
};

const under = (config: Config, prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), String(value)]),
  );

/**
 * Everything that is wrong with a configuration, option by option.
 *
 * @param config Options under their current keys.
 * @param given What the caller wrote, for the mistakes to name the keys as they are there.
 */
export const optionMistakes = (config: Config, given: Config = config): readonly Mistake[] => {
  const tooLong = Object.keys(config).filter((key) => key.length > longestKey);
  if (tooLong.length > 0) return tooLong.map((key) => mistakeAt(key, `a key has at most ${longestKey} characters`));
  return [
    ...rows.flatMap(([key, option]) =>
      rowMistakes(config, key, option).map((detail) => mistakeAt(asWritten(key, option, given), detail)),
    ),
    ...conflicts(config).map(([parent, child]) =>
      mistakeAt(
        Object.hasOwn(given, child) && !Object.hasOwn(given, parent) ? child : parent,
        `${parent} has a value and also holds ${child}; a key can only do one of the two`,
      ),
    ),
  ];
};

/** Far more than any option of Flink needs, label names in it included. */
const longestKey = 512;

const rowMistakes = (config: Config, key: string, option: Option): readonly string[] => {
  try {
    const value = readRow(config, key, option);
    if (!Object.hasOwn(config, key)) return [];
    const text = String(config[key]);
    if (option.notBlank === true && text.trim() === '') return ['must not be blank'];
    if (option.atLeast !== undefined && Number(value) < option.atLeast) return [`must be at least ${option.atLeast}`];
    if (option.supported !== undefined && !option.supported.includes(text.toLowerCase()))
      return [option.supported.length === 0 ? unsupported : `the value '${text.slice(0, 80)}' ${unsupported}`];
    return [];
  } catch (error) {
    if (error instanceof Fault) return [error.message];
    throw error;
  }
};

const unsupported = 'is not supported by this version';

const asWritten = (key: string, option: Option, given: Config): string =>
  [key, ...(option.deprecated ?? none)].find((name) => Object.hasOwn(given, name)) ?? key;

/** @see RFC 6901 for how a key is written in a JSON pointer */
export const mistakeAt = (key: string, detail: string): Mistake => ({
  pointer: `/config/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  detail,
});

/** One Fault for all the mistakes. @throws Fault `refused-option` when there is one */
export const refuse = (mistakes: readonly Mistake[]): void => {
  const [first, ...more] = mistakes;
  if (first === undefined) return;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const name = first.pointer
    .replace(/^\/(config\/)?/, '')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  throw new Fault('refused-option', `${name}: ${first.detail}${rest}`, { errors: mistakes });
};
