import { recordRefused, recordTaken, type SnapshotState, take } from '#shared/clusters/workflows/snapshot.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const snapshotSteps = { take, recordTaken, recordRefused };

export const handler = steps<SnapshotState>(snapshotSteps, live);
