import type { ApiFunction } from '#events/http/api.ts';
import { batchHandler } from '#functions/batch.ts';
import { cancelHandler } from '#functions/cancel.ts';
import { clusterHandler } from '#functions/cluster.ts';
import { clustersHandler } from '#functions/clusters.ts';
import { deadLettersHandler } from '#functions/dead-letters.ts';
import { deployHandler } from '#functions/deploy.ts';
import { extendHandler } from '#functions/extend.ts';
import { jobPlanHandler } from '#functions/job-plan.ts';
import { jobsHandler } from '#functions/jobs.ts';
import { openapiHandler } from '#functions/openapi.ts';
import { operationHandler } from '#functions/operation.ts';
import { orphansHandler } from '#functions/orphans.ts';
import { planHandler } from '#functions/plan.ts';
import { queueViewHandler } from '#functions/queue-view.ts';
import { revisionsHandler } from '#functions/revisions.ts';
import { rolloutsHandler } from '#functions/rollouts.ts';
import { savepointsHandler } from '#functions/savepoints.ts';
import { schedulesHandler } from '#functions/schedules.ts';
import { specsHandler } from '#functions/specs.ts';
import { stopHandler } from '#functions/stop.ts';
import { submitHandler } from '#functions/submit.ts';
import { targetsHandler } from '#functions/targets.ts';
import { uploadsHandler } from '#functions/uploads.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** The handler of each Lambda function of the HTTP API. */
export const apiHandlers: { readonly [F in ApiFunction]: (ports: Ports) => unknown } = {
  batch: batchHandler,
  cancel: cancelHandler,
  cluster: clusterHandler,
  clusters: clustersHandler,
  deadLetters: deadLettersHandler,
  deploy: deployHandler,
  extend: extendHandler,
  jobPlan: jobPlanHandler,
  jobs: jobsHandler,
  openapi: openapiHandler,
  operation: operationHandler,
  orphans: orphansHandler,
  plan: planHandler,
  queueView: queueViewHandler,
  revisions: revisionsHandler,
  rollouts: rolloutsHandler,
  savepoints: savepointsHandler,
  schedules: schedulesHandler,
  specs: specsHandler,
  stop: stopHandler,
  submit: submitHandler,
  targets: targetsHandler,
  uploads: uploadsHandler,
};
