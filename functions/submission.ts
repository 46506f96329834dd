import { recordJob, recordRefused, run, type SubmissionState, upload } from '#shared/clusters/workflows/submission.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const submissionSteps = { upload, run, recordJob, recordRefused };

export const handler = steps<SubmissionState>(submissionSteps, live);
