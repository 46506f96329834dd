import * as z from 'zod';

import { Config } from './deploy.ts';
import { defineCommand } from './define.ts';

/** They are kept with the operation, and an item of the table has a limit. */
const mostCharacters = 100_000;

export const submit = defineCommand({
  kind: 'submit',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs',
  summary: 'Start a job on a session (`flink run`).',
  data: z
    .strictObject({
      jar: z
        .string()
        .regex(/^s3:\/\/[^/]+\/.+\.jar$/, 'the jar is the s3://….jar that an upload answered')
        .meta({ description: 'The `jar` of an upload.' }),
      entryClass: z.string().min(1).optional(),
      args: z
        .array(z.string())
        .refine(
          (args) => args.join(' ').length <= mostCharacters,
          `the arguments have at most ${mostCharacters} characters`,
        )
        .default([]),
      parallelism: z.int().min(1, 'the parallelism is a positive number').max(32_768).optional(),
      restore: z
        .strictObject({
          path: z.string().min(1).meta({ description: 'Of a savepoint or a retained checkpoint.' }),
          allowNonRestoredState: z.boolean().default(false),
          claimMode: z.enum(['NO_CLAIM', 'CLAIM', 'LEGACY']).default('NO_CLAIM'),
        })
        .optional(),
      config: Config.default({}),
    })
    .meta({ id: 'Submit' }),
});
export type SubmitData = z.output<typeof submit.data>;
