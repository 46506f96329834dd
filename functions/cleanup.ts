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

export const handler = steps<CleanupState>({ takeSavepoints, remove, verify, recordStopped, recordUnfinished }, live);
