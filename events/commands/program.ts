import * as z from 'zod';

/** When a command may start, and who is told how it ended. */
export const queueing = {
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
const mostCharacters = 100_000;

export const Args = z
  .array(z.string())
  .refine((args) => args.join(' ').length <= mostCharacters, `the arguments have at most ${mostCharacters} characters`);

export const Parallelism = z.int().min(1, 'the parallelism is a positive number').max(32_768);

export const Restore = z.strictObject({
  path: z.string().min(1).meta({ description: 'Of a savepoint or a retained checkpoint.' }),
  allowNonRestoredState: z.boolean().default(false),
  claimMode: z.enum(['NO_CLAIM', 'CLAIM', 'LEGACY']).default('NO_CLAIM'),
});
