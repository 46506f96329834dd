import {
  type CleanupState,
  recordStopped,
  recordUnfinished,
  remove,
  takeSavepoints,
  verify,
} from '#shared/clusters/workflows/cleanup.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const cleanupSteps = { takeSavepoints, remove, verify, recordStopped, recordUnfinished };

export const handler = steps<CleanupState>(cleanupSteps, live);
