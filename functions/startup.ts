import {
  assess,
  recordFailed,
  recordRunning,
  resubmit,
  startCleanup,
  type StartupState,
} from '#shared/clusters/workflows/startup.ts';
import { jars, kubernetes, payloads, queues, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

export const startupSteps = { assess, resubmit, recordRunning, recordFailed, startCleanup };

export const handler = stepsHandler<StartupState>(
  startupSteps,
  openWorld<'startup'>({ table, kubernetes, workflows, jars, payloads, queues }),
);
