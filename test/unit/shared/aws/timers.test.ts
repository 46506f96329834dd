import { afterEach, describe, expect, it } from 'vitest';

import { openTimers } from '#shared/aws/timers.ts';
import { AwsError } from '#shared/aws/transport/errors.ts';

const every = { expression: 'rate(2 hours)', timezone: 'UTC', enabled: true, description: 'targets/t/schedules/s' };
const timerEvent = { kind: 'schedule', target: 't', name: 's', revision: 'r1' } as const;

/** The requests to the scheduler, by the names of their operations. */
const calls: [string, Readonly<Record<string, unknown>>][] = [];
let answer: (call: string) => unknown;
const answering = (next: typeof answer) => {
  answer = next;
};

const timers = openTimers(
  { group: 'drey', queueArn: 'arn:queue', deadLetterQueueArn: 'arn:dead', roleArn: 'arn:role' },
  async (action, input) => {
    const call = action.replace('scheduler:', '');
    calls.push([call, { ...input }]);
    return answer(call) as never; // The tests say what each request answers.
  },
);

afterEach(() => {
  calls.length = 0;
});

describe('the timers in EventBridge Scheduler', () => {
  const missing = () => {
    throw new AwsError('ResourceNotFoundException', { status: 404 });
  };

  it('are not delivered more than an hour late when they recur', async () => {
    answering((call) => (call === 'GetSchedule' ? missing() : {}));

    await timers.repeat('calendar-1', every, timerEvent);

    expect(calls.at(-1)).toMatchObject([
      'CreateSchedule',
      {
        Name: 'calendar-1',
        ScheduleExpression: 'rate(2 hours)',
        Target: { Arn: 'arn:queue', RetryPolicy: { MaximumEventAgeInSeconds: 3_600 } },
      },
    ]);
  });

  it('are updated only when they differ', async () => {
    answering((call) => (call === 'GetSchedule' ? missing() : {}));
    await timers.repeat('calendar-1', every, timerEvent);
    const made = calls.at(-1)?.[1];
    answering((call) => (call === 'GetSchedule' ? { ...made, Arn: 'arn:of-the-schedule' } : {}));
    calls.length = 0;

    await timers.repeat('calendar-1', every, timerEvent);
    await timers.repeat('calendar-1', every, { ...timerEvent, revision: 'r2' });

    expect(calls.map(([call]) => call)).toEqual(['GetSchedule', 'GetSchedule', 'UpdateSchedule']);
  });

  it('do not blame one member when the scheduler rejects a definition, because it does not say which', async () => {
    answering((call) => {
      if (call === 'GetSchedule') return missing();
      throw new AwsError('ValidationException', { status: 400 });
    });

    await expect(timers.repeat('calendar-1', every, timerEvent)).rejects.toMatchObject({
      code: 'malformed-request',
      errors: [{ pointer: '', detail: expect.stringContaining('rate(2 hours) and the time zone UTC') }],
    });
  });
});
