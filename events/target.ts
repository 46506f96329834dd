import * as z from 'zod';

import { Duration } from './lifetime.ts';

/** How much of a target may be taken at once. What is left out is not limited. */
const Limits = z.strictObject({
  clusters: z.int().min(1).optional(),
  jobs: z.int().min(1).optional().meta({ description: 'Applications, and jobs submitted to sessions.' }),
  cpu: z.number().positive().optional().meta({ description: 'CPUs that pods ask for.' }),
  memoryGibibytes: z.number().positive().optional().meta({ description: 'Memory that pods ask for.' }),
});

export type Limits = Readonly<z.infer<typeof Limits>>;

/** What a command takes of its target while it lasts. */
export const Demand = z
  .strictObject({ clusters: z.int(), jobs: z.int(), cpu: z.number(), memoryMebibytes: z.int() })
  .meta({ id: 'Demand' });

export type Demand = Readonly<z.infer<typeof Demand>>;

/** The policy of a place to deploy to, and how to get there. */
export const Target = z
  .strictObject({
    cluster: z.string().min(1).max(100).meta({ description: 'The name of the EKS cluster.' }),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region looks like eu-central-1'),
    roleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'a role looks like arn:aws:iam::123456789012:role/name')
      .optional()
      .meta({ description: 'A role to take first, for a cluster of another account.' }),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a namespace has at most 63 lower-case letters, digits and "-"'),
    defaults: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: 'Options that a deploy starts from.', example: { 'kubernetes.service-account': 'flink' } }),
    locked: z
      .array(z.string())
      .default([])
      .meta({ description: 'Options that a deploy may not set. A name ending in ".*" covers all that begin with it.' }),
    maxJarBytes: z
      .int()
      .min(1)
      .max(5_000_000_000)
      .default(500_000_000)
      .meta({ description: 'The largest jar that may be uploaded.' }),
    maxAge: Duration.optional().meta({
      description: 'No cluster lives longer: the end of those that name none, and the latest that may be asked for.',
    }),
    limits: Limits.default({}).meta({
      description: 'How much may be taken at once. What is above waits for its turn.',
      example: { clusters: 20, cpu: 64, memoryGibibytes: 256 },
    }),
    shares: z
      .record(z.string().max(63), Limits.extend({ weight: z.number().positive().max(1000).default(1) }))
      .default({})
      .meta({
        description:
          'Limits of each team (label `team`), and its weight where several wait; `*` stands for every team that is not named.',
        example: { etl: { weight: 3 }, '*': { clusters: 5 } },
      }),
    maxQueued: z
      .int()
      .min(0)
      .max(10_000)
      .default(5_000)
      .meta({ description: 'More commands than these may not wait.' }),
  })
  .meta({ id: 'Target' });

export type Target = Readonly<z.infer<typeof Target>>;

export type NamedTarget = Target & { readonly name: string };
