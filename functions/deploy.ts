import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

export const deployHandler = commandHandler('deploy');

export const handler = deployHandler(live);
