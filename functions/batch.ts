import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

export const batchHandler = commandHandler('batch');

export const handler = batchHandler(live);
