import * as z from 'zod';

import { ClusterLifetime, Duration } from './lifetime.ts';
import { Problem } from './problem.ts';

export const clusterStates = [
  'QUEUED',
  'REQUESTED',
  'DEPLOYING',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'FINISHED',
  'CANCELED',
  'FAILED',
] as const;
export const ClusterState = z.enum(clusterStates);
export type ClusterState = z.infer<typeof ClusterState>;

/** Flink's own words. */
export const JobState = z.enum([
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
]);
export type JobState = z.infer<typeof JobState>;

export const OperationState = z.enum(['QUEUED', 'PENDING', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED']);
export type OperationState = z.infer<typeof OperationState>;

/** How a command ended, for those who wait for what it was to bring about. */
export const Verdict = z.enum(['FINISHED', 'FAILED', 'CANCELED']);
export type Verdict = z.infer<typeof Verdict>;

const Time = z.iso.datetime();
const Labels = z.record(z.string().regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/), z.string().max(63));

export const DeploymentMode = z.enum(['session', 'application', 'per-job']);
export type DeploymentMode = z.infer<typeof DeploymentMode>;

/** How the cluster was seen last: whether it answers, and whether its pods are in order. `Unknown` ends nothing. */
export const Condition = z.strictObject({
  type: z.enum(['Reachable', 'Healthy']),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  since: Time,
});
export type Condition = z.infer<typeof Condition>;

/** What a job on a session needs to be planned for. */
export const TaskManagers = z.strictObject({
  slots: z.int().min(1),
  cpu: z.number(),
  memoryMebibytes: z.int(),
  parallelism: z.int().min(1),
});
export type TaskManagers = Readonly<z.infer<typeof TaskManagers>>;

export const Cluster = z
  .strictObject({
    target: z.string(),
    clusterId: z.string(),
    mode: z.enum(['session', 'application']),
    state: ClusterState,
    reason: z.string().optional().meta({ description: 'Why it is in this state, where that is not plain.' }),
    message: z.string().optional(),
    namespace: z.string(),
    image: z.string(),
    labels: Labels,
    conditions: z.array(Condition),
    sequence: z.int().min(1).meta({ description: 'The number of its last transition.' }),
    operationId: z.string().meta({ description: 'The deploy that it came from.' }),
    stopOperationId: z.string().optional().meta({ description: 'The stop that it went through last.' }),
    uid: z.string().optional().meta({ description: 'The uid of its Deployment.' }),
    taskManagers: TaskManagers.optional().meta({
      description: 'Of a session: what one is, and the parallelism of a job that names none.',
    }),
    lifetime: ClusterLifetime.optional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Cluster' });
export type Cluster = Readonly<z.infer<typeof Cluster>>;

export const Job = z
  .strictObject({
    target: z.string(),
    clusterId: z.string(),
    jobId: z.string(),
    name: z.string(),
    state: JobState,
    message: z.string().optional().meta({ description: 'The root cause of a failure.' }),
    startTime: Time,
    endTime: Time.optional(),
    savepoint: z.string().optional().meta({ description: 'Where its latest savepoint is.' }),
    finalSavepoint: z
      .string()
      .optional()
      .meta({ description: 'Where the savepoint is that it was ended with: all that it did is in it.' }),
    stoppedWithCluster: z.literal(true).optional().meta({
      description: 'A stop of its cluster asked it for a savepoint: a session with `restore` starts it again.',
    }),
    clusterOperationId: z
      .string()
      .meta({ description: 'The deploy of the cluster that it runs on: an id may have several lives.' }),
    operationId: z.string().optional().meta({ description: 'The submit that it came from.' }),
    updatedAt: Time,
  })
  .meta({ id: 'Job' });
export type Job = Readonly<z.infer<typeof Job>>;

/** How far a deploy comes, in order; an image that is there already is not pulled. */
export const deployPhases = ['Scheduled', 'Pulling', 'Started', 'RestUp'] as const;
export const DeployPhase = z.strictObject({
  name: z.enum(deployPhases).meta({
    description:
      "Scheduled: the JobManager's pod has a node. Pulling: the node fetches its image. Started: its container runs. RestUp: Flink's REST API answers.",
  }),
  at: Time,
});
export type DeployPhase = Readonly<z.infer<typeof DeployPhase>>;

/** A job that a session starts again. */
export const RestoredJob = z
  .strictObject({
    jobId: z.string().meta({ description: 'Its id, and that of the submit which starts it.' }),
    name: z.string(),
    savepoint: z.string().optional().meta({ description: 'Without, it starts with no state.' }),
    formerJobId: z.string().meta({ description: 'What it was submitted as; its program is started again.' }),
  })
  .meta({ id: 'RestoredJob' });
export type RestoredJob = Readonly<z.infer<typeof RestoredJob>>;

export const Operation = z
  .strictObject({
    operationId: z.string(),
    kind: z.enum([
      'deploy',
      'submit',
      'cancel',
      'stop',
      'extend',
      'batch',
      'savepoint',
      'checkpoint',
      'stop-job',
      'dispose-savepoint',
    ]),
    target: z.string(),
    clusterId: z.string().meta({ description: 'Of a batch: its name.' }),
    jobId: z.string().optional(),
    state: OperationState,
    origin: z.enum(['http', 'queue', 'schedule', 'reconciler']),
    phase: z.string().optional().meta({ description: 'What it waits for, in words.' }),
    phases: z
      .array(DeployPhase)
      .optional()
      .meta({ description: 'Of a deploy: what it has reached, and when; by the clock of Kubernetes.' }),
    problem: Problem.optional(),
    position: z.int().min(1).optional().meta({ description: 'While it is QUEUED: its place in the line.' }),
    verdict: Verdict.optional().meta({
      description:
        'How what it started has ended: the program of an application, the job of a submit, all of a batch. A session is FINISHED when it is up; a cancel or stop when it is done.',
    }),
    verdictMessage: z.string().optional().meta({
      description: 'Why, where it did not finish: the root cause of a program that failed.',
    }),
    savepoint: z.string().optional().meta({ description: 'Where the savepoint is that it took.' }),
    checkpoint: z.int().optional().meta({ description: 'The number of the checkpoint that it took.' }),
    correlationId: z.string().optional().meta({ description: "The caller's own name for it; told with its verdict." }),
    restoredFrom: z
      .string()
      .optional()
      .meta({ description: 'The savepoint that it starts from, where it named a cluster.' }),
    restoredJobs: z.array(RestoredJob).optional().meta({
      description:
        'Of the deploy of a session: the jobs that it starts again. Their submits are there when it has SUCCEEDED.',
    }),
    batchId: z.string().optional().meta({ description: 'The batch that it is an element of.' }),
    batchIndex: z.int().min(0).optional(),
    createdAt: Time,
    startedAt: Time.optional().meta({ description: 'When its turn came, where it had waited for it.' }),
    updatedAt: Time,
    deadline: Time,
  })
  .meta({ id: 'Operation' });
export type Operation = Readonly<z.infer<typeof Operation>>;

/** An object of some Flink cluster that nothing of Drey's records accounts for. */
export const Orphan = z
  .strictObject({
    kind: z.enum(['Deployment', 'Service', 'ConfigMap']),
    name: z.string(),
    uid: z.string(),
    clusterId: z.string(),
    reason: z.enum(['NotRecorded', 'NoDeployment', 'HighAvailabilityData']).meta({
      description:
        'NotRecorded: a Flink cluster that Drey did not deploy, or no longer counts as its own. NoDeployment: what is left of a cluster that is gone. HighAvailabilityData: kept by a stop, or left; a new cluster of the id would recover its jobs from it.',
    }),
  })
  .meta({ id: 'Orphan' });
export type Orphan = Readonly<z.infer<typeof Orphan>>;

/** How much of a target may be taken at once. What is left out is not limited. */
const Limits = z.strictObject({
  clusters: z.int().min(1).optional(),
  jobs: z.int().min(1).optional().meta({ description: 'Applications, and jobs submitted to sessions.' }),
  cpu: z.number().positive().optional().meta({ description: 'CPUs that pods ask for.' }),
  memoryGibibytes: z.number().positive().optional().meta({ description: 'Memory that pods ask for.' }),
});
export type Limits = Readonly<z.infer<typeof Limits>>;

/** What a command takes of its target while it lasts. */
export const Demand = z
  .strictObject({ clusters: z.int(), jobs: z.int(), cpu: z.number(), memoryMebibytes: z.int() })
  .meta({ id: 'Demand' });
export type Demand = Readonly<z.infer<typeof Demand>>;

/** The policy of a place to deploy to, and how to get there. */
export const Target = z
  .strictObject({
    cluster: z.string().min(1).max(100).meta({ description: 'The name of the EKS cluster.' }),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region looks like eu-central-1'),
    roleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'a role looks like arn:aws:iam::123456789012:role/name')
      .optional()
      .meta({ description: 'A role to take first, for a cluster of another account.' }),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a namespace has at most 63 lower-case letters, digits and "-"'),
    defaults: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: 'Options that a deploy starts from.', example: { 'kubernetes.service-account': 'flink' } }),
    locked: z
      .array(z.string())
      .default([])
      .meta({ description: 'Options that a deploy may not set. A name ending in ".*" covers all that begin with it.' }),
    maxJarBytes: z
      .int()
      .min(1)
      .max(5_000_000_000)
      .default(500_000_000)
      .meta({ description: 'The largest jar that may be uploaded.' }),
    maxAge: Duration.optional().meta({
      description: 'No cluster lives longer: the end of those that name none, and the latest that may be asked for.',
    }),
    limits: Limits.default({}).meta({
      description: 'How much may be taken at once. What is above waits for its turn.',
      example: { clusters: 20, cpu: 64, memoryGibibytes: 256 },
    }),
    shares: z
      .record(z.string().max(63), Limits.extend({ weight: z.number().positive().max(1000).default(1) }))
      .default({})
      .meta({
        description:
          'Limits of each team (label `team`), and its weight where several wait; `*` stands for every team that is not named.',
        example: { etl: { weight: 3 }, '*': { clusters: 5 } },
      }),
    maxQueued: z
      .int()
      .min(0)
      .max(10_000)
      .default(5_000)
      .meta({ description: 'More commands than these may not wait.' }),
  })
  .meta({ id: 'Target' });
export type Target = Readonly<z.infer<typeof Target>>;
export type NamedTarget = Target & { readonly name: string };

const terminalClusterStates: ReadonlySet<ClusterState> = new Set(['STOPPED', 'FINISHED', 'CANCELED', 'FAILED']);
const terminalJobStates: ReadonlySet<JobState> = new Set(['FAILED', 'CANCELED', 'FINISHED']);
const terminalOperationStates: ReadonlySet<OperationState> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED']);

export const isTerminalCluster = (cluster: Pick<Cluster, 'state'>) => terminalClusterStates.has(cluster.state);
export const isTerminalJob = (job: Pick<Job, 'state'>) => terminalJobStates.has(job.state);
export const isTerminalOperation = (operation: Pick<Operation, 'state'>) =>
  terminalOperationStates.has(operation.state);
