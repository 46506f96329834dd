import * as z from 'zod';

import { JobId } from '../names.ts';
import { rolloutPhases } from './rollout-phases.ts';
import { Time } from './time.ts';

const RolloutPhaseName = z.enum(rolloutPhases).meta({
  description:
    'WaitingForRollout: another rollout of the cluster is in progress. Checking: the API server of the target checks the new objects. Rescaling: the running job gets another parallelism, and nothing restarts. Snapshotting: the old incarnation, or the old job, is stopped with its savepoints. Starting: the new incarnation is deployed, or the new job is submitted. Verifying: it is watched. RollingBack: it was not stable, and the last stable revision, or the old program, starts again.',
});
export type RolloutPhaseName = z.infer<typeof RolloutPhaseName>;

export const RolloutPhase = z.strictObject({
  name: RolloutPhaseName,
  at: Time.meta({ description: 'When the phase began.' }),
});
export type RolloutPhase = Readonly<z.infer<typeof RolloutPhase>>;

/** The commands that start a rollout. */
export const rolloutKinds = ['apply', 'rollback', 'restart', 'suspend', 'resume'] as const;
export type RolloutKind = (typeof rolloutKinds)[number];

/** The least that a change of a live cluster needs. */
export const ChangeClass = z.enum(['none', 'rescale', 'restart']);
export type ChangeClass = z.infer<typeof ChangeClass>;

/** The commands whose operations have phases: those of clusters, and the apply of a job of a session. */
export const rolloutEventKinds = [...rolloutKinds, 'apply-job'] as const;
export type RolloutEventKind = (typeof rolloutEventKinds)[number];

/** The state of an ended incarnation of an application. */
export const Snapshot = z.strictObject({
  kind: z.enum(['savepoint', 'checkpoint']),
  path: z.string(),
  at: Time.meta({ description: 'When the snapshot was recorded.' }),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

const rolloutFields = {
  phase: RolloutPhaseName,
  phases: z.array(RolloutPhase).meta({ description: 'The phases so far, each with the time when it began.' }),
  from: z.int().min(1).optional().meta({
    description: 'Number of the revision that ran before. Absent: the ID had no cluster.',
  }),
  to: z.int().min(1).optional().meta({
    description: 'Number of the new revision. Absent before the new incarnation is deployed, or the job is rescaled.',
  }),
};

/** The progress of a rollout in the record of its cluster. It is the lock that other commands wait for. */
export const RolloutProgress = z
  .strictObject({
    operationId: z.string().meta({ description: 'The operation of the rollout.' }),
    kind: z.enum(rolloutKinds),
    ...rolloutFields,
  })
  .meta({ id: 'RolloutProgress' });
export type RolloutProgress = Readonly<z.infer<typeof RolloutProgress>>;

/** The rollout that begins when the one in progress has ended. */
export const NextRollout = z
  .strictObject({
    operationId: z.string().meta({ description: 'The operation of the rollout.' }),
    kind: z.enum(rolloutKinds),
    at: Time.meta({ description: 'Since when it waits.' }),
  })
  .meta({ id: 'NextRollout' });

const AppliedJobs = z.strictObject({
  from: JobId.meta({ description: 'The job that the new one replaces.' }),
  to: JobId.optional().meta({ description: 'The new job. Absent before it is submitted.' }),
  rolledBackTo: JobId.optional().meta({
    description: 'The job that runs the old program again, because the new job was not stable.',
  }),
});

/** What an operation says about its rollout. */
export const RolloutResult = z
  .strictObject({
    ...rolloutFields,
    class: ChangeClass.exclude(['restart']).optional().meta({
      description:
        'Of a change in place, which restarts nothing. none: only the record of the cluster has changed. rescale: the running job gets another parallelism.',
    }),
    specOf: z.int().min(1).optional().meta({
      description: 'Of a rollback, restart and resume: number of the earlier revision whose spec the new revision has.',
    }),
    rescale: z
      .strictObject({ jobId: JobId, parallelism: z.int().min(1) })
      .optional()
      .meta({ description: 'Of the class `rescale`: the job, and its new parallelism.' }),
    snapshot: Snapshot.optional().meta({
      description: 'Of an application or a job: the snapshot that the old incarnation, or the old job, ended with.',
    }),
    stateBytes: z.int().min(0).optional().meta({
      description:
        'Size of the state that the old incarnation ended with, in bytes: of the snapshots of all its jobs, as Flink reports them. Absent before, and when Flink has not reported it.',
    }),
    fallbackReason: z.string().optional().meta({
      description: 'Why the rollout has taken its `fallback` instead of its `state`.',
    }),
    stateDropped: z.literal(true).optional().meta({
      description:
        'The rollout has dropped the state of the cluster, because its `state`, or its `fallback` after a failure, is none.',
    }),
    rolledBackTo: z.int().min(1).optional().meta({
      description:
        'Number of the stable revision whose spec runs again, because the new revision was not stable. It runs as a further revision.',
    }),
    job: AppliedJobs.optional().meta({ description: 'Of an apply of a job of a session: the jobs.' }),
    suspended: z.literal(true).optional().meta({
      description:
        'The rollout failed, and no revision runs. The cluster is SUSPENDED with its state: apply or resume starts it.',
    }),
  })
  .meta({ id: 'RolloutResult' });
export type RolloutResult = Readonly<z.infer<typeof RolloutResult>>;
