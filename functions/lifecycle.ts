import {
  type LifecycleState,
  probe,
  recordFailed,
  recordRunning,
  resubmit,
  startCleanup,
} from '#shared/clusters/lifecycle.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const handler = steps<LifecycleState>({ probe, resubmit, recordRunning, recordFailed, startCleanup }, live);
