import { cancel } from '#shared/clusters/commands/cancel.ts';
import { kubernetes, queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const cancelHandler = commandHandler({ cancel });

export const handler = cancelHandler(openWorld<'cancel'>({ table, kubernetes, queues }));
