import * as z from 'zod';

import { Config } from '../config.ts';
import { defineCommand } from './define.ts';
import { Args, EntryClass, Parallelism, queueOptions, Restore } from '#events/programs/program.ts';
import { SqlProgram } from '#events/programs/sql.ts';

export const UploadedJar = z
  .string()
  .max(2_000)
  .regex(/^s3:\/\/[^/]+\/.+\.jar$/, 'The jar is the `jar` of an upload: s3://….jar.')
  .meta({ description: 'The `jar` of an upload.' });

/** What a session runs, and how. */
export const jobFields = {
  jar: UploadedJar.optional(),
  sql: SqlProgram.optional().meta({ description: 'A SQL script, instead of `jar`.' }),
  entryClass: EntryClass.optional(),
  args: Args.default([]),
  parallelism: Parallelism.optional(),
  restore: Restore.optional(),
  config: Config.default({}),
};

interface GivenJob {
  readonly jar?: string | undefined;
  readonly sql?: object | undefined;
  readonly entryClass?: string | undefined;
  readonly args: readonly string[];
}

/** The rules of a job, each with the mistake that it reports. */
export const jobRules = {
  hasOneProgram: [
    ({ jar, sql }: GivenJob) => (jar === undefined) !== (sql === undefined),
    { path: ['jar'], error: 'Set either jar or sql.' },
  ],
  isPlainScript: [
    ({ sql, entryClass, args }: GivenJob) => sql === undefined || (entryClass === undefined && args.length === 0),
    { path: ['sql'], error: 'A SQL script has no entryClass and no args.' },
  ],
} satisfies Record<string, [(job: GivenJob) => boolean, { path: string[]; error: string }]>;

export const submit = defineCommand({
  kind: 'submit',
  function: 'submit',
  workflow: 'submission',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs',
  summary: 'Submit a job to a session (`flink run`).',
  data: z
    .strictObject({ ...jobFields, ...queueOptions })
    .refine(...jobRules.hasOneProgram)
    .refine(...jobRules.isPlainScript)
    .meta({ id: 'Submit' }),
});
export type SubmitData = z.output<typeof submit.data>;
