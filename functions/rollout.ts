import { growingPauseMs, holding } from '#shared/clusters/workflows/hold.ts';
import { checkJob, endJob } from '#shared/clusters/workflows/job-apply/end-job.ts';
import { recordJobResult } from '#shared/clusters/workflows/job-apply/record-job-result.ts';
import { isJobApply } from '#shared/clusters/workflows/job-apply/records.ts';
import { abandonJob, rollBackJob } from '#shared/clusters/workflows/job-apply/roll-back-job.ts';
import { startJob, startOldJob } from '#shared/clusters/workflows/job-apply/start-job.ts';
import { verifyJob } from '#shared/clusters/workflows/job-apply/verify-job.ts';
import { check } from '#shared/clusters/workflows/rollout/check.ts';
import { endIncarnation } from '#shared/clusters/workflows/rollout/end-incarnation.ts';
import { recordResult } from '#shared/clusters/workflows/rollout/record-result.ts';
import { rescaleInPlace } from '#shared/clusters/workflows/rollout/rescale-in-place.ts';
import { rollBack, suspendCluster } from '#shared/clusters/workflows/rollout/roll-back.ts';
import type { RolloutState } from '#shared/clusters/workflows/rollout/rollout-state.ts';
import { startRevision, startStable } from '#shared/clusters/workflows/rollout/start-revision.ts';
import { verify } from '#shared/clusters/workflows/rollout/verify.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import {
  callbacks,
  downloads,
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

type Step = (state: RolloutState, ports: Ports) => Promise<RolloutState>;

/** A step for the rollouts of clusters, and the one for applies of jobs. They have the same results. */
const either =
  (ofCluster: Step, ofJob: Step): Step =>
  async (state, ports) =>
    (await isJobApply(state.operationId, ports)) ? ofJob(state, ports) : ofCluster(state, ports);

const whileStarting = { pauseMs: growingPauseMs };

export const rolloutSteps = {
  check: either(check, checkJob),
  rescaleInPlace: holding(rescaleInPlace, whileStarting),
  endIncarnation: either(holding(endIncarnation, waitForEnd), holding(endJob, waitForEnd)),
  startRevision: either(holding(startRevision, whileStarting), holding(startJob, whileStarting)),
  verify: either(verify, verifyJob),
  rollBack: either(holding(rollBack, waitForEnd), holding(rollBackJob, whileStarting)),
  startStable: either(holding(startStable, whileStarting), holding(startOldJob, whileStarting)),
  suspendCluster: either(holding(suspendCluster, whileStarting), abandonJob),
  recordResult: either(recordResult, recordJobResult),
};

export const handler = stepsHandler<RolloutState>(
  rolloutSteps,
  openWorld<'rollout'>({ table, kubernetes, workflows, jars, payloads, revisionSpecs, queues, callbacks, downloads }),
);
