import { apply, restart, resume, rollback, suspend } from '#shared/clusters/commands/rollouts/rollouts.ts';
import { callbacks, revisionSpecs, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const rolloutsHandler = commandHandler({ apply, rollback, restart, suspend, resume });

export const handler = rolloutsHandler(openWorld<'rollouts'>({ table, workflows, revisionSpecs, callbacks }));
