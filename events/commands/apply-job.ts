import * as z from 'zod';

import { queueOptions } from '#events/programs/program.ts';
import { JobId } from '../names.ts';
import { defineCommand } from './define.ts';
import { RolloutOptions } from './rollouts.ts';
import { jobFields, jobRules } from './submit.ts';

/** How an apply of a job keeps its state, verifies the new job, and what follows when that is not stable. */
export const JobRolloutOptions = RolloutOptions.omit({ fallback: true }).extend({
  state: z.enum(['savepoint', 'none']).default('savepoint').meta({
    description:
      'The state that the new job starts from. savepoint: the old job is stopped with a savepoint. If that fails, it keeps running, and the apply fails. none: the old job is canceled, and its state is dropped.',
  }),
  onFailure: z.enum(['rollback', 'keep']).default('rollback').meta({
    description:
      'What happens when the new job does not start or is not stable. rollback: it is canceled, and the old program starts again from the same state. keep: a new job that runs continues to run. If it has not started or has failed, the old program starts again.',
  }),
});
export type JobRolloutOptions = Readonly<z.output<typeof JobRolloutOptions>>;

const { deadline, correlationId, taskToken } = queueOptions;

export const applyJob = defineCommand({
  kind: 'apply-job',
  function: 'rollouts',
  workflow: 'rollout',
  route: 'PUT /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}',
  summary: 'Run another program or other options in place of a job of a session. The job keeps its state.',
  data: z
    .strictObject({
      jobId: JobId,
      ...jobFields,
      restore: jobFields.restore.meta({ description: 'Where the new job starts from with `state: none`.' }),
      deadline,
      correlationId,
      taskToken,
      rollout: JobRolloutOptions.default(JobRolloutOptions.parse({})),
    })
    .refine(...jobRules.hasOneProgram)
    .refine(...jobRules.isPlainScript)
    .meta({ id: 'ApplyJob' }),
});
