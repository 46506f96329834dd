import { endLifetime, warn } from './end-lifetime.ts';
import type { Firing } from './firing.ts';
import type { Ports } from './ports.ts';
import { type Delivery, runSchedule } from './run-schedule.ts';

/** Does what a time that has come was set for. What is no longer so does nothing. */
export const fire = async (firing: Firing, delivery: Delivery, ports: Ports, signal: AbortSignal): Promise<void> => {
  switch (firing.kind) {
    case 'warning':
      return warn(firing, ports);
    case 'end':
      return endLifetime(firing, 'schedule', ports, signal);
    case 'schedule':
      return runSchedule(firing, delivery, ports, signal);
  }
};
