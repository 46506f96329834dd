import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import type { Operation } from '#events/operation.ts';

import { follow } from './operations.ts';

/** Names the jobs that a session starts again, without waiting for them. */
export const tellRestored = ({ restoredJobs = [] }: Operation, context: Context): void => {
  for (const { jobId, name, savepoint } of restoredJobs)
    context.note(`Job ${name} is started again as JobID ${jobId}${from(savepoint)}.`);
};

const from = (savepoint: string | undefined) => (savepoint === undefined ? ', without state' : ` from ${savepoint}`);

/**
 * Waits until the jobs that a session starts again are there, and tells of each.
 *
 * @param deploy The operation of the session, which has SUCCEEDED.
 * @throws Failure that names those which were not started. The session runs all the same.
 */
export const awaitRestored = async ({ restoredJobs = [], clusterId }: Operation, context: Context): Promise<void> => {
  const lost: string[] = [];
  for (const { jobId, name, savepoint } of restoredJobs) {
    try {
      await follow(jobId, `Starting job ${name} again`, context);
      if (!context.json) context.print(`Job ${name} was started again as JobID ${jobId}${from(savepoint)}.`);
    } catch (error) {
      // Without a code it says nothing of the job.
      if (!(error instanceof Failure) || error.code === undefined) throw error;
      lost.push(`${name} (JobID ${jobId}): ${error.message}`, ...error.lines);
    }
  }
  if (lost.length > 0)
    throw new Failure(`Cluster ${clusterId} runs, but not all of its jobs were started again.`, {
      lines: lost,
      hint: '`drey operation JOB-ID` shows more; `drey run -s SAVEPOINT …` starts one from its savepoint.',
    });
};
