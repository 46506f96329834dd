import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

export const stopHandler = commandHandler('stop');

export const handler = stopHandler(live);
