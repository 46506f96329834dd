import { commands } from '#events/commands/index.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { acceptCommand } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

const kinds = ['savepoint', 'checkpoint', 'stop-job', 'dispose-savepoint'] as const;

/** Everything that is about savepoints and checkpoints; the route says which. */
export const savepointsHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => {
    const kind = kinds.find((one) => commands[one].route === event.routeKey);
    if (kind === undefined) throw new Error(`no command has the route ${event.routeKey}`);
    return acceptCommand(kind, event, ports, signal);
  });

export const handler = savepointsHandler(live);
