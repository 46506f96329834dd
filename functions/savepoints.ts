import { disposeSnapshot } from '#shared/clusters/commands/dispose-snapshot.ts';
import { checkpoint, disposeSavepoint, savepoint, stopJob } from '#shared/clusters/commands/savepoints.ts';
import { kubernetes, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

/** Every command for savepoints and checkpoints of jobs. */
export const savepointsHandler = commandHandler({
  savepoint,
  checkpoint,
  'stop-job': stopJob,
  'dispose-savepoint': disposeSavepoint,
  'dispose-snapshot': disposeSnapshot,
});

export const handler = savepointsHandler(openWorld<'savepoints'>({ table, kubernetes, workflows }));
