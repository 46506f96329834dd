import { live } from '#shared/live.ts';

import { commandHandler } from './handlers/command.ts';

export const submitHandler = commandHandler('submit');

export const handler = submitHandler(live);
