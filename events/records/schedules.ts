import * as z from 'zod';

import { rescale } from '#events/commands/rescale.ts';
import { pageQuery, recordPage } from '#events/http/paging.ts';
import { snapshotOptions, verificationOptions } from '#events/commands/rollouts.ts';
import { stopOptions } from '#events/lifetime.ts';
import { OperationState } from './operation.ts';
import { Principal } from '#events/principal.ts';
import { findExpressionError } from '#events/schedule-expression.ts';
import { SpecName } from './specs.ts';
import { isTimezone } from '#events/timezone.ts';

const timing = {
  expression: z
    .string()
    .max(256)
    .superRefine((text, context) => {
      const message = findExpressionError(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ description: 'A cron or rate expression of EventBridge Scheduler.', example: 'cron(0 20 ? * MON-FRI *)' }),
  timezone: z
    .string()
    .max(50)
    .refine(isTimezone, 'Unknown time zone. Use a name of the IANA database, for example Europe/Berlin.')
    .default('UTC')
    .meta({ description: 'Time zone of a cron expression. Daylight saving time applies.', example: 'Europe/Berlin' }),
  enabled: z.boolean().default(true),
};

const Selector = z
  .strictObject({
    labels: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: 'Labels that a cluster must have, all of them.', example: { team: 'etl' } }),
    mode: z.enum(['session', 'application']).optional(),
  })
  .meta({
    description:
      'Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED.',
  });

/** An action that repeats on a target. */
export const ScheduleBody = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('stop'), ...timing, selector: Selector, ...stopOptions }),
    z.strictObject({ action: z.literal('suspend'), ...timing, selector: Selector, ...snapshotOptions }),
    z.strictObject({ action: z.literal('resume'), ...timing, selector: Selector, ...verificationOptions }),
    z.strictObject({
      action: z.literal('rescale'),
      ...timing,
      selector: Selector,
      parallelism: rescale.data.shape.parallelism,
      within: rescale.data.shape.within,
    }),
    z.strictObject({
      action: z.literal('deploy'),
      ...timing,
      spec: SpecName.meta({ description: 'The stored spec to deploy.' }),
    }),
    z.strictObject({
      action: z.literal('apply'),
      ...timing,
      spec: SpecName.meta({ description: 'The stored spec to apply. It names its cluster ID.' }),
      ...snapshotOptions,
      ...verificationOptions,
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
      .meta({ description: 'Changes with every update. A timer event of an earlier revision has no effect.' }),
    updatedAt: z.iso.datetime(),
    updatedBy: Principal,
    definition: ScheduleBody,
  })
  .meta({ id: 'Schedule' });
export type Schedule = Readonly<z.infer<typeof Schedule>>;
export const Schedules = z.strictObject({ schedules: z.array(Schedule), ...recordPage }).meta({ id: 'Schedules' });

/** The result of a run for one cluster. */
const RunResult = z.strictObject({
  clusterId: z.string().optional(),
  clusterOperationId: z
    .string()
    .optional()
    .meta({ description: 'Of a selected cluster: the deploy operation of its incarnation.' }),
  jobId: z.string().optional().meta({ description: 'Of a rescale: the selected job.' }),
  operationId: z
    .string()
    .optional()
    .meta({ description: 'ID of the operation. Absent if the command was refused, or had nothing to change.' }),
  unchanged: z.literal(true).optional().meta({ description: 'Of an apply: the cluster ran the spec already.' }),
  state: OperationState.optional().meta({
    description: 'Current state of the operation, for the newest 1,000 commands of a response.',
  }),
  code: z.string().optional().meta({ description: 'Problem code of a refused or failed command.' }),
  detail: z.string().optional(),
});
export type RunResult = Readonly<z.infer<typeof RunResult>>;

export const ScheduleRun = z
  .strictObject({
    runId: z.string(),
    target: z.string(),
    name: z.string(),
    action: z.enum(['stop', 'deploy', 'apply', 'suspend', 'resume', 'rescale']),
    scheduledAt: z.iso.datetime(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional().meta({ description: 'When the last command of the run was sent.' }),
    results: z.array(RunResult).readonly(),
    missed: z
      .string()
      .optional()
      .meta({ description: 'Why Drey skipped all or part of the run. The timer event arrived too late.' }),
    skipped: z
      .int()
      .optional()
      .meta({ description: 'Number of selected clusters or jobs beyond the maximum of one run.' }),
  })
  .meta({ id: 'ScheduleRun' });
export type ScheduleRun = Readonly<z.infer<typeof ScheduleRun>>;
export const ScheduleRuns = z.strictObject({ runs: z.array(ScheduleRun), ...recordPage }).meta({ id: 'ScheduleRuns' });

export const RunQuery = z.strictObject(pageQuery({ max: 10, default: 10 }));

/** The response to the deletion of a target, spec or schedule. */
export const Deletion = z.strictObject({ name: z.string() }).meta({ id: 'Deletion' });
