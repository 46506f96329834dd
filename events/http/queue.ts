import * as z from 'zod';

import { Principal } from '../principal.ts';
import { Demand, Target } from '#events/records/target.ts';
import { nextCursor } from './paging.ts';

const QueuedCommandView = z
  .strictObject({
    position: z.int().min(1),
    operationId: z.string(),
    kind: z.enum(['deploy', 'submit']),
    clusterId: z.string(),
    principal: Principal,
    updatedBy: Principal.optional().meta({ description: 'Who changed the priority last.' }),
    team: z.string(),
    priority: z.int(),
    since: z.iso.datetime().meta({ description: 'When the command was queued.' }),
    deadline: z.iso.datetime(),
    dependsOn: z.array(z.string()),
    reason: z
      .enum(['Starting', 'WaitingForQuota', 'WaitingForTurn', 'WaitingForDependency', 'WaitingForCluster', 'Paused'])
      .meta({ description: 'Why the command is not admitted yet.' }),
    message: z.string(),
  })
  .meta({ id: 'QueuedCommand' });

/** The admission queue of a target in order of admission, with usage and limits. */
export const QueueView = z
  .strictObject({
    target: z.string(),
    paused: z
      .strictObject({ since: z.iso.datetime(), principal: Principal })
      .optional()
      .meta({ description: 'Present while the queue is paused: no command is admitted.' }),
    limits: Target.shape.limits,
    usage: Demand,
    teams: z.array(z.strictObject({ team: z.string(), usage: Demand })),
    length: z.int().meta({ description: 'Number of queued commands.' }),
    queued: z.array(QueuedCommandView),
    ...nextCursor,
  })
  .meta({ id: 'QueueView' });

export type QueueView = z.infer<typeof QueueView>;

export const QueueControl = z
  .strictObject({
    paused: z
      .boolean()
      .meta({ description: 'true: no command is admitted until the queue is resumed. false: resumes the queue.' }),
  })
  .meta({ id: 'QueueControl' });

export const PriorityChange = z
  .strictObject({ priority: z.int().min(-1_000).max(1_000) })
  .meta({ id: 'PriorityChange' });

export const Cancellation = z
  .strictObject({ canceled: z.int().meta({ description: 'Number of canceled commands.' }) })
  .meta({ id: 'Cancellation' });
