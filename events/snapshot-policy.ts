import * as z from 'zod';

import { Duration } from './lifetime.ts';
import { SavepointDirectory } from './location.ts';
import { isTimezone } from './timezone.ts';

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

const day = `(?:${weekdays.join('|')})`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;

/** A span of each week or day, with groups for its parts. */
export const windowPattern = new RegExp(
  `^(?:(?<first>${day})(?:-(?<last>${day}))? )?(?<from>${time})-(?<to>${time}) (?<zone>\\S{1,50})$`,
);

const Window = z
  .string()
  .max(80)
  .regex(windowPattern, {
    error:
      'Write a span of time with its time zone, and the days if it is not every day: Mon-Fri 08:00-10:00 Europe/Berlin.',
    abort: true,
  })
  .refine(
    (text) => isTimezone(windowPattern.exec(text)?.groups?.['zone'] ?? ''),
    'Unknown time zone. Use a name of the IANA database, for example Europe/Berlin.',
  )
  .refine((text) => {
    const { from, to } = windowPattern.exec(text)?.groups ?? {};
    return from !== to;
  }, 'The span has no length. Leave out the policy to take no savepoints.')
  .meta({ description: 'A span of time. One that ends before it begins lasts until the next day.' });

/** When Drey takes savepoints of the jobs of a cluster by itself, and how many it keeps. */
export const SnapshotPolicy = z.strictObject({
  every: Duration.refine((text) => !/^\d+ ?s$/.test(text), 'The interval has the unit min, h or d.').meta({
    description: 'Time between two savepoints of a job.',
    example: '6h',
  }),
  keep: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .meta({ description: 'How many savepoints of this policy are kept of each job name. Older ones are disposed of.' }),
  maxAge: Duration.optional().meta({
    description: 'Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.',
  }),
  notBetween: z
    .array(Window)
    .max(10)
    .optional()
    .meta({ description: 'Spans in which no savepoint is taken. It is taken afterwards.' }),
  directory: SavepointDirectory,
});
export type SnapshotPolicy = Readonly<z.output<typeof SnapshotPolicy>>;
