import { rescale } from '#shared/clusters/commands/rescale.ts';
import { kubernetes, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const rescaleHandler = commandHandler({ rescale });

export const handler = rescaleHandler(openWorld<'rescale'>({ table, kubernetes, workflows }));
