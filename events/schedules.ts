import * as z from 'zod';

import { stopOptions } from './lifetime.ts';
import { OperationState } from './operation.ts';
import { SpecName } from './specs.ts';

const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // What it does not know it throws.
  }
};

/** Minutes, hours, day of the month, month, day of the week, year: of the two days one is `?`. The scheduler judges the rest. */
const cron = /^cron\([-\d,*/]+ [-\d,*/]+ ([-\d,*/LW]+ [-\dA-Z,*/]+ \?|\? [-\dA-Z,*/]+ [-\dA-Z,*/#]+) [-\d,*/]+\)$/i;
const rate = /^rate\([1-9]\d{0,4} (minute|hour|day)s?\)$/;

const timing = {
  expression: z
    .string()
    .max(256)
    .refine(
      (text) => cron.test(text) || rate.test(text),
      'it is cron(minutes hours day-of-month month day-of-week year) with ? for one of the days, or rate(n minutes|hours|days)',
    )
    .meta({ description: 'As EventBridge Scheduler writes it.', example: 'cron(0 20 ? * MON-FRI *)' }),
  timezone: z
    .string()
    .max(50)
    .refine(isTimezone, 'there is no such time zone; they are named like Europe/Berlin')
    .default('UTC')
    .meta({ description: 'That a cron is meant in, summer time included.', example: 'Europe/Berlin' }),
  enabled: z.boolean().default(true),
};

const Selector = z
  .strictObject({
    labels: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: 'All of them.', example: { team: 'etl' } }),
    mode: z.enum(['session', 'application']).optional(),
  })
  .meta({ description: 'Which clusters: those that live and fit. {} are all of the target.' });

/** What happens again and again on a target. */
export const ScheduleBody = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('stop'), ...timing, selector: Selector, ...stopOptions }),
    z.strictObject({
      action: z.literal('deploy'),
      ...timing,
      spec: SpecName.meta({ description: 'The stored spec to deploy.' }),
    }),
  ])
  .meta({ id: 'ScheduleBody' });
export type ScheduleBody = Readonly<z.output<typeof ScheduleBody>>;

export const Schedule = z
  .strictObject({
    name: SpecName,
    target: z.string(),
    revision: z
      .string()
      .meta({ description: 'Another one with each change: a firing of an earlier one does nothing.' }),
    updatedAt: z.iso.datetime(),
    definition: ScheduleBody,
  })
  .meta({ id: 'Schedule' });
export type Schedule = Readonly<z.infer<typeof Schedule>>;
export const Schedules = z.strictObject({ schedules: z.array(Schedule) }).meta({ id: 'Schedules' });

/** What became of one cluster in a run. */
const RunResult = z.strictObject({
  clusterId: z.string().optional(),
  clusterOperationId: z
    .string()
    .optional()
    .meta({ description: 'The deploy of the cluster that was to be stopped: an id may have several lives.' }),
  operationId: z.string().optional().meta({ description: 'The stop or deploy; none where it was refused.' }),
  state: OperationState.optional().meta({
    description: 'Of the operation, as it is now; that of the newest thousand commands of an answer.',
  }),
  code: z.string().optional().meta({ description: 'Why it was refused, or failed.' }),
  detail: z.string().optional(),
});
export type RunResult = Readonly<z.infer<typeof RunResult>>;

export const ScheduleRun = z
  .strictObject({
    runId: z.string(),
    target: z.string(),
    name: z.string(),
    action: z.enum(['stop', 'deploy']),
    scheduledAt: z.iso.datetime(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional().meta({ description: 'When every command of it was given.' }),
    results: z.array(RunResult).readonly(),
    missed: z.string().optional().meta({ description: 'Why it was not done, or not all of it: it came too late.' }),
    skipped: z.int().optional().meta({ description: 'Clusters that fitted, and were too many for one run.' }),
  })
  .meta({ id: 'ScheduleRun' });
export type ScheduleRun = Readonly<z.infer<typeof ScheduleRun>>;
export const ScheduleRuns = z.strictObject({ runs: z.array(ScheduleRun) }).meta({ id: 'ScheduleRuns' });

export const RunQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(10).default(10) });

export const Removed = z.strictObject({ name: z.string() }).meta({ id: 'Removed' });
