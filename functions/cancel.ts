import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

export const cancelHandler = commandHandler('cancel');

export const handler = cancelHandler(live);
