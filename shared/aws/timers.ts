import type { SchedulerClient } from '@aws-sdk/client-scheduler';

import { Fault } from '#events/problem.ts';
import type { Timers } from '#shared/clusters/ports/scheduling.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

interface TimerOptions {
  readonly group: string;
  /** Where firings go. */
  readonly queueArn: string;
  /** Where those go that could not be sent. */
  readonly deadQueueArn: string;
  /** That the scheduler takes to send them. */
  readonly roleArn: string;
}

/** A later firing is not acted on; the scheduler itself would try to send it for a day. */
const longestLateSeconds = 3_600;

/** The schedules of EventBridge Scheduler, in a group of their own. Each sends one message to a queue. */
export const openTimers = ({ group, queueArn, deadQueueArn, roleArn }: TimerOptions): Timers => {
  let client: SchedulerClient | undefined;
  const sdk = async () => {
    const module = await import('@aws-sdk/client-scheduler');
    client ??= new module.SchedulerClient(awsRetries);
    return { ...module, client };
  };
  const targetOf = (timerEvent: unknown) => ({
    Arn: queueArn,
    RoleArn: roleArn,
    Input: JSON.stringify(timerEvent),
    DeadLetterConfig: { Arn: deadQueueArn },
  });

  return withFaults<Timers>({
    async set(name, at, timerEvent) {
      const { client, CreateScheduleCommand, ConflictException } = await sdk();
      try {
        await client.send(
          new CreateScheduleCommand({
            Name: name,
            GroupName: group,
            ScheduleExpression: `at(${wholeSecond(at)})`,
            ScheduleExpressionTimezone: 'UTC',
            FlexibleTimeWindow: { Mode: 'OFF' },
            ActionAfterCompletion: 'DELETE',
            Target: targetOf(timerEvent),
          }),
        );
      } catch (error) {
        // The name says what it is for: it is the one that was asked for.
        if (!(error instanceof ConflictException)) throw error;
      }
    },

    async repeat(name, { expression, timezone, enabled, description }, timerEvent) {
      const { client, GetScheduleCommand, CreateScheduleCommand, UpdateScheduleCommand, ...errors } = await sdk();
      const schedule = {
        Name: name,
        GroupName: group,
        Description: description,
        ScheduleExpression: expression,
        ScheduleExpressionTimezone: timezone,
        State: enabled ? 'ENABLED' : 'DISABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          ...targetOf({ ...timerEvent, scheduledAt: '<aws.scheduler.scheduled-time>' }),
          RetryPolicy: { MaximumEventAgeInSeconds: longestLateSeconds },
        },
      } as const;
      try {
        const known = await client
          .send(new GetScheduleCommand({ Name: name, GroupName: group }))
          .catch((error: unknown) => {
            if (error instanceof errors.ResourceNotFoundException) return undefined;
            throw error;
          });
        if (known === undefined) await client.send(new CreateScheduleCommand(schedule));
        // A rate may count from its last change: what is as it should be is left alone.
        else if (!isMatch(known, schedule)) await client.send(new UpdateScheduleCommand(schedule));
      } catch (error) {
        if (error instanceof errors.ConflictException)
          throw new Fault('conflict', `schedule ${description} is being changed: try again`, { cause: error });
        if (!(error instanceof errors.ValidationException)) throw error;
        // Which part it is about is only in its message.
        const detail = `the scheduler does not take it: look at the expression, ${expression}, and the time zone, ${timezone}`;
        throw new Fault('malformed-request', detail, { cause: error, errors: [{ pointer: '', detail }] });
      }
    },

    async cancel(name) {
      const { client, DeleteScheduleCommand, ResourceNotFoundException } = await sdk();
      try {
        await client.send(new DeleteScheduleCommand({ Name: name, GroupName: group }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  });
};

/** Not before its time, in the scheduler's own way to write it. */
const wholeSecond = (at: Date): string => new Date(Math.ceil(at.getTime() / 1000) * 1000).toISOString().slice(0, 19);

/** Whether all that is wanted is there; the scheduler adds defaults of its own. */
const isMatch = (known: unknown, wanted: unknown): boolean =>
  typeof wanted === 'object' && wanted !== null
    ? typeof known === 'object' &&
      known !== null &&
      Object.entries(wanted).every(([key, value]) => isMatch(Reflect.get(known, key), value))
    : known === wanted;
