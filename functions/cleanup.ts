import type { CleanupState } from '#shared/clusters/workflows/cleanup/cleanup.ts';
import { recordStopped } from '#shared/clusters/workflows/cleanup/record-stopped.ts';
import { recordUnfinished } from '#shared/clusters/workflows/cleanup/record-unfinished.ts';
import { remove, verify } from '#shared/clusters/workflows/cleanup/remove-objects.ts';
import { takeSavepoints } from '#shared/clusters/workflows/cleanup/take-savepoints.ts';
import { live } from '#shared/live.ts';

import { stepsHandler } from './handlers/steps.ts';

export const cleanupSteps = { takeSavepoints, remove, verify, recordStopped, recordUnfinished };

export const handler = stepsHandler<CleanupState>(cleanupSteps, live);
