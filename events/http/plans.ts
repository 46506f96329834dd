import * as z from 'zod';

import { submit } from '../commands/submit.ts';
import { FieldError } from '../problem.ts';

/** A program whose plan is wanted (`flink info`). */
export const JobPlanRequest = z
  .strictObject({
    jar: submit.data.shape.jar,
    entryClass: submit.data.shape.entryClass,
    args: submit.data.shape.args,
    parallelism: submit.data.shape.parallelism,
  })
  .meta({ id: 'JobPlanRequest' });

export type JobPlanRequest = z.output<typeof JobPlanRequest>;

export const JobPlan = z
  .strictObject({ plan: z.unknown().meta({ description: "Flink's own plan: its nodes and how they are connected." }) })
  .meta({ id: 'JobPlan' });

/** What a deploy would create. */
export const Plan = z
  .strictObject({
    clusterId: z.string(),
    objects: z.array(z.unknown()).meta({
      description:
        'In the order of their creation. A deploy adds the annotation and the options that name its operation.',
    }),
    config: z
      .record(
        z.string(),
        z.strictObject({
          value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
          from: z.enum(['folder', 'target', 'command', 'drey']),
        }),
      )
      .meta({ description: "The cluster's whole configuration, and where each value came from." }),
    warnings: z.array(z.string()),
    dryRun: z
      .enum(['passed', 'refused', 'not-tried'])
      .meta({ description: 'What the API server of the target said to the objects.' }),
    errors: z.array(FieldError).meta({ description: 'Why it refused, or could not be asked.' }),
  })
  .meta({ id: 'Plan' });

export type Plan = z.infer<typeof Plan>;
