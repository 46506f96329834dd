import { endLifetime, warn } from './end-lifetime.ts';
import type { Firing } from './firing.ts';
import type { Ports } from './ports.ts';

/** Does what a time that has come was set for. What is no longer so does nothing. */
export const fire = async (firing: Firing, ports: Ports, signal: AbortSignal): Promise<void> => {
  switch (firing.kind) {
    case 'warning':
      return warn(firing, ports);
    case 'end':
      return endLifetime(firing, 'schedule', ports, signal);
  }
};
