import type { SnapshotState } from '#shared/clusters/workflows/snapshot-state.ts';
import { recordRefused, recordTaken, take } from '#shared/clusters/workflows/snapshot.ts';
import { live } from '#shared/live.ts';

import { stepsHandler } from './handlers/steps.ts';

export const snapshotSteps = { take, recordTaken, recordRefused };

export const handler = stepsHandler<SnapshotState>(snapshotSteps, live);
