import type { CommandData, StopData, SubmitData } from '#events/commands/index.ts';
import type { Restore } from '#events/commands/program.ts';
import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import type { NamedTarget, Target } from '#events/target.ts';
import type { Operation, Verdict } from '#events/operation.ts';
import type { Orphan } from '#events/orphan.ts';
import type { ClusterRef } from '#events/names.ts';
import type { FieldError, Problem, ProblemCode } from '#events/problem.ts';
import type { Schedule, ScheduleRun } from '#events/schedules.ts';
import type { SpecHead } from '#events/specs.ts';
import type { CommandFinished, LifetimeWarning, Rejection, BusEvent, Transition } from '#events/transitions.ts';
import type { Manifests } from '#shared/flink/manifests.ts';
import type { Transport } from '#shared/flink/rest.ts';

import type { QueuedCommand, QueueState, QueueSummary } from '#shared/clusters/model/admission.ts';
import type { TimerEvent, ScheduleTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';

/** What the use cases need of the world. Every call that waits takes the signal that ends before the function does. */
export interface Ports {
  readonly store: Store;
  readonly targets: Targets;
  readonly kubernetes: (target: NamedTarget) => Kubernetes;
  readonly workflows: Workflows;
  readonly jars: Jars;
  readonly bus: Bus;
  readonly reconcileQueue: ReconcileQueue;
  readonly admissionQueue: AdmissionQueue;
  readonly commandQueue: CommandQueue;
  readonly payloads: Payloads;
  readonly callbacks: Callbacks;
  readonly timers: Timers;
  readonly specs: Specs;
  readonly log: Log;
  readonly now: () => Date;
  /** 32 hex digits, later ones sort behind earlier ones. */
  readonly newId: () => string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In `[0, 1)`. */
  readonly random: () => number;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A record and how often it was written: whoever writes it names the version that it read. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

interface Before {
  /** The latest savepoint of the job when the command came. */
  readonly savepointBefore?: string | undefined;
}

/** What a state machine needs later of the command behind an operation. */
export type Plan =
  | {
      readonly deploy: Pick<CommandData<'deploy'>, 'onFailure'> & {
        /** It waited in line: what was asked for is in its draft. */
        readonly drafted?: true | undefined;
        /** How the jobs that a session starts again are restored. */
        readonly restore?: Pick<Restore, 'allowNonRestoredState' | 'claimMode'> | undefined;
      };
    }
  | { readonly submit: SubmitData }
  | { readonly batch: { readonly size: number } }
  | ({ readonly savepoint: CommandData<'savepoint'> } & Before)
  | { readonly checkpoint: CommandData<'checkpoint'> }
  | ({ readonly 'stop-job': CommandData<'stop-job'> } & Before)
  | { readonly 'dispose-savepoint': CommandData<'dispose-savepoint'> }
  | {
      readonly stop: StopData;
      /** Until then the deploy that was overtaken may still create objects. */
      readonly settled?: string | undefined;
    };

export type StoredOperation = Operation & {
  readonly plan?: Plan | undefined;
  /** Of the Step Functions task that waits for the verdict. */
  readonly taskToken?: string | undefined;
};

/** How a command ended: written once, and told then. */
export interface VerdictRecord {
  readonly operationId: string;
  readonly target: string;
  readonly verdict: Verdict;
  readonly message?: string | undefined;
  readonly at: string;
}

/** What became of one application of a batch. */
export interface BatchItem {
  readonly batchId: string;
  readonly batchIndex: number;
  readonly clusterId: string;
  readonly operationId?: string | undefined;
  readonly verdict?: Verdict | undefined;
  readonly message?: string | undefined;
}

/** One transaction: all of it or nothing. `previous` is the version that was read; undefined: there must be none. */
export interface Change {
  readonly cluster?: { readonly value: Cluster; readonly previous: number | undefined };
  readonly operations?: readonly { readonly value: StoredOperation; readonly previous: number | undefined }[];
  readonly jobs?: readonly { readonly value: Job; readonly previous: number | undefined }[];
  readonly transitions?: readonly Transition[];
  readonly idempotency?: Idempotency;
  readonly refusal?: Refusal;
  /** The line of a target: who admits, and who drains or resumes, names the version that the decision was made on. */
  readonly queueVersion?: {
    readonly target: string;
    readonly paused: QueueState['paused'];
    readonly previous: number | undefined;
  };
  readonly queued?: { readonly value: QueuedCommand; readonly previous: number | undefined };
  readonly admitted?: readonly QueuedCommand[];
  /** Those that wait no longer. */
  readonly dequeued?: readonly CommandRef[];
  /** Those that hold their part of the target no longer. */
  readonly released?: readonly CommandRef[];
  /** The first verdict of an operation stays. */
  readonly verdicts?: readonly VerdictRecord[];
  readonly batchItems?: readonly BatchItem[];
  /** Of clusters that end soon. */
  readonly warnings?: readonly LifetimeWarning[];
  /** Without a value it is removed. */
  readonly schedule?: ScheduleName & { readonly value: Schedule | undefined; readonly previous: number | undefined };
  readonly run?: { readonly value: ScheduleRun; readonly previous: number | undefined };
}

export interface ScheduleName {
  readonly target: string;
  readonly name: string;
}

export type CommandRef = Pick<QueuedCommand, 'target' | 'operationId'>;

/** A command of the queue that was rejected: who depends on its key does not wait for it. */
export interface Refusal {
  readonly target: string;
  readonly key: string;
  readonly code: ProblemCode;
  readonly expiresAt: Date;
}

/** Which operation a key stands for. */
export interface Idempotency {
  readonly target: string;
  readonly key: string;
  /** SHA-256 of the command, to tell a repetition from another command under the same key. */
  readonly fingerprint: string;
  readonly operationId: string;
  readonly expiresAt: Date;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string | undefined;
}

export interface Store {
  cluster(clusterRef: ClusterRef): Promise<Versioned<Cluster> | undefined>;
  /** Eventually consistent; newest change first is not promised. */
  clusters(
    target: string,
    filter: { readonly states?: readonly ClusterState[]; readonly cursor?: string; readonly limit: number },
  ): Promise<Page<Cluster>>;
  operation(operationId: string): Promise<Versioned<StoredOperation> | undefined>;
  /** The operations of a target that are not over. Eventually consistent. */
  openOperations(target: string): Promise<readonly StoredOperation[]>;
  /** The jobs of one cluster. */
  jobs(clusterRef: ClusterRef): Promise<readonly Versioned<Job>[]>;
  job(clusterRef: ClusterRef, jobId: string): Promise<Versioned<Job> | undefined>;
  transitions(
    clusterRef: ClusterRef,
    range: { readonly after: number; readonly limit: number },
  ): Promise<readonly Transition[]>;
  idempotency(target: string, key: string): Promise<Idempotency | undefined>;
  /** That of a key which no operation has. */
  refusal(target: string, key: string): Promise<Pick<Refusal, 'code'> | undefined>;
  verdict(operationId: string): Promise<VerdictRecord | undefined>;
  /** Who waits for a target and who holds how much of it, as of now. */
  queue(target: string): Promise<QueueState>;
  queueSummary(target: string): Promise<QueueSummary>;
  /** Notes how many wait for a target, or that one more does. It is read by many and exact at no time: no part of a transaction. */
  count(target: string, queued: { readonly to: number } | { readonly by: 1 }): Promise<void>;
  batchItems(batchId: string): Promise<readonly BatchItem[]>;
  schedule(name: ScheduleName): Promise<Versioned<Schedule> | undefined>;
  schedules(target: string): Promise<readonly Schedule[]>;
  run(name: ScheduleName, runId: string): Promise<Versioned<ScheduleRun> | undefined>;
  /** The last ones, newest first. They are kept for 90 days. */
  runs(name: ScheduleName, limit: number): Promise<readonly ScheduleRun[]>;
  /** @throws Fault `changed-meanwhile` when a version is not the one that was read, or a key or number is there already. */
  commit(change: Change): Promise<void>;
}

export interface Targets {
  /** As it was half a minute ago at the earliest. @throws Fault `not-found` */
  get(name: string): Promise<NamedTarget>;
  /** As it is now. @throws Fault `not-found` */
  current(name: string): Promise<NamedTarget>;
  list(): Promise<readonly NamedTarget[]>;
  put(name: string, target: Target): Promise<void>;
  /** Leaves one alone that is there. */
  putBack(name: string, target: Target): Promise<void>;
  remove(name: string): Promise<void>;
}

/** An object in the cluster, by kind and name. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/** An object that is labelled as a Flink cluster's. */
export interface FlinkObject extends Pick<Orphan, 'kind' | 'name' | 'uid' | 'clusterId'> {
  /** Of a Deployment: the annotation that a deploy of Drey's leaves. */
  readonly operationId: string | undefined;
  /** Whether it goes with its Deployment. What high availability keeps does not. */
  readonly owned: boolean;
}

/** What Kubernetes knows of a Flink cluster. */
export interface Observation {
  readonly deployment: ObservedDeployment | undefined;
  readonly pods: readonly ObservedPod[];
  /** Warnings about its ReplicaSets and pods, newest first. */
  readonly warnings: readonly { readonly reason: string; readonly message: string; readonly at: string }[];
}

export interface ObservedDeployment {
  readonly clusterId: string;
  readonly uid: string;
  /** Of the annotation that a deploy of Drey's leaves. */
  readonly operationId: string | undefined;
  readonly deleting: boolean;
  readonly readyReplicas: number;
}

export interface ObservedPod {
  readonly name: string;
  readonly component: 'jobmanager' | 'taskmanager' | 'other';
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** When it had a node, when the node began to fetch its image, and when Flink's container was started last. */
  readonly reached: { readonly scheduled?: string; readonly pulling?: string; readonly started?: string };
  /** Why it is not scheduled, or why its container waits or ended. */
  readonly trouble: { readonly reason: string; readonly message: string; readonly exitCode?: number } | undefined;
}

/** A pod of a list, and the cluster that it is of. */
export interface ListedPod extends ObservedPod {
  readonly clusterId: string;
}

/**
 * One target's Kubernetes.
 *
 * Every method throws Fault `target-unreachable` when no answer came or the server asked to wait, and `target-refused`
 * when it said no (which permission or access entry is missing is in the message).
 */
export interface Kubernetes {
  /**
   * Asks AWS where it is.
   *
   * @throws Fault `target-refused` with the reason `ResourceNotFoundException` when there is no such EKS cluster.
   */
  locate(signal: AbortSignal): Promise<void>;
  /**
   * Creates the Deployment and, owned by it, the rest. Repeating it for the same operation finishes what is missing.
   *
   * @throws Fault `id-taken` when the name belongs to anybody else; nothing is touched then.
   * @throws Fault `refused-option` when the API server finds an object invalid.
   */
  apply(manifests: Manifests, operationId: string, signal: AbortSignal): Promise<{ readonly uid: string }>;
  /** What the API server would refuse of the objects; nothing is created. */
  dryRun(manifests: Manifests, signal: AbortSignal): Promise<readonly FieldError[]>;
  observe(clusterId: string, signal: AbortSignal): Promise<Observation>;
  /** Every Flink Deployment of the namespace. */
  deployments(signal: AbortSignal): Promise<readonly ObservedDeployment[]>;
  /** Every pod of the namespace's Flink clusters. */
  pods(signal: AbortSignal): Promise<readonly ListedPod[]>;
  /** Deletes the Deployment in the foreground, if it still has this uid. Gone already is done. */
  remove(clusterId: string, uid: string, signal: AbortSignal): Promise<void>;
  /** What is labelled with the cluster's id, or named after it, and still there. ConfigMaps without an owner are high availability's. */
  remaining(
    clusterId: string,
    signal: AbortSignal,
  ): Promise<{ readonly owned: readonly ObjectName[]; readonly highAvailability: readonly ObjectName[] }>;
  removeConfigMaps(names: readonly string[], signal: AbortSignal): Promise<void>;
  /** The Deployments, Services and ConfigMaps of all Flink clusters of the namespace. */
  flinkObjects(signal: AbortSignal): Promise<readonly FlinkObject[]>;
  /** Deletes an object if it still has this uid, with all that it owns. Gone already is done. */
  removeObject(object: Pick<Orphan, 'kind' | 'name' | 'uid'>, signal: AbortSignal): Promise<void>;
  /** The last lines of the JobManager's container; of the one before it, if `previous`. Undefined when there is none. */
  logs(
    clusterId: string,
    options: { readonly lines: number; readonly previous?: boolean },
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Flink's REST API, through the service proxy of the API server. */
  flink(clusterId: string): Transport;
}

export type WorkflowName = 'startup' | 'submission' | 'cleanup' | 'snapshot';

export interface Workflows {
  /** Starts an execution named after the operation; one that runs already or ran with the same name is the same one. */
  start(machine: WorkflowName, operationId: string): Promise<void>;
}

export interface Jars {
  /** An address to PUT the jar to, for a while, and what the command calls it. */
  upload(request: { readonly target: string; readonly name: string; readonly bytes: number }): Promise<{
    readonly jar: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly expiresAt: Date;
  }>;
  /** Size and first bytes. Undefined when there is none. `target` guards against a jar of another target. */
  inspect(jar: string, target: string): Promise<{ readonly bytes: number; readonly head: Uint8Array } | undefined>;
  open(
    jar: string,
    signal: AbortSignal,
  ): Promise<{ readonly stream: AsyncIterable<Uint8Array>; readonly bytes: number }>;
  /** Lets the time for which it is kept begin anew, unless it began within the last week. False: it is gone. */
  keep(jar: string): Promise<boolean>;
}

export interface Bus {
  /** In this order; returns how many of them, from the first on, were taken. */
  publish(busEvent: readonly BusEvent[]): Promise<number>;
  /** Keeps the message as it came, with why it was refused, and tells of it. */
  reject(rejection: Rejection, message: string): Promise<void>;
}

/** Something happened for which somebody in the line of a target may have waited. */
export interface AdmissionQueue {
  ask(target: string): Promise<void>;
}

/** The queue of commands. */
export interface CommandQueue {
  /** Has an operation carried on that was admitted. */
  resumeOperation(operation: Pick<StoredOperation, 'operationId' | 'target' | 'clusterId'>): Promise<void>;
  /** Sends the deploys of a batch. Sending one again changes nothing. */
  sendBatchItems(
    target: string,
    batchItems: readonly Pick<BatchItem, 'batchId' | 'batchIndex' | 'clusterId'>[],
  ): Promise<void>;
  /** Puts away a command whose last try failed, with why. */
  discard(message: QueuedMessage, problem: Problem): Promise<void>;
  /** Those that were put away, the first hundred. */
  dead(): Promise<readonly DeadLetter[]>;
  /**
   * Brings commands back that were put away.
   *
   * @param again What to send for one; undefined: it stays.
   * @returns Which ones; `more` when it did not come to all.
   */
  redrive(
    again: (command: DeadLetter) => Promise<string | undefined>,
  ): Promise<{ readonly commands: readonly DeadLetter[]; readonly more: boolean }>;
}

export interface QueuedMessage {
  readonly id: string;
  readonly group: string;
  readonly body: string;
}

export interface DeadLetter extends QueuedMessage {
  readonly problem?: { readonly code: string; readonly detail: string } | undefined;
  readonly receipt: string;
}

/** Commands and parts of them that are kept outside of the table: they may be large, and what they hold may be secret. */
export interface Payloads {
  keep(operationId: string, data: unknown): Promise<void>;
  /** Undefined when it is no longer kept. */
  read(operationId: string): Promise<unknown>;
  remove(operationId: string): Promise<void>;
  /** What a caller uploaded for a command to a target, as JSON. Undefined when there is no such upload. */
  uploaded(dataref: string, target: string): Promise<unknown>;
}

export interface Callbacks {
  /** Answers a Step Functions task. A token that cannot be answered is nobody's trouble: false. What may pass is thrown. */
  answer(taskToken: string, told: CommandFinished | Rejection): Promise<boolean>;
}

/** What shall happen at a time. A firing may come late, and more than once. */
export interface Timers {
  /** Has a firing sent at that time. One of that name that is there already is the same. */
  set(name: string, at: Date, timerEvent: TimerEvent): Promise<void>;
  /** One that is not there is done. */
  cancel(name: string): Promise<void>;
  /**
   * Has a firing sent again and again; one of that name is changed, and left alone where it is so already.
   *
   * @throws Fault `malformed-request` when the expression is not one.
   */
  repeat(name: string, recurrence: Recurrence, timerEvent: ScheduleTimerEvent): Promise<void>;
}

export interface Recurrence {
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** For those who look at the scheduler itself. */
  readonly description: string;
}

/** Deploys that are stored by name. */
export interface Specs {
  list(target: string): Promise<readonly SpecHead[]>;
  read(target: string, name: string): Promise<{ readonly data: unknown; readonly updatedAt: string } | undefined>;
  put(target: string, name: string, data: unknown): Promise<void>;
  remove(target: string, name: string): Promise<void>;
}

export interface ReconcileQueue {
  /** To another function, which takes it soon. */
  hand(look: ReconcileRequest): Promise<void>;
}
