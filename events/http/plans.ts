import * as z from 'zod';

import { submit, UploadedJar } from '../commands/submit.ts';
import { FieldError } from '#events/problems/problem.ts';

/** A program to compute the job plan of (`flink info`). */
export const JobPlanRequest = z
  .strictObject({
    jar: UploadedJar,
    entryClass: submit.data.shape.entryClass,
    args: submit.data.shape.args,
    parallelism: submit.data.shape.parallelism,
  })
  .meta({ id: 'JobPlanRequest' });

export type JobPlanRequest = z.output<typeof JobPlanRequest>;

export const JobPlan = z
  .strictObject({ plan: z.unknown().meta({ description: "Flink's job plan: nodes and edges." }) })
  .meta({ id: 'JobPlan' });

/** The dry run of a deploy. */
export const Plan = z
  .strictObject({
    clusterId: z.string(),
    objects: z.array(z.unknown()).meta({
      description:
        'Kubernetes objects in order of creation, with `******` for the content of files, Secrets and environment variables, and for commands and their arguments. A deploy adds an annotation and options that name its operation.',
    }),
    config: z
      .record(
        z.string(),
        z.strictObject({
          value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
          from: z.enum(['folder', 'target', 'command', 'drey']),
        }),
      )
      .meta({
        description:
          "The cluster's complete configuration with the source of each value. `******` stands for a value that may be a secret.",
      }),
    warnings: z.array(z.string()),
    dryRun: z
      .enum(['passed', 'refused', 'not-tried'])
      .meta({ description: 'Result of the server-side dry run on the API server of the target.' }),
    errors: z.array(FieldError).meta({ description: 'Why the API server refused the objects or was not called.' }),
  })
  .meta({ id: 'Plan' });

export type Plan = z.infer<typeof Plan>;
