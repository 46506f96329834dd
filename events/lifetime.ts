import * as z from 'zod';

import { Location } from './location.ts';

const Time = z.iso.datetime();

/** A duration in the syntax of Flink, limited to the units of a lifetime. */
export const Duration = z
  .string()
  .regex(
    /^[1-9]\d{0,5} ?(s|min|h|d)$/,
    'A duration is a number of at least 1 with the unit s, min, h or d, for example 90s or 8h.',
  )
  .meta({ description: 'Duration in the syntax of Flink, with the unit s, min, h or d.', example: '8h' });

/** How a stop treats state. */
export const stopOptions = {
  savepoint: z.enum(['none', 'best-effort', 'required']).default('none').meta({
    description:
      'Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.',
  }),
  savepointDirectory: Location.check(z.url())
    .optional()
    .meta({ description: 'Directory of the savepoints. Default: the savepoint directory of the cluster.' }),
  ha: z.enum(['keep', 'purge']).default('keep').meta({
    description:
      'Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.',
  }),
};

/** When Drey stops a cluster. */
export const endOptions = {
  ttl: Duration.optional().meta({ description: 'Time from start to end of the cluster.' }),
  until: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'End of the cluster. If `ttl` is also set, the earlier end applies.' }),
  idleAfter: Duration.optional().meta({
    description:
      'Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.',
  }),
};

export const WarnBefore = z
  .union(
    [Duration, z.literal('0s')],
    'A duration is 0s, or a number with the unit s, min, h or d, for example 90s or 8h.',
  )
  .meta({ description: 'Time from the event `Flink Lifetime Warning` to the end. 0s: no warning.' });

/** The lifetime in a deploy. */
export const Lifetime = z.strictObject({ ...endOptions, ...stopOptions, warnBefore: WarnBefore.default('10min') });
export type Lifetime = Readonly<z.output<typeof Lifetime>>;

/** A span in which every observation of Flink reported no live job. */
export const Idleness = z.strictObject({
  since: Time,
  seenAt: Time.meta({ description: 'When Flink last reported no live job.' }),
  warned: z.literal(true).optional(),
});
export type Idleness = Readonly<z.infer<typeof Idleness>>;

/** The lifetime in the record of a cluster. */
export const ClusterLifetime = z
  .strictObject({
    ...endOptions,
    savepoint: stopOptions.savepoint.unwrap(),
    savepointDirectory: stopOptions.savepointDirectory,
    ha: stopOptions.ha.unwrap(),
    warnBefore: WarnBefore,
    version: z
      .int()
      .min(1)
      .meta({ description: 'Incremented by each change. A timer event of an earlier version has no effect.' }),
    startedAt: Time.optional().meta({ description: 'Start of the lifetime. Absent while the cluster is QUEUED.' }),
    endsAt: Time.optional(),
    scheduledVersion: z.int().optional().meta({ description: 'The version whose end is scheduled.' }),
    warnedVersion: z.int().optional().meta({ description: 'The version whose warning was sent.' }),
    idle: Idleness.optional(),
  })
  .meta({ id: 'Lifetime' });
export type ClusterLifetime = Readonly<z.infer<typeof ClusterLifetime>>;
