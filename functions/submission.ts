import {
  recordJob,
  recordRunRefusal,
  runJar,
  type SubmissionState,
  uploadJar,
} from '#shared/clusters/workflows/submission.ts';
import { jars, kubernetes, payloads, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

export const submissionSteps = { uploadJar, runJar, recordJob, recordRunRefusal };

export const handler = stepsHandler<SubmissionState>(
  submissionSteps,
  openWorld<'submission'>({ table, kubernetes, jars, payloads }),
);
