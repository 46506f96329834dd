import * as z from 'zod';

import { IdempotencyKey } from '#events/idempotency-key.ts';
import { Location } from '#events/location.ts';
import { ClusterId, SnapshotId } from '#events/names.ts';

/** Members of a deploy and a submit for the admission queue and for the verdict. */
export const queueOptions = {
  priority: z
    .int()
    .min(-1_000)
    .max(1_000)
    .default(0)
    .meta({ description: 'Queued commands with a higher priority start first.' }),
  deadline: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'The command fails if it has not started by then. Default: 24 hours after its arrival.' }),
  dependsOn: z.array(IdempotencyKey).max(50, 'A command depends on at most 50 others.').default([]).meta({
    description:
      'Operation IDs, or idempotency keys of the same target, that must be FINISHED before the command starts.',
  }),
  correlationId: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Identifies the command in the event of its verdict.' }),
  taskToken: z
    .string()
    .min(1)
    .max(2_048)
    .optional()
    .meta({ description: 'Token of a Step Functions task (.waitForTaskToken) that completes with the verdict.' }),
};

/** The arguments of an application, and its SQL script, are in its ConfigMap, which holds at most 1 MiB. */
export const maxArgsCharacters = 100_000;

export const Args = z
  .array(z.string())
  .refine(
    (args) => args.join(' ').length <= maxArgsCharacters,
    `The arguments have at most ${maxArgsCharacters} characters.`,
  );

export const Parallelism = z.int().min(1, 'The parallelism is a positive number.').max(32_768);

export const EntryClass = z.string().min(1).max(1_000);

/** Drey stores at most 1,000 characters of a name that Flink reports. */
const JobName = z.string().min(1).max(1_000);

const latest = z.literal(true).optional().meta({
  description: 'Selects the last incarnation that had a job. `true` is the default and the only valid value.',
});

const restoreOptions = {
  allowNonRestoredState: z.boolean().optional().meta({
    description:
      'Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.',
  }),
  claimMode: z.enum(['NO_CLAIM', 'CLAIM', 'LEGACY']).optional().meta({
    description: 'Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.',
  }),
};

/** How a program uses the savepoint that it starts from. */
export const RestoreOptions = z.strictObject(restoreOptions);
export type RestoreOptions = Readonly<z.output<typeof RestoreOptions>>;

export const Restore = z
  .strictObject({
    path: Location.min(1).optional().meta({ description: 'Path of a savepoint or retained checkpoint.' }),
    fromCluster: ClusterId.optional().meta({
      description:
        'A cluster of the same target, instead of `path`. The job starts from the final savepoint of a job of this cluster.',
    }),
    snapshot: SnapshotId.optional().meta({
      description: 'ID of a COMPLETED snapshot of any cluster of the same target, instead of `path`.',
    }),
    latest,
    job: JobName.optional().meta({
      description: 'Name or ID of the job. Required if the incarnation has savepoints of several jobs.',
    }),
    allowEmptyState: z
      .boolean()
      .optional()
      .meta({ description: 'Start with empty state if there is no such savepoint. Default: refuse the command.' }),
    ...restoreOptions,
  })
  .refine(
    ({ path, fromCluster, snapshot }) => [path, fromCluster, snapshot].filter((one) => one !== undefined).length <= 1,
    'Set only one of path, fromCluster and snapshot.',
  )
  .refine(
    ({ fromCluster, latest, job, allowEmptyState }) =>
      fromCluster !== undefined || (latest === undefined && job === undefined && allowEmptyState === undefined),
    'latest, job and allowEmptyState require fromCluster.',
  );
export type Restore = Readonly<z.output<typeof Restore>>;

/** The jobs that a session submits again. */
export const RestoreJobs = z
  .strictObject({
    fromCluster: ClusterId.meta({
      description:
        'A session of the same target. Each job that ran when the session was stopped starts from its savepoint.',
    }),
    latest,
    job: JobName.optional().meta({ description: 'Restore only the jobs with this name, or the job with this ID.' }),
    allowEmptyState: z.boolean().optional().meta({
      description:
        'Start without jobs if the session was stopped without jobs, and start a job with empty state if its savepoint failed. Default: refuse the command.',
    }),
    ...restoreOptions,
  })
  .meta({ id: 'RestoreJobs' });
export type RestoreJobs = Readonly<z.output<typeof RestoreJobs>>;
