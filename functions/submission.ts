import { recordJob, recordRefused, run, type SubmissionState, upload } from '#shared/clusters/workflows/submission.ts';
import { live } from '#shared/live.ts';

import { stepsHandler } from './handlers/steps.ts';

export const submissionSteps = { upload, run, recordJob, recordRefused };

export const handler = stepsHandler<SubmissionState>(submissionSteps, live);
