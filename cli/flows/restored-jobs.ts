import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import type { Operation } from '#events/records/operation.ts';

import { followOperation } from './operations.ts';

/** Prints the jobs that a session restores, without waiting for them. */
export const announceRestoredJobs = ({ restoredJobs = [] }: Operation, context: Context): void => {
  for (const { jobId, name, savepoint } of restoredJobs)
    context.printNotice(`Job ${name} is being restored as JobID ${jobId}${formatOrigin(savepoint)}.`);
};

const formatOrigin = (savepoint: string | undefined) =>
  savepoint === undefined ? ' without state' : ` from ${savepoint}`;

/**
 * Waits until the jobs that a session restores are RUNNING, and prints each.
 *
 * @param operation The deploy of the session, which is SUCCEEDED.
 * @throws Failure with the jobs that were not restored. The session is RUNNING nevertheless.
 */
export const waitForRestoredJobs = async (operation: Operation, context: Context): Promise<void> => {
  const { restoredJobs = [], target, clusterId } = operation;
  const failures: string[] = [];
  for (const { jobId, name, savepoint } of restoredJobs) {
    try {
      await followOperation({ target, operationId: jobId }, `Restoring job ${name}`, context);
      if (!context.json) context.print(`Job ${name} was restored as JobID ${jobId}${formatOrigin(savepoint)}.`);
    } catch (error) {
      // An error without a code is not about the job.
      if (!(error instanceof Failure) || error.code === undefined) throw error;
      failures.push(`${name} (JobID ${jobId}): ${error.message}`, ...error.lines);
    }
  }
  if (failures.length > 0)
    throw new Failure(`Cluster ${clusterId} is RUNNING, but some of its jobs were not restored.`, {
      lines: failures,
      hint: 'Run `drey operation JOB-ID` for details, or `drey run -s SAVEPOINT …` to start a job from its savepoint.',
    });
};
