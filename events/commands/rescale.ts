import * as z from 'zod';

import { JobId } from '../names.ts';
import { Duration } from '../lifetime.ts';
import { Parallelism } from '#events/programs/program.ts';
import { defineCommand } from './define.ts';

export const rescale = defineCommand({
  kind: 'rescale',
  function: 'savepoints',
  workflow: 'rescaling',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/rescale',
  summary: 'Change the parallelism of a running job without a restart of its program.',
  data: z
    .strictObject({
      jobId: JobId,
      parallelism: Parallelism.meta({
        description:
          'Parallelism of each vertex of the job. A vertex whose maximum parallelism is less gets its maximum parallelism.',
      }),
      within: Duration.default('10min').meta({
        description:
          'Time in which the job has to run with the parallelism, at most 2h. Otherwise the last parallelism is restored.',
        example: '10min',
      }),
    })
    .meta({ id: 'Rescale' }),
});
