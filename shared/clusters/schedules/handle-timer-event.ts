import { endLifetime, warnOfEnd } from '#shared/clusters/lifetime/end-lifetime.ts';
import type { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { type Delivery, runSchedule } from './run-schedule.ts';

/** Does what a timer event asks for. An event that is out of date has no effect. */
export const handleTimerEvent = async (timerEvent: TimerEvent, delivery: Delivery, ports: Ports): Promise<void> => {
  switch (timerEvent.kind) {
    case 'warning':
      return warnOfEnd(timerEvent, ports);
    case 'end':
      return endLifetime(timerEvent, 'schedule', ports);
    case 'schedule':
      return runSchedule(timerEvent, delivery, ports);
  }
};
