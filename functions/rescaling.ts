import { growingPauseMs, holding } from '#shared/clusters/workflows/hold.ts';
import {
  recordRescaled,
  recordRescaleFailure,
  rescaleJob,
  type RescalingState,
  restoreParallelism,
} from '#shared/clusters/workflows/rescaling.ts';
import { kubernetes, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

export const rescalingSteps = {
  rescaleJob: holding(rescaleJob, { pauseMs: growingPauseMs }),
  recordRescaled,
  restoreParallelism,
  recordRescaleFailure,
};

export const handler = stepsHandler<RescalingState>(rescalingSteps, openWorld<'rescaling'>({ table, kubernetes }));
