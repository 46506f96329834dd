import type { CleanupState } from '#shared/clusters/workflows/cleanup/cleanup.ts';
import { recordStop } from '#shared/clusters/workflows/cleanup/record-stopped.ts';
import { recordStopFailure } from '#shared/clusters/workflows/cleanup/record-unfinished.ts';
import { removeObjects, verifyRemoval } from '#shared/clusters/workflows/cleanup/remove-objects.ts';
import { takeSavepoints } from '#shared/clusters/workflows/cleanup/take-savepoints.ts';
import { live } from '#shared/live.ts';

import { stepsHandler } from './handlers/steps.ts';

export const cleanupSteps = { takeSavepoints, removeObjects, verifyRemoval, recordStop, recordStopFailure };

export const handler = stepsHandler<CleanupState>(cleanupSteps, live);
