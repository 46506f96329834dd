import { Fault } from '#events/problems/problem.ts';
import type { ScheduleTimerEvent, TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Recurrence, Timers } from '#shared/clusters/ports/scheduling.ts';

/** Timers stay until a test delivers their events. */
export class FakeTimers implements Timers {
  readonly oneTime = new Map<string, { readonly at: Date; readonly timerEvent: TimerEvent }>();
  readonly recurring = new Map<string, Recurrence & { readonly timerEvent: ScheduleTimerEvent }>();

  async set(name: string, at: Date, timerEvent: TimerEvent) {
    if (!this.oneTime.has(name)) this.oneTime.set(name, { at, timerEvent });
  }

  async cancel(name: string) {
    this.oneTime.delete(name);
    this.recurring.delete(name);
  }

  async repeat(name: string, recurrence: Recurrence, timerEvent: ScheduleTimerEvent) {
    if (recurrence.expression.includes('99'))
      throw new Fault('malformed-request', 'invalid expression', {
        errors: [{ pointer: '', detail: 'invalid expression' }],
      });
    this.recurring.set(name, { ...recurrence, timerEvent });
  }
}
