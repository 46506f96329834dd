import { type LifecycleState, probe, recordFailed, recordRunning, startCleanup } from '#shared/clusters/lifecycle.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const handler = steps<LifecycleState>({ probe, recordRunning, recordFailed, startCleanup }, live);
