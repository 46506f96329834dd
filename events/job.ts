import * as z from 'zod';

import { Time } from './cluster.ts';

/** Flink's own words. */
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
    message: z.string().optional().meta({ description: 'The root cause of a failure.' }),
    startTime: Time,
    endTime: Time.optional(),
    savepoint: z.string().optional().meta({ description: 'Where its latest savepoint is.' }),
    finalSavepoint: z
      .string()
      .optional()
      .meta({ description: 'Where the savepoint is that it was ended with: all that it did is in it.' }),
    stoppedWithCluster: z.literal(true).optional().meta({
      description: 'A stop of its cluster asked it for a savepoint: a session with `restore` starts it again.',
    }),
    clusterOperationId: z
      .string()
      .meta({ description: 'The deploy of the cluster that it runs on: an id may have several lives.' }),
    operationId: z.string().optional().meta({ description: 'The submit that it came from.' }),
    updatedAt: Time,
  })
  .meta({ id: 'Job' });

export type Job = Readonly<z.infer<typeof Job>>;

const terminalJobStates: ReadonlySet<JobState> = new Set(['FAILED', 'CANCELED', 'FINISHED']);

export const isTerminalJob = (job: Pick<Job, 'state'>) => terminalJobStates.has(job.state);
