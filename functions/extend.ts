import { extend } from '#shared/clusters/commands/extend.ts';
import { table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const extendHandler = commandHandler({ extend });

export const handler = extendHandler(openWorld<'extend'>({ table }));
