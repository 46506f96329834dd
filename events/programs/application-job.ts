import * as z from 'zod';

import { Args, EntryClass, Parallelism, Restore } from './program.ts';
import { PythonProgram } from './python.ts';
import { SqlProgram } from './sql.ts';

/** The members that every program of an application has. */
const common = {
  args: Args.default([]),
  parallelism: Parallelism.optional(),
  classpaths: z
    .array(z.url().max(2_000))
    .max(1_000)
    .optional()
    .meta({ description: 'Additional classpath URLs of the program.' }),
  restore: Restore.optional(),
};

const JarJob = z.strictObject({
  jar: z.string().min(1).max(2_000).meta({
    description: 'URI of the jar: local:// in the image, or s3:// or https:// that the JobManager fetches.',
    example: 'local:///opt/flink/usrlib/my-flink-job.jar',
  }),
  entryClass: EntryClass.optional(),
  ...common,
});

const PythonJob = z.strictObject({ python: PythonProgram, ...common });
export type PythonJob = z.output<typeof PythonJob>;

const { args: _args, ...commonOfSql } = common;

const SqlJob = z.strictObject({ sql: SqlProgram, ...commonOfSql });

/** The kinds of programs. Each has one member that no other kind has. */
const kinds = { jar: JarJob, sql: SqlJob, python: PythonJob } as const;

/** The program of an application cluster. */
export const ApplicationJob = z
  .union(Object.values(kinds), { error: `must have exactly one of ${Object.keys(kinds).join(', ')}` })
  .meta({ id: 'ApplicationJob' });
export type ApplicationJob = z.output<typeof ApplicationJob>;
