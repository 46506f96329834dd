import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

/** Every command for savepoints and checkpoints of jobs. */
export const savepointsHandler = commandHandler('savepoints');

export const handler = savepointsHandler(live);
