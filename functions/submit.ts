import { submit } from '#shared/clusters/commands/submit.ts';
import { callbacks, jars, payloads, queues, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const submitHandler = commandHandler({ submit });

export const handler = submitHandler(openWorld<'submit'>({ table, workflows, jars, payloads, queues, callbacks }));
