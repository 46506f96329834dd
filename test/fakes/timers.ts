import { Fault } from '#events/problem.ts';
import type { ScheduleTimerEvent, TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Recurrence, Timers } from '#shared/clusters/ports/scheduling.ts';

/** What was set stays until a test lets its time come. */
export class FakeTimers implements Timers {
  readonly waiting = new Map<string, { readonly at: Date; readonly timerEvent: TimerEvent }>();
  readonly repeating = new Map<string, Recurrence & { readonly timerEvent: ScheduleTimerEvent }>();

  async set(name: string, at: Date, timerEvent: TimerEvent) {
    if (!this.waiting.has(name)) this.waiting.set(name, { at, timerEvent });
  }

  async cancel(name: string) {
    this.waiting.delete(name);
    this.repeating.delete(name);
  }

  async repeat(name: string, recurrence: Recurrence, timerEvent: ScheduleTimerEvent) {
    if (recurrence.expression.includes('99'))
      throw new Fault('malformed-request', 'not taken', { errors: [{ pointer: '', detail: 'not taken' }] });
    this.repeating.set(name, { ...recurrence, timerEvent });
  }
}
