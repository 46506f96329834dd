import type { SnapshotState } from '#shared/clusters/workflows/snapshot-state.ts';
import { recordSnapshotFailure, recordSnapshot, takeSnapshot } from '#shared/clusters/workflows/snapshot.ts';
import { growingPauseMs, holding } from '#shared/clusters/workflows/hold.ts';
import { kubernetes, queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

export const snapshotSteps = {
  takeSnapshot: holding(takeSnapshot, { pauseMs: growingPauseMs }),
  recordSnapshot,
  recordSnapshotFailure,
};

export const handler = stepsHandler<SnapshotState>(snapshotSteps, openWorld<'snapshot'>({ table, kubernetes, queues }));
