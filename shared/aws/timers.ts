import type { CreateScheduleCommandInput, SchedulerClient } from '@aws-sdk/client-scheduler';

import { Fault } from '#events/problems/problem.ts';
import type { Recurrence, Timers } from '#shared/clusters/ports/scheduling.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

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

type LazyScheduler = ReturnType<typeof lazyScheduler>;

/** Schedules of EventBridge Scheduler, in one group. Each sends its timer events to a queue. */
export const openTimers = (options: TimerOptions): Timers => {
  const scheduler = lazyScheduler();
  const { group } = options;
  return withFaults<Timers>({
    set: (name, at, timerEvent) => createOneTime(scheduler, oneTimeSchedule(name, at, timerEvent, options)),

    async repeat(name, recurrence, timerEvent) {
      try {
        await putRecurring(scheduler, recurringSchedule(name, recurrence, timerEvent, options));
      } catch (error) {
        throw await explain(error, recurrence, scheduler);
      }
    },

    async cancel(name) {
      const { client, DeleteScheduleCommand, ResourceNotFoundException } = await scheduler();
      try {
        await client.send(new DeleteScheduleCommand({ Name: name, GroupName: group }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  });
};

const lazyScheduler = () => {
  let client: SchedulerClient | undefined;
  return async () => {
    const sdk = await import('@aws-sdk/client-scheduler');
    client ??= new sdk.SchedulerClient(awsRetries);
    return { ...sdk, client };
  };
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

const createOneTime = async (scheduler: LazyScheduler, schedule: CreateScheduleCommandInput): Promise<void> => {
  const { client, CreateScheduleCommand, ConflictException } = await scheduler();
  try {
    await client.send(new CreateScheduleCommand(schedule));
  } catch (error) {
    // The name follows from the content, so an existing schedule of this name is the same one.
    if (!(error instanceof ConflictException)) throw error;
  }
};

const putRecurring = async (
  scheduler: LazyScheduler,
  schedule: ReturnType<typeof recurringSchedule>,
): Promise<void> => {
  const { client, GetScheduleCommand, CreateScheduleCommand, UpdateScheduleCommand, ...errors } = await scheduler();
  const { Name, GroupName } = schedule;
  const existing = await client.send(new GetScheduleCommand({ Name, GroupName })).catch((error: unknown) => {
    if (error instanceof errors.ResourceNotFoundException) return undefined;
    throw error;
  });
  if (existing === undefined) await client.send(new CreateScheduleCommand(schedule));
  // A rate may count from the last change, so a schedule that needs no change is left as it is.
  else if (!matches(existing, schedule)) await client.send(new UpdateScheduleCommand(schedule));
};

const explain = async (error: unknown, recurrence: Recurrence, scheduler: LazyScheduler): Promise<unknown> => {
  const { ConflictException, ValidationException } = await scheduler();
  const { description, expression, timezone } = recurrence;
  if (error instanceof ConflictException)
    return new Fault('conflict', `A concurrent request changes schedule ${description}. Retry the request.`, {
      cause: error,
    });
  if (!(error instanceof ValidationException)) return error;
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
