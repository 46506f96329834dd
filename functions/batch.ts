import { batch } from '#shared/clusters/commands/batch/batch.ts';
import { callbacks, payloads, queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const batchHandler = commandHandler({ batch });

export const handler = batchHandler(openWorld<'batch'>({ table, payloads, queues, callbacks }));
