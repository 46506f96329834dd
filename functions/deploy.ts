import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { acceptCommand } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const deployHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => acceptCommand('deploy', event, ports, signal));

export const handler = deployHandler(live);
