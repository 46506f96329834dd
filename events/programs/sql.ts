import * as z from 'zod';

import { maxArgsCharacters } from './program.ts';

/** A SQL script, which Flink's own driver executes. */
export const SqlProgram = z
  .strictObject({
    script: z
      .string()
      .max(
        maxArgsCharacters,
        `The script has at most ${maxArgsCharacters} characters. Store a longer one where the JobManager can read it, and set scriptUri.`,
      )
      .optional()
      .meta({
        description:
          'The statements of the script. They are in the ConfigMap and in the log of the cluster, so they must not contain secrets.',
        example:
          "CREATE TABLE t (id INT) WITH ('connector' = 'datagen');\nCREATE TABLE o (id INT) WITH ('connector' = 'print');\nINSERT INTO o SELECT id FROM t;",
      }),
    scriptUri: z.string().min(1).max(2_000).optional().meta({
      description: 'URI of the script, instead of `script`: local:// in the image, or s3:// or https://.',
      example: 's3://bucket/etl.sql',
    }),
  })
  .refine(
    ({ script, scriptUri }) => (script === undefined) !== (scriptUri === undefined),
    'Set either script or scriptUri.',
  )
  .meta({ id: 'SqlProgram' });
export type SqlProgram = Readonly<z.output<typeof SqlProgram>>;
