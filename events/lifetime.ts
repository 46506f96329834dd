import * as z from 'zod';

const Time = z.iso.datetime();

/** As Flink writes them, in the units that a lifetime is told in. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,5} ?(s|min|h|d)$/, 'a duration is a number and one of s, min, h and d, as in 90s or 8h')
  .meta({ description: 'A span of time as Flink writes it: s, min, h or d.', example: '8h' });

/** How a cluster is taken down. */
export const stopOptions = {
  savepoint: z.enum(['none', 'best-effort', 'required']).default('none').meta({
    description: 'Whether each job is stopped with a savepoint first. When a required one fails, the cluster stays.',
  }),
  savepointDirectory: z.url().optional().meta({ description: 'Where savepoints go; else the default of the cluster.' }),
  ha: z.enum(['keep', 'purge']).default('keep').meta({
    description:
      'Whether the high-availability ConfigMaps are removed too, from which the same id would recover its jobs.',
  }),
};

/** When a cluster ends by itself. */
export const endOptions = {
  ttl: Duration.optional().meta({ description: 'It ends so long after its start.' }),
  until: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'It ends at this time; at the earlier one if there is a ttl, too.' }),
  idleAfter: Duration.optional().meta({
    description: 'A session ends when Flink has said for so long that no job lives. What does not answer is not idle.',
  }),
};

export const WarnBefore = z
  .union([Duration, z.literal('0s')], 'a duration is a number and one of s, min, h and d, as in 90s or 8h')
  .meta({ description: 'How long before the end the event `Flink Lifetime Warning` tells of it; 0s: not at all.' });

/** What a deploy asks for. */
export const Lifetime = z.strictObject({ ...endOptions, ...stopOptions, warnBefore: WarnBefore.default('10min') });
export type Lifetime = Readonly<z.output<typeof Lifetime>>;

/** A span over which Flink said, each time it was asked, that no job lives. */
export const Idleness = z.strictObject({
  since: Time,
  seenAt: Time.meta({ description: 'When Flink said so last.' }),
  warned: z.literal(true).optional(),
});
export type Idleness = Readonly<z.infer<typeof Idleness>>;

/** As it stands in the record of a cluster. */
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
      .meta({ description: 'Counted up by each change: what was to happen to an earlier one does not.' }),
    startedAt: Time.optional().meta({ description: 'From when on it counts. None while the cluster is QUEUED.' }),
    endsAt: Time.optional(),
    scheduledVersion: z.int().optional().meta({ description: 'The version whose end is scheduled.' }),
    warnedVersion: z.int().optional().meta({ description: 'The version whose end was told of.' }),
    idle: Idleness.optional(),
  })
  .meta({ id: 'Lifetime' });
export type ClusterLifetime = Readonly<z.infer<typeof ClusterLifetime>>;
