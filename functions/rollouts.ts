import { applyJob } from '#shared/clusters/commands/apply-job.ts';
import { apply, restart, resume, rollback, suspend } from '#shared/clusters/commands/rollouts/rollouts.ts';
import { callbacks, jars, payloads, revisionSpecs, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const rolloutsHandler = commandHandler({ apply, rollback, restart, suspend, resume, 'apply-job': applyJob });

export const handler = rolloutsHandler(
  openWorld<'rollouts'>({ table, workflows, jars, payloads, revisionSpecs, callbacks }),
);
