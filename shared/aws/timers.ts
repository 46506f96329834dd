import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';

import { Fault } from '#events/problems/problem.ts';
import type { Recurrence, Timers } from '#shared/clusters/ports/scheduling.ts';

import { withFaults } from './faults.ts';
import { callRestJson } from './services/rest-json.ts';
import { isRefusal } from './transport/errors.ts';
import type { Call } from './transport/operations.ts';

interface TimerOptions {
  readonly group: string;
  /** The queue of timer events. */
  readonly queueArn: string;
  /** The queue of timer events that the scheduler could not send. */
  readonly deadLetterQueueArn: string;
  /** The role with which the scheduler sends. */
  readonly roleArn: string;
}

/** A later timer event has no effect. Without a limit the scheduler tries to send an event for a day. */
const maxEventAgeSeconds = 3_600;

type SchedulerCall = Call<
  'scheduler:GetSchedule' | 'scheduler:CreateSchedule' | 'scheduler:UpdateSchedule' | 'scheduler:DeleteSchedule'
>;

/** Schedules of EventBridge Scheduler, in one group. Each sends its timer events to a queue. */
export const openTimers = (options: TimerOptions, call: SchedulerCall = callRestJson): Timers => {
  const { group } = options;
  return withFaults<Timers>({
    set: (name, at, timerEvent) => createOneTime(call, oneTimeSchedule(name, at, timerEvent, options)),

    async repeat(name, recurrence, timerEvent) {
      try {
        await putRecurring(call, recurringSchedule(name, recurrence, timerEvent, options));
      } catch (error) {
        throw explain(error, recurrence);
      }
    },

    async cancel(name) {
      try {
        await call('scheduler:DeleteSchedule', { Name: name, GroupName: group });
      } catch (error) {
        if (!isRefusal(error, 'ResourceNotFoundException')) throw error;
      }
    },
  });
};

const queueTarget = (timerEvent: unknown, { queueArn, deadLetterQueueArn, roleArn }: TimerOptions) => ({
  Arn: queueArn,
  RoleArn: roleArn,
  Input: JSON.stringify(timerEvent),
  DeadLetterConfig: { Arn: deadLetterQueueArn },
});

const oneTimeSchedule = (name: string, at: Date, timerEvent: unknown, options: TimerOptions) => ({
  Name: name,
  GroupName: options.group,
  ScheduleExpression: `at(${roundUpToSecond(at)})`,
  ScheduleExpressionTimezone: 'UTC',
  FlexibleTimeWindow: { Mode: 'OFF' } as const,
  ActionAfterCompletion: 'DELETE' as const,
  Target: queueTarget(timerEvent, options),
});

const recurringSchedule = (
  name: string,
  { expression, timezone, enabled, description }: Recurrence,
  timerEvent: object,
  options: TimerOptions,
) => ({
  Name: name,
  GroupName: options.group,
  Description: description,
  ScheduleExpression: expression,
  ScheduleExpressionTimezone: timezone,
  State: enabled ? ('ENABLED' as const) : ('DISABLED' as const),
  FlexibleTimeWindow: { Mode: 'OFF' } as const,
  Target: {
    ...queueTarget({ ...timerEvent, scheduledAt: '<aws.scheduler.scheduled-time>' }, options),
    RetryPolicy: { MaximumEventAgeInSeconds: maxEventAgeSeconds },
  },
});

const createOneTime = async (call: SchedulerCall, schedule: CreateScheduleCommandInput): Promise<void> => {
  try {
    await call('scheduler:CreateSchedule', schedule);
  } catch (error) {
    // The name follows from the content, so an existing schedule of this name is the same one.
    if (!isRefusal(error, 'ConflictException')) throw error;
  }
};

const putRecurring = async (call: SchedulerCall, schedule: ReturnType<typeof recurringSchedule>): Promise<void> => {
  const { Name, GroupName } = schedule;
  const existing = await call('scheduler:GetSchedule', { Name, GroupName }).catch((error: unknown) => {
    if (isRefusal(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  });
  if (existing === undefined) await call('scheduler:CreateSchedule', schedule);
  // A rate may count from the last change, so a schedule that needs no change is left as it is.
  else if (!matches(existing, schedule)) await call('scheduler:UpdateSchedule', schedule);
};

const explain = (error: unknown, recurrence: Recurrence): unknown => {
  const { description, expression, timezone } = recurrence;
  if (isRefusal(error, 'ConflictException'))
    return new Fault('conflict', `A concurrent request changes schedule ${description}. Retry the request.`, {
      cause: error,
    });
  if (!isRefusal(error, 'ValidationException')) return error;
  // Only the message of the scheduler says which of the two is wrong.
  const detail = `EventBridge Scheduler refuses the schedule. Check the expression ${expression} and the time zone ${timezone}.`;
  return new Fault('malformed-request', detail, { cause: error, errors: [{ pointer: '', detail }] });
};

/** The next whole second, as the scheduler writes times. A timer event never comes early. */
const roundUpToSecond = (at: Date): string =>
  new Date(Math.ceil(at.getTime() / 1000) * 1000).toISOString().slice(0, 19);

/** Whether every wanted value exists. The scheduler adds defaults of its own. */
const matches = (existing: unknown, wanted: unknown): boolean =>
  typeof wanted === 'object' && wanted !== null
    ? typeof existing === 'object' &&
      existing !== null &&
      Object.entries(wanted).every(([key, value]) => matches(Reflect.get(existing, key), value))
    : existing === wanted;
