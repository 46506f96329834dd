import * as z from 'zod';

import { Principal } from '#events/principal.ts';

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
export const KeptIncarnation = z
  .strictObject({
    operationId: z.string().meta({ description: 'The deploy operation of the incarnation.' }),
    revision: z.int().min(1).optional(),
    at: Time.meta({ description: 'When the last of the files was kept.' }),
    files: z.array(KeptFile),
    leftOut: z.array(LeftOut).meta({ description: 'What could not be kept, and why.' }),
  })
  .meta({ id: 'KeptIncarnation' });

export type KeptIncarnation = Readonly<z.infer<typeof KeptIncarnation>>;

/** Whether the logs of an incarnation that ends are kept. */
export const LogsKept = z
  .strictObject({
    id: z.string().meta({ description: 'ID of the event. Repeated deliveries have the same ID.' }),
    target: z.string(),
    clusterId: z.string(),
    operationId: z.string().meta({ description: 'The deploy operation of the incarnation.' }),
    principal: Principal,
    kept: z.boolean().meta({ description: 'Whether any file is kept.' }),
    reason: z.string(),
    message: z.string(),
    files: z.int().min(0),
    bytes: z.int().min(0).meta({ description: 'Size of the files without compression.' }),
    labels: z.record(z.string(), z.string()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'LogsKept' });
export type LogsKept = Readonly<z.infer<typeof LogsKept>>;
