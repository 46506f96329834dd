import { disposeSnapshot } from '#shared/clusters/commands/dispose-snapshot.ts';
import { rescale } from '#shared/clusters/commands/rescale.ts';
import { checkpoint, disposeSavepoint, savepoint, stopJob } from '#shared/clusters/commands/savepoints.ts';
import { kubernetes, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

/** The commands for the savepoints and checkpoints of jobs, and for their parallelism. */
export const savepointsHandler = commandHandler({
  savepoint,
  checkpoint,
  'stop-job': stopJob,
  'dispose-savepoint': disposeSavepoint,
  'dispose-snapshot': disposeSnapshot,
  rescale,
});

export const handler = savepointsHandler(openWorld<'savepoints'>({ table, kubernetes, workflows }));
