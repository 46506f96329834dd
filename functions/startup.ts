import {
  type LifecycleState,
  probe,
  recordFailed,
  recordRunning,
  resubmit,
  startCleanup,
} from '#shared/clusters/workflows/startup.ts';
import { live } from '#shared/live.ts';

import { steps } from '#functions/middleware/step.ts';

export const startupSteps = { probe, resubmit, recordRunning, recordFailed, startCleanup };

export const handler = steps<LifecycleState>(startupSteps, live);
