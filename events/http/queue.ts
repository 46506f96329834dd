import * as z from 'zod';

import { Demand, Target } from '../target.ts';

const QueuedCommandView = z
  .strictObject({
    position: z.int().min(1),
    operationId: z.string(),
    kind: z.enum(['deploy', 'submit']),
    clusterId: z.string(),
    team: z.string(),
    priority: z.int(),
    since: z.iso.datetime(),
    deadline: z.iso.datetime(),
    dependsOn: z.array(z.string()),
    reason: z
      .enum(['Starting', 'WaitingForQuota', 'WaitingForTurn', 'WaitingForDependency', 'WaitingForCluster', 'Paused'])
      .meta({ description: 'What it waits for.' }),
    message: z.string(),
  })
  .meta({ id: 'QueuedCommand' });

/** Who waits for a target, first to last, and how much of it is taken. */
export const QueueView = z
  .strictObject({
    target: z.string(),
    paused: z.strictObject({ since: z.iso.datetime() }).optional().meta({ description: 'Nothing is started.' }),
    limits: Target.shape.limits,
    usage: Demand,
    teams: z.array(z.strictObject({ team: z.string(), usage: Demand })),
    queued: z.array(QueuedCommandView),
  })
  .meta({ id: 'QueueView' });

export type QueueView = z.infer<typeof QueueView>;

export const QueueControl = z
  .strictObject({ paused: z.boolean().meta({ description: 'true: nothing is started any more.' }) })
  .meta({ id: 'QueueControl' });

export const PriorityChange = z
  .strictObject({ priority: z.int().min(-1_000).max(1_000) })
  .meta({ id: 'PriorityChange' });

export const Canceled = z.strictObject({ canceled: z.int() }).meta({ id: 'Canceled' });
