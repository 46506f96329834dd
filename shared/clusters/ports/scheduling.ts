import type { ScheduleTimerEvent, TimerEvent } from '#shared/clusters/model/timer-event.ts';

/**
 * Timers of EventBridge Scheduler. Each sends its event to the queue of timer events. An event may be late, and may be
 * delivered more than once.
 */
export interface Timers {
  /**
   * Sets a timer for one time, rounded up to the second. An existing timer of that name is kept, because a name stands
   * for one time and event.
   */
  set(name: string, at: Date, timerEvent: TimerEvent): Promise<void>;
  /** Removes a timer. A missing one is ignored. */
  cancel(name: string): Promise<void>;
  /**
   * Sets a recurring timer, and replaces one of that name unless it is equal.
   *
   * @throws Fault `malformed-request` when the scheduler refuses the expression or the time zone.
   * @throws Fault `conflict` when the timer is being changed concurrently.
   */
  repeat(name: string, recurrence: Recurrence, timerEvent: ScheduleTimerEvent): Promise<void>;
}

export interface Recurrence {
  /** A cron or rate expression of EventBridge Scheduler. */
  readonly expression: string;
  /** An IANA time zone, such as `Europe/Berlin`. */
  readonly timezone: string;
  readonly enabled: boolean;
  /** For people who read the timers in the AWS console. */
  readonly description: string;
}
