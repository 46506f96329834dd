import { recordJob, recordRefused, run, type SubmissionState, upload } from '#shared/clusters/workflows/submission.ts';
import { live } from '#shared/live.ts';

import { steps } from './middleware/step.ts';

export const handler = steps<SubmissionState>({ upload, run, recordJob, recordRefused }, live);
