import * as z from 'zod';

import { Time } from './time.ts';

/** The job states of Flink, unchanged. */
export const JobState = z.enum([
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
]);

export type JobState = z.infer<typeof JobState>;

export const Job = z
  .strictObject({
    target: z.string(),
    clusterId: z.string(),
    jobId: z.string(),
    name: z.string(),
    state: JobState,
    message: z.string().optional().meta({ description: 'Root cause of a failure.' }),
    startTime: Time,
    endTime: Time.optional(),
    restoredFrom: z
      .string()
      .optional()
      .meta({ description: 'Path of the savepoint or checkpoint that the job was started from.' }),
    savepoint: z.string().optional().meta({ description: 'Path of the latest savepoint.' }),
    finalSavepoint: z.string().optional().meta({
      description: 'Path of the savepoint that the job was stopped with. It has the complete state of the job.',
    }),
    lastCheckpoint: z
      .strictObject({ path: z.string(), checkpoint: z.int().optional(), jobStartTime: Time.optional() })
      .optional()
      .meta({
        description:
          'The last complete checkpoint when a rollout with `last-state` asked Flink for it, its number in the job, and when Flink had started a job that it then canceled. Without a checkpoint, it is the snapshot that the job was started from.',
      }),
    finalCheckpoint: z.string().optional().meta({
      description: 'Path of the last complete checkpoint of the job, with which a rollout with `last-state` ended it.',
    }),
    stoppedWithCluster: z.literal(true).optional().meta({
      description:
        'A stop of the cluster, or an apply of the job, requested a savepoint of this job, or a rollout took its last checkpoint. A session with `restore` starts the job again, unless another job has started from that state.',
    }),
    rescaleOperationId: z.string().optional().meta({ description: 'The last rescale operation of the job.' }),
    lastRescaleId: z.string().optional().meta({ description: 'The last rescale that was published.' }),
    applyOperationId: z.string().optional().meta({
      description: 'The last apply of the job: it replaces the job, has replaced it, or has started it.',
    }),
    replacedBy: z.string().optional().meta({ description: 'ID of the job that an apply has started in its place.' }),
    clusterOperationId: z
      .string()
      .meta({ description: 'The deploy operation of the incarnation that the job runs on.' }),
    operationId: z.string().optional().meta({ description: 'The submit operation of the job.' }),
    updatedAt: Time,
  })
  .meta({ id: 'Job' });

export type Job = Readonly<z.infer<typeof Job>>;

const terminalJobStates: ReadonlySet<JobState> = new Set(['FAILED', 'CANCELED', 'FINISHED']);

export const isTerminalJob = (job: Pick<Job, 'state'>) => terminalJobStates.has(job.state);

/** Path of the complete state that a stop or a rollout has ended the job with. */
export const findFinalState = ({
  finalSavepoint,
  finalCheckpoint,
}: Pick<Job, 'finalSavepoint' | 'finalCheckpoint'>): string | undefined => finalSavepoint ?? finalCheckpoint;
