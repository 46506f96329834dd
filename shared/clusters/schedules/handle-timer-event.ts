import { endLifetime, warn } from '#shared/clusters/lifetime/end-lifetime.ts';
import type { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { type Delivery, runSchedule } from './run-schedule.ts';

/** Does what a time that has come was set for. What is no longer so does nothing. */
export const handleTimerEvent = async (timerEvent: TimerEvent, delivery: Delivery, ports: Ports): Promise<void> => {
  switch (timerEvent.kind) {
    case 'warning':
      return warn(timerEvent, ports);
    case 'end':
      return endLifetime(timerEvent, 'schedule', ports);
    case 'schedule':
      return runSchedule(timerEvent, delivery, ports);
  }
};
