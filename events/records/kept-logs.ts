import * as z from 'zod';

import { Time } from './time.ts';

/** The parts of a cluster that are kept beside its logs. */
export const factKinds = ['exceptions', 'jobs', 'configuration'] as const;

export const KeptFile = z
  .strictObject({
    name: z.string().meta({ description: 'Name of the object in the bucket, below the folder of the incarnation.' }),
    kind: z.enum(['log', ...factKinds]),
    pod: z.string().optional(),
    component: z.enum(['jobmanager', 'taskmanager']).optional(),
    restart: z.int().min(0).optional().meta({
      description: "How often Flink's container of the pod had restarted before the container of this log.",
    }),
    bytes: z.int().min(0).meta({ description: 'Size without compression.' }),
    truncated: z.literal(true).optional().meta({ description: 'The newest part of a log that was longer.' }),
    at: Time,
  })
  .meta({ id: 'KeptFile' });

export type KeptFile = Readonly<z.infer<typeof KeptFile>>;

export const LeftOut = z.strictObject({ name: z.string(), reason: z.string() }).meta({ id: 'LeftOut' });

export type LeftOut = Readonly<z.infer<typeof LeftOut>>;

/** What is kept of one incarnation of a cluster. */
export const KeptLogs = z
  .strictObject({
    operationId: z.string().meta({ description: 'The deploy operation of the incarnation.' }),
    revision: z.int().min(1).optional(),
    at: Time.meta({ description: 'When the last of the files was kept.' }),
    files: z.array(KeptFile),
    leftOut: z.array(LeftOut).meta({ description: 'What could not be kept, and why.' }),
  })
  .meta({ id: 'KeptLogs' });

export type KeptLogs = Readonly<z.infer<typeof KeptLogs>>;
