import { isTerminalJob, type Job } from '#events/records/job.ts';
import { toFinalFault } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { toStopTriggerId } from '#shared/clusters/model/snapshot.ts';
import { ignoreNotFound } from '#shared/flink/rest/transport/faults.ts';
import type { FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import type { SavepointStatus } from '#shared/flink/rest/snapshots.ts';
import { describeLostState } from '#shared/clusters/workflows/lost-state.ts';

import { findStopData } from './cleanup.ts';

/** The savepoint of one job. `not-requested`: Flink was not asked for it yet. */
export interface JobSavepoint {
  readonly job: Job;
  readonly result:
    | SavepointStatus
    | { readonly status: 'not-requested' }
    /** Flink was asked for it, and has started the job without its state since. */
    | { readonly status: 'failed'; readonly cause: string; readonly hasLostState: true };
}

type Stop = Pick<RequestOptions, 'rest' | 'operation'>;

interface RequestOptions {
  readonly rest: FlinkRest;
  readonly overview: readonly JobOverview[];
  /** The stop that needs the savepoints. */
  readonly operation: StoredOperation;
  /** Whether there is time to wait for tasks that are not RUNNING yet. */
  readonly mayWait: boolean;
  /** Whether Flink was asked for the savepoint of a job, and has started the job without its state since. */
  readonly hasLostState: (job: JobOverview) => Promise<boolean>;
}

/**
 * Stops each job with a savepoint, and returns the status of each savepoint. Requests none while Flink would refuse the
 * savepoint of any job, so that a required stop does not end some jobs and fail for the others.
 */
export const requestSavepoints = async (
  jobs: readonly Job[],
  { rest, overview, operation, mayWait, hasLostState }: RequestOptions,
): Promise<readonly JobSavepoint[]> => {
  const found = await Promise.all(
    jobs.map(async (job) => ({ job, result: await findSavepoint(job, { rest, operation }) })),
  );
  const missing = new Set(found.flatMap(({ job, result }) => (result === undefined ? [job.jobId] : [])));
  const unready = await findUnreadyJobs(missing, overview, rest);
  const settled = overview.filter((job) => missing.has(job.jid) && (!unready.has(job.jid) || !mayWait));
  const lost = await findLostJobs(settled, hasLostState);
  const requested = found.map(({ job, result }) => ({
    job,
    result: lost.has(job.jobId) ? newLostResult(job, operation) : result,
  }));
  const ended = new Set(overview.filter(isTerminalJob).map(({ jid }) => jid));
  const isRequired = findStopData(operation)?.savepoint === 'required';
  const isHeld =
    (unready.size > 0 && (mayWait || isRequired)) ||
    (isRequired && requested.some(({ result }) => result?.status === 'failed'));
  return Promise.all(
    requested.map(async ({ job, result }): Promise<JobSavepoint> => {
      if (result !== undefined) return { job, result };
      if (unready.has(job.jobId) && !mayWait)
        return { job, result: { status: 'failed', cause: 'not all of its tasks are RUNNING' } };
      // The next observation records its end.
      if (isHeld || ended.has(job.jobId)) return { job, result: { status: 'not-requested' } };
      return { job, result: await stopWithSavepoint(job, { rest, operation }) };
    }),
  );
};

const findLostJobs = async (
  jobs: readonly JobOverview[],
  hasLostState: RequestOptions['hasLostState'],
): Promise<ReadonlySet<string>> => {
  const lost = await Promise.all(
    jobs.map(async (job) => (!isTerminalJob(job) && (await hasLostState(job)) ? [job.jid] : [])),
  );
  return new Set(lost.flat());
};

const newLostResult = (job: Job, operation: StoredOperation) => {
  const cause = describeLostState(job, findStopData(operation)?.savepointDirectory);
  return { status: 'failed', cause, hasLostState: true } as const;
};

/**
 * The savepoints of jobs whose end was recorded without one. Flink may show the last savepoint of a job some seconds late, and
 * answers at once about a request. Jobs that ended by themselves have none.
 */
export const findTakenSavepoints = async (jobs: readonly Job[], stop: Stop): Promise<readonly JobSavepoint[]> => {
  const found = await Promise.all(jobs.map(async (job) => ({ job, result: await findSavepoint(job, stop) })));
  return found.flatMap(({ job, result }) =>
    result === undefined || result.status === 'failed' ? [] : [{ job, result }],
  );
};

/** The status of a savepoint; undefined when it was not requested, or Flink has forgotten it. */
const findSavepoint = ({ jobId }: Job, { rest, operation }: Stop) =>
  failedIfRefused(ignoreNotFound(rest.getSavepoint(jobId, toStopTriggerId(operation.operationId, jobId))));

/** The jobs of which Flink refuses a savepoint now, because not all of their tasks are RUNNING. */
const findUnreadyJobs = async (
  jobIds: ReadonlySet<string>,
  overview: readonly JobOverview[],
  rest: FlinkRest,
): Promise<ReadonlySet<string>> => {
  const jobs = overview.filter(({ jid }) => jobIds.has(jid));
  const found = await Promise.all(jobs.map(async (job) => ((await rest.isWaitingForTasks(job)) ? [job.jid] : [])));
  return new Set(found.flat());
};

/** Stops a job with a savepoint. A repetition has the same trigger id, so Flink starts no second savepoint. */
const stopWithSavepoint = ({ jobId }: Job, { rest, operation }: Stop): Promise<SavepointStatus> => {
  const triggerId = toStopTriggerId(operation.operationId, jobId);
  const directory = findStopData(operation)?.savepointDirectory;
  const request = async () => {
    await rest.stopWithSavepoint(jobId, { triggerId, ...(directory === undefined ? {} : { directory }) });
    return rest.getSavepoint(jobId, triggerId);
  };
  return failedIfRefused(request());
};

const failedIfRefused = async <T>(answer: Promise<T>): Promise<T | Extract<SavepointStatus, { status: 'failed' }>> => {
  try {
    return await answer;
  } catch (error) {
    return { status: 'failed', cause: toFinalFault(error).message };
  }
};
