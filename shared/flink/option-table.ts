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
import { newestFlinkVersion } from '#events/flink-version.ts';
import { getDefaultImage } from './version.ts';

/** The parser of each type of value. */
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
  /** The type of the value. A list of names is an enum. A map may also be written as `<key>.<name>=<value>`. */
  readonly type: keyof Parsers | readonly string[];
  /** Flink's default, in the syntax of the option. */
  readonly default?: string;
  readonly atLeast?: number;
  readonly notBlank?: boolean;
  /** The map is used as Kubernetes labels, so their syntax applies. */
  readonly labels?: true;
  /** The only supported values, in lower case, and the reason. */
  readonly only?: { readonly values: readonly string[]; readonly because: string };
  readonly description: string;
}

/**
 * The options of Flink that change the created objects or the access to the cluster. Drey copies any other option to
 * `config.yaml` unchanged. `<name>` in a key stands for a name that the caller chooses.
 *
 * @see Flink 2.2 `KubernetesConfigOptions`, `JobManagerOptions`, `TaskManagerOptions`, `RestOptions`, `DeploymentOptions`
 */
export const options = {
  'kubernetes.cluster-id': {
    type: 'string',
    description: 'Name of the cluster and of its objects. Drey always uses the cluster ID of the command.',
  },
  'kubernetes.namespace': {
    type: 'string',
    default: 'default',
    notBlank: true,
    description: 'Namespace of the objects. Drey always uses the namespace of the target.',
  },
  'kubernetes.container.image.ref': {
    type: 'string',
    default: getDefaultImage(newestFlinkVersion),
    notBlank: true,
    description: 'Image of the JobManager and the TaskManagers.',
  },
  'kubernetes.container.image.pull-policy': {
    type: ['IfNotPresent', 'Always', 'Never'],
    default: 'IfNotPresent',
    description: 'When a node pulls the image.',
  },
  'kubernetes.container.image.pull-secrets': {
    type: 'list',
    default: '',
    description: 'Secrets with the credentials of the image registry.',
  },
  'kubernetes.service-account': {
    type: 'string',
    default: 'default',
    description: 'Default service account of the JobManager and the TaskManagers.',
  },
  'kubernetes.jobmanager.service-account': {
    type: 'string',
    description: 'Service account of the JobManager. It must be allowed to create and delete pods.',
  },
  'kubernetes.taskmanager.service-account': { type: 'string', description: 'Service account of the TaskManagers.' },
  'kubernetes.jobmanager.cpu.amount': {
    type: 'double',
    default: '1.0',
    atLeast: 0,
    description: 'CPU request of the JobManager.',
  },
  'kubernetes.jobmanager.cpu.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'CPU limit of the JobManager as a multiple of its request.',
  },
  'kubernetes.jobmanager.memory.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'Memory limit of the JobManager as a multiple of its request.',
  },
  'kubernetes.taskmanager.cpu.amount': {
    type: 'double',
    default: '-1.0',
    description: 'CPU request of a TaskManager. A negative value means one CPU for each slot.',
  },
  'kubernetes.taskmanager.cpu.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'CPU limit of a TaskManager as a multiple of its request.',
  },
  'kubernetes.taskmanager.memory.limit-factor': {
    type: 'double',
    default: '1.0',
    atLeast: 1,
    description: 'Memory limit of a TaskManager as a multiple of its request.',
  },
  'kubernetes.jobmanager.labels': {
    type: 'map',
    labels: true,
    description: "Labels of the Deployment and the JobManager's pod. Labels that Flink sets take precedence.",
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
    description: "Tolerations of the JobManager's pod.",
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
    description: 'Tolerations of the TaskManager pods.',
  },
  'kubernetes.jobmanager.owner.reference': {
    type: 'ownerReferences',
    default: '',
    description: 'Owners of the Deployment. Kubernetes deletes the cluster with its owners.',
  },
  'kubernetes.jobmanager.replicas': {
    type: 'integer',
    default: '1',
    atLeast: 1,
    description: 'Number of JobManagers. More than one requires high availability: the others are standbys.',
  },
  'kubernetes.jobmanager.entrypoint.args': {
    type: 'string',
    default: '',
    description: 'Arguments that are appended to the start command of the JobManager.',
  },
  'kubernetes.taskmanager.entrypoint.args': {
    type: 'string',
    default: '',
    description: 'Arguments that are appended to the start command of a TaskManager.',
  },
  'kubernetes.entry.path': {
    type: 'string',
    default: '/docker-entrypoint.sh',
    description: 'Entrypoint in the image of both processes.',
  },
  'kubernetes.flink.conf.dir': {
    type: 'string',
    default: '/opt/flink/conf',
    description: 'Mount path of the configuration.',
  },
  'kubernetes.flink.log.dir': { type: 'string', description: "Directory of Flink's log files in the container." },
  'kubernetes.secrets': { type: 'map', description: 'Existing Secrets to mount, each with its mount path.' },
  'kubernetes.persistent-volume-claims': {
    type: 'map',
    description: 'Existing PersistentVolumeClaims to mount into every pod, each with its mount path.',
  },
  'kubernetes.persistent-volume-claim-read-only': {
    type: 'boolean',
    default: 'false',
    description: 'Whether the claims are mounted read-only.',
  },
  'kubernetes.env.secretKeyRef': {
    type: 'secretVariables',
    default: '',
    description: 'Environment variables with values from existing Secrets.',
  },
  'kubernetes.hostnetwork.enabled': {
    type: 'boolean',
    default: 'false',
    description: 'Whether the pods use the network of their node.',
  },
  'kubernetes.rest-service.exposed.type': {
    type: ['ClusterIP', 'NodePort', 'LoadBalancer', 'Headless_ClusterIP'],
    default: 'ClusterIP',
    description: 'How the REST service is exposed.',
  },
  'kubernetes.rest-service.annotations': { type: 'map', description: 'Annotations of the REST service.' },
  'kubernetes.rest-service.labels': {
    type: 'map',
    labels: true,
    description: 'Labels of the REST service.',
  },
  'kubernetes.internal-service.annotations': {
    type: 'map',
    description: 'Annotations of the service through which TaskManagers find the JobManager.',
  },
  'kubernetes.internal-service.labels': {
    type: 'map',
    labels: true,
    description: 'Labels of the service through which TaskManagers find the JobManager.',
  },
  'kubernetes.pod-template-file.default': {
    type: 'string',
    description: 'Pod template of the JobManager and the TaskManagers.',
  },
  'kubernetes.pod-template-file.jobmanager': {
    type: 'string',
    description: 'Pod template of the JobManager.',
  },
  'kubernetes.pod-template-file.taskmanager': {
    type: 'string',
    description: 'Pod template of the TaskManagers.',
  },
  'kubernetes.hadoop.conf.config-map.name': {
    type: 'string',
    description: 'Existing ConfigMap with a Hadoop configuration to mount.',
  },
  'kubernetes.artifacts.local-upload-enabled': {
    type: 'boolean',
    default: 'false',
    only: {
      values: ['false'],
      because:
        "Drey has no access to the client's disk. Put the jar at a URI that the JobManager can fetch (s3://, https://).",
    },
    description: "Whether the client copies the job's jars from its disk to a file system.",
  },
  'security.kerberos.login.keytab': {
    type: 'string',
    description: "Keytab on the client's disk to mount.",
  },
  'security.kerberos.krb5-conf.path': {
    type: 'string',
    description: "Kerberos configuration on the client's disk to mount.",
  },
  'high-availability.type': {
    type: 'string',
    default: 'NONE',
    description: 'High-availability service, which lets a new JobManager recover the jobs of its predecessor.',
  },
  'containerized.master.env': {
    type: 'map',
    description: 'Environment variables of the JobManager.',
  },
  'user.artifacts.base-dir': {
    type: 'string',
    default: '/opt/flink/artifacts',
    description: 'Directory in which the JobManager keeps the fetched files of a job.',
  },
  'env.java.opts.all': {
    type: 'string',
    description: 'JVM options of every process.',
  },
  'rest.port': {
    type: 'port',
    default: '8081',
    atLeast: 1,
    description: "Port of the REST service and of the JobManager's container.",
  },
  'rest.bind-port': {
    type: 'port',
    description: 'Port on which the JobManager listens for REST. Default: `rest.port`.',
  },
  'jobmanager.rpc.port': {
    type: 'port',
    default: '6123',
    atLeast: 1,
    description: 'Port on which TaskManagers connect to the JobManager.',
  },
  'blob.server.port': {
    type: 'port',
    default: '0',
    description: 'Port from which the JobManager serves jars. Default on Kubernetes: 6124.',
  },
  'taskmanager.rpc.port': {
    type: 'port',
    default: '0',
    description: 'Port on which the JobManager connects to a TaskManager. Default on Kubernetes: 6122.',
  },
  'jobmanager.memory.process.size': { type: 'memory', description: "Total memory of the JobManager's container." },
  'jobmanager.memory.flink.size': {
    type: 'memory',
    description: 'Memory of the JobManager without JVM metaspace and JVM overhead.',
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
    description: 'Minimum JVM overhead of the JobManager.',
  },
  'jobmanager.memory.jvm-overhead.max': {
    type: 'memory',
    default: '1g',
    description: 'Maximum JVM overhead of the JobManager.',
  },
  'jobmanager.memory.jvm-overhead.fraction': {
    type: 'fraction',
    default: '0.1',
    description: 'JVM overhead of the JobManager as a fraction of its process memory.',
  },
  'slotmanager.number-of-slots.min': {
    type: 'integer',
    default: '0',
    atLeast: 0,
    description: 'Slots that a cluster keeps without jobs.',
  },
  'slotmanager.min-total-resource.cpu': {
    type: 'double',
    atLeast: 0,
    description: 'CPU that the TaskManagers of a cluster keep without jobs.',
  },
  'slotmanager.min-total-resource.memory': {
    type: 'memory',
    description: 'Memory for slots that the TaskManagers of a cluster keep without jobs.',
  },
  'slotmanager.redundant-taskmanager-num': {
    type: 'integer',
    default: '0',
    atLeast: 0,
    description: 'Number of spare TaskManagers.',
  },
  'taskmanager.numberOfTaskSlots': {
    type: 'integer',
    default: '1',
    atLeast: 1,
    description: 'Slots of a TaskManager: the number of parallel tasks.',
  },
  'taskmanager.memory.process.size': { type: 'memory', description: "Total memory of a TaskManager's container." },
  'taskmanager.memory.flink.size': {
    type: 'memory',
    description: 'Memory of a TaskManager without JVM metaspace and JVM overhead.',
  },
  'taskmanager.memory.framework.heap.size': {
    type: 'memory',
    default: '128m',
    description: 'Java heap of the Flink framework.',
  },
  'taskmanager.memory.framework.off-heap.size': {
    type: 'memory',
    default: '128m',
    description: 'Direct and native memory of the Flink framework.',
  },
  'taskmanager.memory.task.heap.size': { type: 'memory', description: 'Java heap of the tasks.' },
  'taskmanager.memory.task.off-heap.size': {
    type: 'memory',
    default: '0',
    description: 'Direct and native memory of the tasks.',
  },
  'taskmanager.memory.managed.size': {
    type: 'memory',
    description: 'Native memory that Flink manages for state backends, sorting and caching.',
  },
  'taskmanager.memory.managed.fraction': {
    type: 'fraction',
    default: '0.4',
    description: "Managed memory as a fraction of Flink's memory, if it has no size.",
  },
  'taskmanager.memory.network.min': {
    type: 'memory',
    default: '64m',
    description: 'Minimum memory of network buffers.',
  },
  'taskmanager.memory.network.max': {
    type: 'memory',
    default: '9223372036854775807b',
    description: 'Maximum memory of network buffers.',
  },
  'taskmanager.memory.network.fraction': {
    type: 'fraction',
    default: '0.1',
    description: "Memory of network buffers as a fraction of Flink's memory.",
  },
  'taskmanager.memory.jvm-metaspace.size': {
    type: 'memory',
    default: '256m',
    description: 'Metaspace of a TaskManager.',
  },
  'taskmanager.memory.jvm-overhead.min': {
    type: 'memory',
    default: '192m',
    description: 'Minimum JVM overhead of a TaskManager.',
  },
  'taskmanager.memory.jvm-overhead.max': {
    type: 'memory',
    default: '1g',
    description: 'Maximum JVM overhead of a TaskManager.',
  },
  'taskmanager.memory.jvm-overhead.fraction': {
    type: 'fraction',
    default: '0.1',
    description: 'JVM overhead of a TaskManager as a fraction of its process memory.',
  },
  'kubernetes.context': {
    type: 'string',
    description: "Context of the client's kubeconfig. It has no effect: the target names the EKS cluster.",
  },
  'kubernetes.config.file': {
    type: 'string',
    description: "The client's kubeconfig. Drey removes the option: the target names the EKS cluster.",
  },
  'kubernetes.client.user-agent': {
    type: 'string',
    default: 'flink',
    description: "User agent of the JobManager's Kubernetes client.",
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
    description: 'Node address that a client uses with a NodePort.',
  },
  'kubernetes.transactional-operation.max-retries': {
    type: 'integer',
    default: '15',
    atLeast: 0,
    description: 'How often the JobManager retries a change of a ConfigMap.',
  },
  'kubernetes.transactional-operation.initial-retry-delay': {
    type: 'duration',
    default: '50 ms',
    description: 'Delay before the first retry of a change of a ConfigMap.',
  },
  'kubernetes.transactional-operation.max-retry-delay': {
    type: 'duration',
    default: '1 min',
    description: 'Maximum delay between retries of a change of a ConfigMap.',
  },
  'kubernetes.artifacts.local-upload-overwrite': {
    type: 'boolean',
    default: 'false',
    description: 'Whether an upload of local jars replaces existing files.',
  },
  'kubernetes.artifacts.local-upload-target': {
    type: 'string',
    description: 'Target directory of an upload of local jars.',
  },
  'kubernetes.node-name-label': {
    type: 'string',
    default: 'kubernetes.io/hostname',
    description: 'Node label that excludes blocked nodes for TaskManagers.',
  },
  'kubernetes.internal.jobmanager.entrypoint.class': {
    type: 'string',
    description: 'Main class of the JobManager. Drey sets it from the mode.',
  },
  'external-resources': {
    type: 'list',
    default: '',
    description: 'Names of external resources, such as GPUs, of the TaskManagers.',
  },
  'external-resource.<name>.amount': {
    type: 'integer',
    atLeast: 1,
    description: 'Amount of the resource in each TaskManager.',
  },
  'external-resource.<name>.kubernetes.config-key': {
    type: 'string',
    description: 'Name of the resource in Kubernetes, for example nvidia.com/gpu.',
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
    description: 'CPU request of a TaskManager. It takes precedence over `kubernetes.taskmanager.cpu.amount`.',
  },
  'env.java.opts.jobmanager': { type: 'string', description: 'JVM options of the JobManager.' },
  'env.java.opts.taskmanager': { type: 'string', description: 'JVM options of the TaskManagers.' },
  'env.java.opts.client': {
    type: 'string',
    description: 'JVM options of the client. Drey has no JVM client, so it has no effect.',
  },
  'env.java.default-opts.all': { type: 'string', description: 'JVM options before `env.java.opts.all`.' },
  'env.java.default-opts.jobmanager': {
    type: 'string',
    description: 'JVM options before `env.java.opts.jobmanager`.',
  },
  'env.java.default-opts.taskmanager': {
    type: 'string',
    description: 'JVM options before `env.java.opts.taskmanager`.',
  },
  'high-availability.storageDir': {
    type: 'string',
    description: 'Directory in which high availability stores jobs, jars and pointers to checkpoints.',
  },
  'high-availability.cluster-id': {
    type: 'string',
    description: 'ID of the cluster in high-availability data. Drey always uses the cluster ID.',
  },
  'high-availability.jobmanager.port': {
    type: 'port',
    default: '0',
    description:
      'Port on which TaskManagers connect to a JobManager with high availability. Default: `jobmanager.rpc.port`.',
  },
  'high-availability.kubernetes.leader-election.lease-duration': {
    type: 'duration',
    default: '15 s',
    description: "Duration of a leader's lease without renewal.",
  },
  'high-availability.kubernetes.leader-election.renew-deadline': {
    type: 'duration',
    default: '15 s',
    description: 'Time in which a leader must renew its lease.',
  },
  'high-availability.kubernetes.leader-election.retry-period': {
    type: 'duration',
    default: '5 s',
    description: 'Interval between the attempts of a JobManager to become the leader.',
  },
  'execution.attached': {
    type: 'boolean',
    default: 'false',
    description: 'Session: start an interactive shell. Application: `main()` waits in `execute()`.',
  },
  'execution.shutdown-on-attached-exit': {
    type: 'boolean',
    default: 'false',
    description: 'Whether the cluster stops when the attached client exits.',
  },
  'execution.shutdown-on-application-finish': {
    type: 'boolean',
    default: 'true',
    description:
      'Whether an application cluster shuts down when its program ends. A deploy sets false, so that Drey can read the verdict first.',
  },
  'execution.submit-failed-job-on-application-error': {
    type: 'boolean',
    default: 'false',
    description:
      'Whether an exception in `main()` becomes a FAILED job. It requires high availability, and before Flink 2.3 a deploy with high availability sets true.',
  },
  'execution.state-recovery.path': {
    type: 'string',
    description: 'Savepoint or retained checkpoint to start from.',
  },
  'execution.state-recovery.ignore-unclaimed-state': {
    type: 'boolean',
    default: 'false',
    description: 'Whether state of operators that the program no longer has may be dropped.',
  },
  'execution.state-recovery.claim-mode': {
    type: ['NO_CLAIM', 'CLAIM', 'LEGACY'],
    default: 'NO_CLAIM',
    description: 'Whether Flink takes ownership of the savepoint that a job starts from.',
  },
  'execution.checkpointing.savepoint-dir': {
    type: 'string',
    description: 'Default directory of savepoints.',
  },
  'parallelism.default': { type: 'integer', default: '1', description: 'Default parallelism of programs.' },
  'pipeline.jars': { type: 'list', default: '', description: 'Jar of the program.' },
  'pipeline.classpaths': { type: 'list', default: '', description: 'Additional classpath URLs of the program.' },
  'user.artifacts.artifact-list': {
    type: 'list',
    default: '',
    description: 'Additional jars that the JobManager fetches.',
  },
  'user.artifacts.raw-http-enabled': {
    type: 'boolean',
    default: 'false',
    description: 'Whether jars may be fetched over plain HTTP.',
  },
  'user.artifacts.http-headers': { type: 'map', description: 'HTTP headers of the requests that fetch jars.' },
  'security.kerberos.login.principal': { type: 'string', description: 'Kerberos principal of the keytab.' },
  'web.submit.enable': {
    type: 'boolean',
    default: 'true',
    description: 'Whether a session accepts jars. `drey run` requires it.',
  },
  'web.upload.dir': { type: 'string', description: 'Directory of uploaded jars.' },
  'rest.server.max-content-length': {
    type: 'integer',
    default: '104857600',
    atLeast: 1,
    description: 'Maximum body size of a REST request, in bytes.',
  },
  'client.timeout': { type: 'duration', default: '60 s', description: "Response timeout of Flink's client." },
  'rest.retry.max-attempts': {
    type: 'integer',
    default: '20',
    atLeast: 0,
    description: 'Maximum retries of a REST request.',
  },
  'rest.retry.delay': { type: 'duration', default: '3 s', description: 'Delay between retries of a REST request.' },
  'rest.async.store-duration': {
    type: 'duration',
    default: '5 min',
    description: 'How long the result of a savepoint is available over REST.',
  },
  'resourcemanager.taskmanager-timeout': {
    type: 'duration',
    default: '30 s',
    description: 'How long an idle TaskManager is kept.',
  },
  'job-result-store.delete-on-commit': {
    type: 'boolean',
    default: 'true',
    description: 'Whether the stored result of a job is deleted when the cleanup of the job is complete.',
  },
  'job-result-store.storage-path': {
    type: 'string',
    description: 'Directory of stored job results. Default: below `high-availability.storageDir`.',
  },
  'jobstore.expiration-time': {
    type: 'integer',
    default: '3600',
    atLeast: 0,
    description: 'How long a session shows a finished job, in seconds.',
  },
  'jobmanager.archive.fs.dir': {
    type: 'string',
    description: 'Directory of archived finished jobs, for a history server.',
  },
} as const satisfies Record<string, Option>;
