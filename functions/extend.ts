import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

export const extendHandler = commandHandler('extend');

export const handler = extendHandler(live);
