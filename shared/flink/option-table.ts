import { parseOwnerReferences, parseSecretVariables, parseTolerations } from './kubernetes-values.ts';
import {
  parseBoolean,
  parseDouble,
  parseDuration,
  parseFraction,
  parseInteger,
  parseList,
  parseMap,
  parseMemorySize,
  parsePort,
  parseText,
} from './syntax.ts';

/** How a kind of value is read from its text. */
export const parsers = {
  string: parseText,
  integer: parseInteger,
  double: parseDouble,
  fraction: parseFraction,
  boolean: parseBoolean,
  memory: parseMemorySize,
  port: parsePort,
  duration: parseDuration,
  list: parseList,
  map: parseMap,
  tolerations: parseTolerations,
  ownerReferences: parseOwnerReferences,
  secretVariables: parseSecretVariables,
} as const;
export type Parsers = typeof parsers;

export interface Option {
  /** How the text is read; a list of names is an enum. A map may also be written as `<key>.<name>=<value>`. */
  readonly type: keyof Parsers | readonly string[];
  /** Flink's default, as one would write it. */
  readonly default?: string;
  /** Older names, which are replaced by the key before anything else. */
  readonly deprecated?: readonly string[];
  readonly atLeast?: number;
  readonly notBlank?: boolean;
  /** Whether Kubernetes takes the map as labels. */
  readonly labels?: true;
  /** The only values that a service can carry out, in lower case, and why. */
  readonly only?: { readonly values: readonly string[]; readonly because: string };
  readonly description: string;
}

/**
 * The options of Flink that change what is created or how it is reached. Any other goes into `config.yaml` as it is,
 * for the JobManager to read. `<name>` in a key stands for a word of the caller's.
 *
 * @see Flink 2.2 `KubernetesConfigOptions`, `JobManagerOptions`, `TaskManagerOptions`, `RestOptions`, `DeploymentOptions`
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
    labels: true,
    description: "Labels of the Deployment and the JobManager's pod; Flink's own win.",
  },
  'kubernetes.jobmanager.annotations': {
    type: 'map',
    description: "Annotations of the Deployment and the JobManager's pod.",
  },
  'kubernetes.jobmanager.node-selector': {
    type: 'map',
    labels: true,
    description: 'Labels that a node must have to run the JobManager.',
  },
  'kubernetes.jobmanager.tolerations': {
    type: 'tolerations',
    default: '',
    description: 'Taints of nodes that the JobManager puts up with.',
  },
  'kubernetes.taskmanager.labels': { type: 'map', labels: true, description: 'Labels of TaskManager pods.' },
  'kubernetes.taskmanager.annotations': { type: 'map', description: 'Annotations of TaskManager pods.' },
  'kubernetes.taskmanager.node-selector': {
    type: 'map',
    labels: true,
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
  'kubernetes.rest-service.labels': { type: 'map', labels: true, description: 'Labels of the REST service.' },
  'kubernetes.internal-service.annotations': {
    type: 'map',
    description: 'Annotations of the service by which TaskManagers find the JobManager.',
  },
  'kubernetes.internal-service.labels': { type: 'map', labels: true, description: 'Labels of the same service.' },
  'kubernetes.pod-template-file.default': {
    type: 'string',
    deprecated: ['kubernetes.pod-template-file'],
    description: 'A pod to start from, for both kinds of pods.',
  },
  'kubernetes.pod-template-file.jobmanager': {
    type: 'string',
    description: "A pod to start from, for the JobManager's.",
  },
  'kubernetes.pod-template-file.taskmanager': {
    type: 'string',
    description: "A pod to start from, for the TaskManagers'.",
  },
  'kubernetes.hadoop.conf.config-map.name': {
    type: 'string',
    description: 'An existing ConfigMap with a Hadoop configuration to mount.',
  },
  'kubernetes.artifacts.local-upload-enabled': {
    type: 'boolean',
    default: 'false',
    only: {
      values: ['false'],
      because:
        "the service has no access to the client's disk: put the jar where the JobManager finds it (s3://, https://)",
    },
    description: "Whether the client copies the job's jars from its own disk to a file system.",
  },
  'security.kerberos.login.keytab': {
    type: 'string',
    description: "A keytab on the client's disk to mount.",
  },
  'security.kerberos.krb5-conf.path': {
    type: 'string',
    description: "A Kerberos configuration on the client's disk to mount.",
  },
  'high-availability.type': {
    type: 'string',
    default: 'NONE',
    deprecated: ['high-availability', 'recovery.mode'],
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
  'slotmanager.number-of-slots.min': {
    type: 'integer',
    default: '0',
    atLeast: 0,
    description: 'Slots that a cluster keeps even without work.',
  },
  'slotmanager.redundant-taskmanager-num': {
    type: 'integer',
    default: '0',
    atLeast: 0,
    description: 'TaskManagers to have in reserve.',
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
  'kubernetes.context': {
    type: 'string',
    description: "Context of the client's kubeconfig; the target says where to deploy.",
  },
  'kubernetes.config.file': {
    type: 'string',
    description: "The client's kubeconfig; taken out, for the target says where to deploy.",
  },
  'kubernetes.client.user-agent': {
    type: 'string',
    default: 'flink',
    description: "How the JobManager's Kubernetes client calls itself.",
  },
  'kubernetes.client.io-pool.size': {
    type: 'integer',
    default: '4',
    atLeast: 1,
    description: "Threads of the JobManager's Kubernetes client.",
  },
  'kubernetes.decorator.hadoop-conf-mount.enabled': {
    type: 'boolean',
    default: 'true',
    description: 'Whether a Hadoop configuration is mounted.',
  },
  'kubernetes.decorator.kerberos-mount.enabled': {
    type: 'boolean',
    default: 'true',
    description: 'Whether the Kerberos keytab and configuration are mounted.',
  },
  'kubernetes.rest-service.exposed.node-port-address-type': {
    type: ['InternalIP', 'ExternalIP'],
    default: 'InternalIP',
    description: 'Which address of a node a client uses with a NodePort.',
  },
  'kubernetes.transactional-operation.max-retries': {
    type: 'integer',
    default: '15',
    atLeast: 0,
    description: 'How often the JobManager repeats a change of a ConfigMap.',
  },
  'kubernetes.transactional-operation.initial-retry-delay': {
    type: 'duration',
    default: '50 ms',
    description: 'How long it waits before the first repetition.',
  },
  'kubernetes.transactional-operation.max-retry-delay': {
    type: 'duration',
    default: '1 min',
    description: 'How long it waits at most.',
  },
  'kubernetes.artifacts.local-upload-overwrite': {
    type: 'boolean',
    default: 'false',
    description: 'Whether such a copy replaces what is there.',
  },
  'kubernetes.artifacts.local-upload-target': { type: 'string', description: 'Where such a copy goes.' },
  'kubernetes.node-name-label': {
    type: 'string',
    default: 'kubernetes.io/hostname',
    description: 'Label by which TaskManagers keep away from blocked nodes.',
  },
  'kubernetes.internal.jobmanager.entrypoint.class': {
    type: 'string',
    description: "The JobManager's main class; set by the mode.",
  },
  'external-resources': {
    type: 'list',
    default: '',
    description: 'Names of resources such as GPUs that TaskManagers ask for.',
  },
  'external-resource.<name>.amount': {
    type: 'integer',
    atLeast: 1,
    description: 'How much of the resource each TaskManager asks for.',
  },
  'external-resource.<name>.kubernetes.config-key': {
    type: 'string',
    description: "Kubernetes' name of the resource, such as nvidia.com/gpu.",
  },
  'containerized.taskmanager.env': { type: 'map', description: 'Environment variables of the TaskManagers.' },
  'jobmanager.memory.enable-jvm-direct-memory-limit': {
    type: 'boolean',
    default: 'false',
    description: 'Whether the JVM limits direct memory to the off-heap memory.',
  },
  'taskmanager.cpu.cores': {
    type: 'double',
    atLeast: 0,
    description: 'CPUs of a TaskManager; wins over kubernetes.taskmanager.cpu.amount.',
  },
  'env.java.opts.jobmanager': { type: 'string', description: "Options of the JobManager's Java." },
  'env.java.opts.taskmanager': { type: 'string', description: "Options of the TaskManagers' Java." },
  'env.java.opts.client': { type: 'string', description: "Options of the client's Java; there is none here." },
  'env.java.default-opts.all': { type: 'string', description: 'Options in front of `env.java.opts.all`.' },
  'env.java.default-opts.jobmanager': {
    type: 'string',
    description: 'Options in front of `env.java.opts.jobmanager`.',
  },
  'env.java.default-opts.taskmanager': {
    type: 'string',
    description: 'Options in front of `env.java.opts.taskmanager`.',
  },
  'high-availability.storageDir': {
    type: 'string',
    description: 'Where high availability keeps jobs, their jars and pointers to checkpoints.',
  },
  'high-availability.cluster-id': { type: 'string', description: 'Always the cluster id.' },
  'high-availability.jobmanager.port': {
    type: 'port',
    default: '0',
    description:
      'Port by which TaskManagers reach a JobManager with high availability; `jobmanager.rpc.port` unless set.',
  },
  'high-availability.kubernetes.leader-election.lease-duration': {
    type: 'duration',
    default: '15 s',
    description: 'How long a leader is one without renewing.',
  },
  'high-availability.kubernetes.leader-election.renew-deadline': {
    type: 'duration',
    default: '15 s',
    description: 'How long a leader tries to renew.',
  },
  'high-availability.kubernetes.leader-election.retry-period': {
    type: 'duration',
    default: '5 s',
    description: 'How often a JobManager tries to become the leader.',
  },
  'execution.attached': {
    type: 'boolean',
    default: 'false',
    description: 'Session: an interactive shell. Application: main() waits in execute().',
  },
  'execution.shutdown-on-attached-exit': {
    type: 'boolean',
    default: 'false',
    description: 'Whether a cluster ends with the attached client.',
  },
  'execution.shutdown-on-application-finish': {
    type: 'boolean',
    default: 'true',
    description:
      'Whether an application cluster removes itself at its end; a deploy sets false, to read the verdict first.',
  },
  'execution.submit-failed-job-on-application-error': {
    type: 'boolean',
    default: 'false',
    description:
      'Whether a main() that throws becomes a FAILED job. Needs high availability; a deploy sets true with it.',
  },
  'execution.state-recovery.path': {
    type: 'string',
    deprecated: ['execution.savepoint.path'],
    description: 'Savepoint or retained checkpoint to start from.',
  },
  'execution.state-recovery.ignore-unclaimed-state': {
    type: 'boolean',
    default: 'false',
    deprecated: ['execution.savepoint.ignore-unclaimed-state'],
    description: 'Whether state may be left behind that the program no longer has.',
  },
  'execution.state-recovery.claim-mode': {
    type: ['NO_CLAIM', 'CLAIM', 'LEGACY'],
    default: 'NO_CLAIM',
    deprecated: ['execution.savepoint-restore-mode'],
    description: 'Who owns the savepoint from then on.',
  },
  'execution.checkpointing.savepoint-dir': {
    type: 'string',
    deprecated: ['state.savepoints.dir'],
    description: 'Where savepoints go, unless one says otherwise.',
  },
  'parallelism.default': { type: 'integer', default: '1', description: 'Parallelism of programs that set none.' },
  'pipeline.jars': { type: 'list', default: '', description: "The program's jar." },
  'pipeline.classpaths': { type: 'list', default: '', description: "More places with the program's classes." },
  'user.artifacts.artifact-list': { type: 'list', default: '', description: 'More jars for the JobManager to fetch.' },
  'user.artifacts.raw-http-enabled': {
    type: 'boolean',
    default: 'false',
    description: 'Whether jars may come by plain http.',
  },
  'user.artifacts.http-headers': { type: 'map', description: 'Headers of the requests for them.' },
  'security.kerberos.login.principal': { type: 'string', description: 'Whose the keytab is.' },
  'web.submit.enable': {
    type: 'boolean',
    default: 'true',
    description: 'Whether a session takes jars; `drey run` needs it.',
  },
  'web.upload.dir': { type: 'string', description: 'Where uploaded jars are kept.' },
  'rest.server.max-content-length': {
    type: 'integer',
    default: '104857600',
    atLeast: 1,
    description: 'Largest body of a REST request, in bytes.',
  },
  'client.timeout': { type: 'duration', default: '60 s', description: "How long Flink's client waits for an answer." },
  'rest.retry.max-attempts': {
    type: 'integer',
    default: '20',
    atLeast: 0,
    description: 'How often it repeats a request.',
  },
  'rest.retry.delay': { type: 'duration', default: '3 s', description: 'How long it waits in between.' },
  'rest.async.store-duration': {
    type: 'duration',
    default: '5 min',
    description: 'How long the answer of a savepoint can be asked for.',
  },
  'resourcemanager.taskmanager-timeout': {
    type: 'duration',
    default: '30 s',
    description: 'How long an idle TaskManager is kept.',
  },
  'job-result-store.delete-on-commit': {
    type: 'boolean',
    default: 'true',
    description: 'Whether the memory of a finished job goes with its last data.',
  },
  'job-result-store.storage-path': {
    type: 'string',
    description: 'Where that memory is; below `high-availability.storageDir` unless set.',
  },
  'jobstore.expiration-time': {
    type: 'integer',
    default: '3600',
    atLeast: 0,
    description: 'Seconds for which a session shows a finished job.',
  },
  'jobmanager.archive.fs.dir': {
    type: 'string',
    description: 'Where finished jobs are archived, for a history server.',
  },
} as const satisfies Record<string, Option>;

/**
 * Old name → current name of options that only Flink itself reads. The old names are beginnings of others' names, and
 * `config.yaml` cannot hold both: under its current name an option has room beside them.
 *
 * @see Flink 2.2, every `ConfigOption` whose deprecated key is a prefix of another option's key
 */
export const renamedForFlink: Readonly<Record<string, string>> = {
  'classloader.parent-first-patterns': 'classloader.parent-first-patterns.default',
  'cleanup-strategy': 'cleanup-strategy.type',
  'execution.buffer-timeout': 'execution.buffer-timeout.interval',
  'execution.checkpointing.unaligned': 'execution.checkpointing.unaligned.enabled',
  'pipeline.operator-chaining': 'pipeline.operator-chaining.enabled',
  'restart-strategy': 'restart-strategy.type',
  'state.backend': 'state.backend.type',
};
