import type { ScheduleTimerEvent, TimerEvent } from '#shared/clusters/model/timer-event.ts';

/** What shall happen at a time. A firing may come late, and more than once. */
export interface Timers {
  /** Has a firing sent at that time. One of that name that is there already is the same. */
  set(name: string, at: Date, timerEvent: TimerEvent): Promise<void>;
  /** One that is not there is done. */
  cancel(name: string): Promise<void>;
  /**
   * Has a firing sent again and again; one of that name is changed, and left alone where it is so already.
   *
   * @throws Fault `malformed-request` when the expression is not one.
   */
  repeat(name: string, recurrence: Recurrence, timerEvent: ScheduleTimerEvent): Promise<void>;
}

export interface Recurrence {
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** For those who look at the scheduler itself. */
  readonly description: string;
}
