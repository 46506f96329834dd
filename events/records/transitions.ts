import * as z from 'zod';

import { ClusterState } from './cluster.ts';
import { rolloutEventKinds, RolloutResult } from './rollout.ts';
import { Job, JobState } from './job.ts';
import { LogsKept } from './kept-logs.ts';
import { ClusterLifetime } from '#events/lifetime.ts';
import { subjectOf } from '#events/names.ts';
import { Operation, Verdict } from './operation.ts';
import { Orphan } from './orphan.ts';
import { Principal } from '#events/principal.ts';
import { Problem } from '#events/problems/problem.ts';
import { SnapshotChange } from './snapshots.ts';

/** The `source` of every event on the bus. */
export const eventSource = 'drey';

const transitionFields = {
  id: z.string().meta({ description: 'ID of the transition. Repeated deliveries have the same ID.' }),
  target: z.string(),
  clusterId: z.string(),
  sequence: z
    .int()
    .min(1)
    .meta({ description: 'Consecutive number of the transition among those of one cluster and its jobs.' }),
  operationId: z.string().optional(),
  principal: Principal,
  reason: z.string().optional(),
  message: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  at: z.iso.datetime(),
};

export const ClusterTransition = z
  .strictObject({
    ...transitionFields,
    subject: z.literal('cluster'),
    from: ClusterState.nullable(),
    to: ClusterState,
    warnings: Operation.shape.warnings.meta({ description: 'Of the first transition: the warnings of the deploy.' }),
  })
  .meta({ id: 'ClusterTransition' });

export const JobTransition = z
  .strictObject({
    ...transitionFields,
    subject: z.literal('job'),
    jobId: z.string(),
    name: z.string(),
    from: JobState.nullable(),
    to: JobState,
    restoredFrom: Job.shape.restoredFrom,
  })
  .meta({ id: 'JobTransition' });

/** A change of state, which is also the detail of its event. */
export const Transition = z.discriminatedUnion('subject', [ClusterTransition, JobTransition]);
export type Transition = Readonly<z.infer<typeof Transition>>;

export const Rejection = z
  .strictObject({
    id: z.string(),
    commandId: z
      .string()
      .optional()
      .meta({ description: 'The `id` attribute of the message. `id` is the message ID of SQS.' }),
    subject: z.string().optional(),
    type: z.string().optional(),
    correlationId: z.string().optional().meta({ description: "The caller's correlation ID." }),
    principal: Principal,
    problem: Problem,
    at: z.iso.datetime(),
  })
  .meta({ id: 'Rejection' });
export type Rejection = Readonly<z.infer<typeof Rejection>>;

/** `orphans` has the first 100 of `count`. */
export const OrphansFound = z
  .strictObject({
    target: z.string(),
    principal: Principal,
    count: z.int().min(1),
    orphans: z.array(Orphan).max(100),
    at: z.iso.datetime(),
  })
  .meta({ id: 'OrphansFound' });
export type OrphansFound = Readonly<z.infer<typeof OrphansFound>>;

export const CommandFinished = z
  .strictObject({
    ...Operation.pick({
      operationId: true,
      kind: true,
      target: true,
      clusterId: true,
      jobId: true,
      principal: true,
      correlationId: true,
      batchId: true,
      batchIndex: true,
      warnings: true,
    }).shape,
    verdict: Verdict,
    message: z.string().optional(),
    problem: Problem.optional(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'CommandFinished' });
export type CommandFinished = Readonly<z.infer<typeof CommandFinished>>;

export const LifetimeWarning = z
  .strictObject({
    id: z.string().meta({ description: 'ID of the warning. Repeated deliveries have the same ID.' }),
    target: z.string(),
    clusterId: z.string(),
    operationId: z.string().meta({ description: 'The deploy operation of the incarnation.' }),
    principal: Principal,
    version: ClusterLifetime.shape.version,
    reason: z.enum(['LifetimeEnds', 'Idle']),
    endsAt: z.iso.datetime(),
    savepoint: ClusterLifetime.shape.savepoint,
    ha: ClusterLifetime.shape.ha,
    labels: z.record(z.string(), z.string()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'LifetimeWarning' });
export type LifetimeWarning = Readonly<z.infer<typeof LifetimeWarning>>;

/** How the parallelism of one vertex changed. */
const RescaledVertex = z.strictObject({
  name: z.string(),
  from: z.int().optional().meta({ description: 'Parallelism before the rescale. Absent at the start of the job.' }),
  to: z.int().optional().meta({ description: 'Parallelism after the rescale.' }),
  desired: z.int().optional(),
});

export const JobRescale = z
  .strictObject({
    id: z.string().meta({ description: 'ID of the rescale. Repeated deliveries have the same ID.' }),
    target: z.string(),
    clusterId: z.string(),
    operationId: z.string().meta({ description: 'The deploy operation of the incarnation.' }),
    principal: Principal,
    jobId: z.string(),
    name: z.string(),
    rescaleId: z.string(),
    state: z.enum(['COMPLETED', 'FAILED', 'IGNORED']),
    trigger: z
      .string()
      .optional()
      .meta({ description: 'The cause in the word of Flink: INITIAL_SCHEDULE for the start of the job.' }),
    reason: z.string().optional().meta({ description: 'Why the rescale ended, in the word of Flink.' }),
    message: z.string().optional().meta({ description: 'Root cause of a failure.' }),
    vertices: z.array(RescaledVertex).max(100),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    labels: z.record(z.string(), z.string()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'JobRescale' });
export type JobRescale = Readonly<z.infer<typeof JobRescale>>;

export const RolloutChange = z
  .strictObject({
    id: z.string().meta({ description: 'ID of the change. Repeated deliveries have the same ID.' }),
    target: z.string(),
    clusterId: z.string(),
    operationId: z.string().meta({ description: 'The operation of the rollout.' }),
    principal: Principal,
    kind: z.enum(rolloutEventKinds),
    state: z.enum(['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED']),
    ...RolloutResult.shape,
    problem: Problem.optional().meta({ description: 'Why the rollout failed or was canceled.' }),
    labels: z.record(z.string(), z.string()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'RolloutChange' });
export type RolloutChange = Readonly<z.infer<typeof RolloutChange>>;

interface EventDefinition {
  readonly schema: z.ZodType;
  /** When the event occurs, in Markdown for docs/events.md. */
  readonly description: string;
  /** `sequence`: the detail has a consecutive number for each cluster. `none`: the events have no order. */
  readonly ordering: 'sequence' | 'none';
}

/**
 * Every event on the bus, by detail-type. To add an event, add a row, publish it and add a sample to events/samples.
 * `npm run generate` writes its JSON Schema and its row in docs/events.md.
 */
export const eventTypes = {
  'Flink Cluster State Change': {
    schema: ClusterTransition,
    description:
      'A cluster changes its state. The states are QUEUED, REQUESTED, DEPLOYING, RUNNING, UPGRADING, SUSPENDED, STOPPING, STOPPED and FAILED, and for applications also FINISHED and CANCELED.',
    ordering: 'sequence',
  },
  'Flink Job State Change': {
    schema: JobTransition,
    description: 'A job has another state than at the last observation. The eleven states are those of Flink.',
    ordering: 'sequence',
  },
  'Flink Job Rescaled': {
    schema: JobRescale,
    description:
      'A rescale of a job with the adaptive scheduler has ended. Flink 2.3 and later report it if `web.adaptive-scheduler.rescale-history.size` is greater than 0.',
    ordering: 'none',
  },
  'Flink Rollout State Change': {
    schema: RolloutChange,
    description: 'A rollout or an apply of a job enters a phase, or has ended ([rollouts.md](rollouts.md)).',
    ordering: 'none',
  },
  'Flink Snapshot State Change': {
    schema: SnapshotChange,
    description:
      'A savepoint or checkpoint that a command asked for is COMPLETED, FAILED or DISPOSED ([snapshots.md](snapshots.md)).',
    ordering: 'none',
  },
  'Flink Command Finished': {
    schema: CommandFinished,
    description:
      "A command has its verdict: FINISHED, FAILED or CANCELED ([queue.md](queue.md)). The detail has the caller's `correlationId`.",
    ordering: 'none',
  },
  'Flink Command Rejected': {
    schema: Rejection,
    description:
      'The command queue rejects a message. `problem` has the reason ([problems.md](problems.md)). The message is kept in the rejected queue.',
    ordering: 'none',
  },
  'Flink Lifetime Warning': {
    schema: LifetimeWarning,
    description: 'The lifetime of a cluster ends soon ([lifetime.md](lifetime.md)).',
    ordering: 'none',
  },
  'Flink Logs Kept': {
    schema: LogsKept,
    description: 'The logs of a cluster that ends are kept, or cannot be kept ([logs.md](logs.md)).',
    ordering: 'none',
  },
  'Flink Orphans Found': {
    schema: OrphansFound,
    description:
      "The hourly maintenance finds objects of Flink clusters in a target's namespace that belong to no cluster of Drey. `drey orphans` lists and deletes them.",
    ordering: 'none',
  },
} as const satisfies Record<string, EventDefinition>;

export type EventType = keyof typeof eventTypes;

/** An event to publish on the bus. */
export type BusEvent = {
  [T in EventType]: {
    readonly type: T;
    /** `targets/…`, if known. */
    readonly subject: string | undefined;
    readonly detail: Readonly<z.output<(typeof eventTypes)[T]['schema']>>;
  };
}[EventType];

export type EventOf<T extends EventType> = Extract<BusEvent, { readonly type: T }>;

export const toTransitionEvent = (
  transition: Transition,
): EventOf<'Flink Cluster State Change' | 'Flink Job State Change'> =>
  transition.subject === 'cluster'
    ? { type: 'Flink Cluster State Change', subject: subjectOf(transition), detail: transition }
    : { type: 'Flink Job State Change', subject: subjectOf(transition), detail: transition };

export const toWarningEvent = (warning: LifetimeWarning): EventOf<'Flink Lifetime Warning'> => ({
  type: 'Flink Lifetime Warning',
  subject: subjectOf(warning),
  detail: warning,
});

export const toLogsEvent = (logs: LogsKept): EventOf<'Flink Logs Kept'> => ({
  type: 'Flink Logs Kept',
  subject: subjectOf(logs),
  detail: logs,
});

export const toRolloutEvent = (change: RolloutChange): EventOf<'Flink Rollout State Change'> => ({
  type: 'Flink Rollout State Change',
  subject: subjectOf(change),
  detail: change,
});

export const toRescaleEvent = (rescale: JobRescale): EventOf<'Flink Job Rescaled'> => ({
  type: 'Flink Job Rescaled',
  subject: subjectOf(rescale),
  detail: rescale,
});

export const toSnapshotEvent = (change: SnapshotChange): EventOf<'Flink Snapshot State Change'> => ({
  type: 'Flink Snapshot State Change',
  subject: subjectOf(change),
  detail: change,
});
