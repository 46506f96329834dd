import * as z from 'zod';

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
