import * as z from 'zod';

import { Config } from '../config.ts';
import { defineCommand } from './define.ts';
import { Args, Parallelism, queueOptions, Restore } from './program.ts';

export const submit = defineCommand({
  kind: 'submit',
  function: 'submit',
  workflow: 'submission',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs',
  summary: 'Submit a job to a session (`flink run`).',
  data: z
    .strictObject({
      jar: z
        .string()
        .regex(/^s3:\/\/[^/]+\/.+\.jar$/, 'The jar is the `jar` of an upload: s3://….jar.')
        .meta({ description: 'The `jar` of an upload.' }),
      entryClass: z.string().min(1).optional(),
      args: Args.default([]),
      parallelism: Parallelism.optional(),
      restore: Restore.optional(),
      config: Config.default({}),
      ...queueOptions,
    })
    .meta({ id: 'Submit' }),
});
export type SubmitData = z.output<typeof submit.data>;
