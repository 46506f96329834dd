import { isPurging } from '#shared/clusters/workflows/cleanup/purge.ts';
import type { CleanupState } from '#shared/clusters/workflows/cleanup/cleanup.ts';
import { keepLogsOfEnd } from '#shared/clusters/workflows/cleanup/keep-logs.ts';
import { recordStop } from '#shared/clusters/workflows/cleanup/record-stopped.ts';
import { recordStopFailure } from '#shared/clusters/workflows/cleanup/record-unfinished.ts';
import { removeObjects, verifyRemoval } from '#shared/clusters/workflows/cleanup/remove-objects.ts';
import { takeSavepoints } from '#shared/clusters/workflows/cleanup/take-savepoints.ts';
import { growingPauseMs, holding, shortPauseMs } from '#shared/clusters/workflows/hold.ts';
import { keptLogs, kubernetes, queues, table, timers } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

export const cleanupSteps = {
  takeSavepoints: holding(takeSavepoints, { pauseMs: shortPauseMs, isNear: isPurging }),
  keepLogs: keepLogsOfEnd,
  removeObjects,
  verifyRemoval: holding(verifyRemoval, { pauseMs: growingPauseMs }),
  recordStop,
  recordStopFailure,
};

export const handler = stepsHandler<CleanupState>(
  cleanupSteps,
  openWorld<'cleanup'>({ table, kubernetes, keptLogs, queues, timers }),
);
