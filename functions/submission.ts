import {
  recordJob,
  recordRunRefusal,
  runJar,
  type SubmissionState,
  uploadJar,
} from '#shared/clusters/workflows/submission.ts';
import { live } from '#shared/live.ts';

import { stepsHandler } from './handlers/steps.ts';

export const submissionSteps = { uploadJar, runJar, recordJob, recordRunRefusal };

export const handler = stepsHandler<SubmissionState>(submissionSteps, live);
