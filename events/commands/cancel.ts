import * as z from 'zod';

import { JobId } from '../names.ts';
import { defineCommand } from './define.ts';

export const cancel = defineCommand({
  kind: 'cancel',
  function: 'cancel',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/cancel',
  summary: 'Cancel a job (`flink cancel`).',
  data: z.strictObject({ jobId: JobId }).meta({ id: 'Cancel' }),
});
