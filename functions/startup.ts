import {
  assess,
  recordFailed,
  recordRunning,
  resubmit,
  startCleanup,
  type StartupState,
} from '#shared/clusters/workflows/startup.ts';
import { live } from '#shared/live.ts';

import { stepsHandler } from './handlers/steps.ts';

export const startupSteps = { assess, resubmit, recordRunning, recordFailed, startCleanup };

export const handler = stepsHandler<StartupState>(startupSteps, live);
