import { stop } from '#shared/clusters/commands/stop.ts';
import { payloads, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const stopHandler = commandHandler({ stop });

export const handler = stopHandler(openWorld<'stop'>({ table, workflows, payloads }));
