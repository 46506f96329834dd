import { recordRefused, recordTaken, type SnapshotState, take } from '#shared/clusters/workflows/snapshot.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const handler = steps<SnapshotState>({ take, recordTaken, recordRefused }, live);
