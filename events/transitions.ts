import * as z from 'zod';

import { ClusterState } from './cluster.ts';
import { JobState } from './job.ts';
import { ClusterLifetime } from './lifetime.ts';
import { subjectOf } from './names.ts';
import { Operation, Verdict } from './operation.ts';
import { Orphan } from './orphan.ts';
import { Problem } from './problem.ts';

/** The source of every event that Drey puts on the bus. */
export const eventSource = 'drey';

const transitionFields = {
  id: z.string().meta({ description: 'The same for each delivery of this transition.' }),
  target: z.string(),
  clusterId: z.string(),
  sequence: z.int().min(1).meta({ description: 'Numbers the transitions of one cluster and its jobs, without holes.' }),
  operationId: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  at: z.iso.datetime(),
};

export const ClusterTransition = z
  .strictObject({ ...transitionFields, subject: z.literal('cluster'), from: ClusterState.nullable(), to: ClusterState })
  .meta({ id: 'ClusterTransition' });

export const JobTransition = z
  .strictObject({
    ...transitionFields,
    subject: z.literal('job'),
    jobId: z.string(),
    name: z.string(),
    from: JobState.nullable(),
    to: JobState,
  })
  .meta({ id: 'JobTransition' });

/** One change of state, and the detail of the event that tells it. */
export const Transition = z.discriminatedUnion('subject', [ClusterTransition, JobTransition]);
export type Transition = Readonly<z.infer<typeof Transition>>;

/** The detail of the event for a command from the queue that will never be carried out. */
export const Rejection = z
  .strictObject({
    id: z.string(),
    commandId: z
      .string()
      .optional()
      .meta({ description: 'The id that the message itself had; `id` is that of the queue.' }),
    subject: z.string().optional(),
    type: z.string().optional(),
    correlationId: z.string().optional().meta({ description: "The caller's own name for it." }),
    problem: Problem,
    at: z.iso.datetime(),
  })
  .meta({ id: 'Rejection' });
export type Rejection = Readonly<z.infer<typeof Rejection>>;

/** The detail of the event that tells of what no record accounts for; the first of them, where there are many. */
export const OrphansFound = z
  .strictObject({
    target: z.string(),
    count: z.int().min(1),
    orphans: z.array(Orphan).max(100),
    at: z.iso.datetime(),
  })
  .meta({ id: 'OrphansFound' });
export type OrphansFound = Readonly<z.infer<typeof OrphansFound>>;

/** The detail of the event that tells how a command ended. */
export const CommandFinished = z
  .strictObject({
    ...Operation.pick({
      operationId: true,
      kind: true,
      target: true,
      clusterId: true,
      jobId: true,
      correlationId: true,
      batchId: true,
      batchIndex: true,
    }).shape,
    verdict: Verdict,
    message: z.string().optional(),
    problem: Problem.optional(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'CommandFinished' });
export type CommandFinished = Readonly<z.infer<typeof CommandFinished>>;

/** The detail of the event that tells of a cluster's end beforehand. */
export const LifetimeWarning = z
  .strictObject({
    id: z.string().meta({ description: 'The same for each delivery of this warning.' }),
    target: z.string(),
    clusterId: z.string(),
    operationId: z.string().meta({ description: 'The deploy that the cluster came from.' }),
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

/** What is on the bus: detail-type → schema of the detail. */
export const eventTypes = {
  'Flink Cluster State Change': ClusterTransition,
  'Flink Job State Change': JobTransition,
  'Flink Command Finished': CommandFinished,
  'Flink Command Rejected': Rejection,
  'Flink Orphans Found': OrphansFound,
  'Flink Lifetime Warning': LifetimeWarning,
} as const;
export type EventType = keyof typeof eventTypes;

/** Something to tell: what is put on the bus. */
export interface BusEvent {
  readonly type: EventType;
  /** `targets/…`, where it is known. */
  readonly subject: string | undefined;
  readonly detail: Transition | CommandFinished | Rejection | OrphansFound | LifetimeWarning;
}

export const toBusEvent = (transition: Transition): BusEvent => ({
  type: transition.subject === 'cluster' ? 'Flink Cluster State Change' : 'Flink Job State Change',
  subject: subjectOf(transition),
  detail: transition,
});

export const toWarningEvent = (warning: LifetimeWarning): BusEvent => ({
  type: 'Flink Lifetime Warning',
  subject: subjectOf(warning),
  detail: warning,
});
