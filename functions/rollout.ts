import { growingPauseMs, holding } from '#shared/clusters/workflows/hold.ts';
import { check } from '#shared/clusters/workflows/rollout/check.ts';
import { endIncarnation } from '#shared/clusters/workflows/rollout/end-incarnation.ts';
import { recordResult } from '#shared/clusters/workflows/rollout/record-result.ts';
import { rescaleInPlace } from '#shared/clusters/workflows/rollout/rescale-in-place.ts';
import { rollBack, suspendCluster } from '#shared/clusters/workflows/rollout/roll-back.ts';
import type { RolloutState } from '#shared/clusters/workflows/rollout/rollout-state.ts';
import { startRevision, startStable } from '#shared/clusters/workflows/rollout/start-revision.ts';
import { verify } from '#shared/clusters/workflows/rollout/verify.ts';
import {
  callbacks,
  jars,
  kubernetes,
  payloads,
  queues,
  revisionSpecs,
  table,
  workflows,
} from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

/** Between two incarnations nothing runs, so that the end of the first one is noticed within half a second. */
const waitForEnd = { pauseMs: () => 500 };

export const rolloutSteps = {
  check,
  rescaleInPlace: holding(rescaleInPlace, { pauseMs: growingPauseMs }),
  endIncarnation: holding(endIncarnation, waitForEnd),
  startRevision: holding(startRevision, { pauseMs: growingPauseMs }),
  verify,
  rollBack: holding(rollBack, waitForEnd),
  startStable: holding(startStable, { pauseMs: growingPauseMs }),
  suspendCluster: holding(suspendCluster, { pauseMs: growingPauseMs }),
  recordResult,
};

export const handler = stepsHandler<RolloutState>(
  rolloutSteps,
  openWorld<'rollout'>({ table, kubernetes, workflows, jars, payloads, revisionSpecs, queues, callbacks }),
);
