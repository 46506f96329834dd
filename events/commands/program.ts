import * as z from 'zod';

import { ClusterId } from '../names.ts';

/** When a command may start, and who is told how it ended. */
export const queueOptions = {
  priority: z
    .int()
    .min(-1_000)
    .max(1_000)
    .default(0)
    .meta({ description: 'Among commands that wait, higher ones start first.' }),
  deadline: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'It fails if it has not started by then. A day after it came, when left out.' }),
  dependsOn: z
    .array(z.string().min(1).max(200))
    .max(50, 'a command depends on at most 50 others')
    .default([])
    .meta({ description: 'It waits until these are FINISHED: operation ids, or idempotency keys of the same target.' }),
  correlationId: z.string().min(1).max(200).optional().meta({ description: 'Told with the verdict.' }),
  taskToken: z
    .string()
    .min(1)
    .max(2_048)
    .optional()
    .meta({ description: 'Of a Step Functions task (.waitForTaskToken), which is answered with the verdict.' }),
};

/** What a program is started with, on a session as in an application cluster. */

/** They are kept with the operation, and an item of the table has a limit. */
const maxArgsCharacters = 100_000;

export const Args = z
  .array(z.string())
  .refine(
    (args) => args.join(' ').length <= maxArgsCharacters,
    `the arguments have at most ${maxArgsCharacters} characters`,
  );

export const Parallelism = z.int().min(1, 'the parallelism is a positive number').max(32_768);

const latest = z
  .literal(true)
  .optional()
  .meta({ description: 'Of the last life of the id that had a job. There is no other choice yet.' });

const restoreOptions = {
  allowNonRestoredState: z.boolean().default(false),
  claimMode: z.enum(['NO_CLAIM', 'CLAIM', 'LEGACY']).default('NO_CLAIM'),
};

export const Restore = z
  .strictObject({
    path: z.string().min(1).optional().meta({ description: 'Of a savepoint or a retained checkpoint.' }),
    fromCluster: ClusterId.optional().meta({
      description: 'Instead of a path: the savepoint that a job of this cluster of the same target was stopped with.',
    }),
    latest,
    job: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The name or id of the job, where that life had savepoints of several.' }),
    allowEmptyState: z
      .boolean()
      .optional()
      .meta({ description: 'Without such a savepoint it starts with no state, instead of not at all.' }),
    ...restoreOptions,
  })
  .refine(
    ({ path, fromCluster }) => (path === undefined) !== (fromCluster === undefined),
    'give either path or fromCluster',
  )
  .refine(
    ({ path, latest, job, allowEmptyState }) =>
      path === undefined || (latest === undefined && job === undefined && allowEmptyState === undefined),
    'latest, job and allowEmptyState belong to fromCluster',
  );
export type Restore = Readonly<z.output<typeof Restore>>;

/** The jobs that a session starts again. */
export const RestoreJobs = z
  .strictObject({
    fromCluster: ClusterId.meta({
      description: 'The jobs that this session of the same target was stopped with, each from its savepoint.',
    }),
    latest,
    job: z.string().min(1).optional().meta({ description: 'Only those of this name, or the one of this id.' }),
    allowEmptyState: z.boolean().optional().meta({
      description:
        'Where it was stopped with no job it starts without, and a job whose savepoint failed starts with no state, instead of not at all.',
    }),
    ...restoreOptions,
  })
  .meta({ id: 'RestoreJobs' });
export type RestoreJobs = Readonly<z.output<typeof RestoreJobs>>;
