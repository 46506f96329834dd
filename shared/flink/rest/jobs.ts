import * as z from 'zod';

import { isHexId } from '#events/hex-id.ts';
import { isTerminalJob, JobState } from '#events/records/job.ts';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import {
  ignoreNotFound,
  isSuccess,
  parseResponse,
  readCauses,
  toJobNotFound,
  toStatusFault,
} from '#shared/flink/rest/transport/faults.ts';
import { readRootCause } from './exceptions.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier, Text, Time } from '#shared/flink/rest/transport/values.ts';

const JobOverview = z.object({
  jid: z.string(),
  name: Text,
  state: JobState,
  'start-time': Time,
  /** -1 while the job runs. */
  'end-time': Time,
  /** The number of tasks in each state, in lower case, and of all tasks (`total`). */
  tasks: z.record(z.string(), z.int()),
  /** `Adaptive`, for example. Flink 2.3 and later report it. */
  schedulerType: Identifier.nullish(),
});
export type JobOverview = Readonly<z.infer<typeof JobOverview>>;

const JobsOverview = z.object({ jobs: z.array(JobOverview) });
const JobStatus = z.object({ status: JobState });
/** Flink 1.20 does not report the type. */
const JobDetails = z.object({ 'job-type': z.string().nullish() });

const JobMetrics = z.array(
  z.object({
    id: z.string(),
    value: z
      .string()
      .nullish()
      .transform((value) => value ?? undefined),
  }),
);

type CancelOutcome =
  | { readonly status: 'accepted' }
  /** The job had already ended in this state. */
  | { readonly status: 'ended'; readonly state: JobState };

/** The state of a job, or undefined when Flink does not have the job. */
export const getJobState = async ({ send }: RestClient, jobId: string): Promise<JobState | undefined> => {
  const response = await send({ method: 'GET', path: urlPath`/v1/jobs/${jobId}/status` });
  // Flink 2.2 answers this path with 500 for a job that it does not have.
  const isUnknown = readCauses(response).some(({ name }) => name === 'FlinkJobNotFoundException');
  if (isUnknown || response.status === 404) return undefined;
  return parseResponse(response, JobStatus, 'GET /v1/jobs/:jobid/status').status;
};

const listJobs = async ({ get }: RestClient, onIgnored: (count: number) => void): Promise<readonly JobOverview[]> => {
  const { jobs } = await get('/v1/jobs/overview', JobsOverview);
  const byId = new Map(jobs.filter(({ jid }) => isHexId(jid)).map((job) => [job.jid, job]));
  if (byId.size < jobs.length) onIgnored(jobs.length - byId.size);
  return [...byId.values()];
};

const countRestarts = async ({ get }: RestClient, jobId: string): Promise<number | undefined> => {
  const path = urlPath`/v1/jobs/${jobId}/metrics`;
  const metrics = await ignoreNotFound(get(`${path}?get=numRestarts`, JobMetrics));
  const value = metrics?.find(({ id }) => id === 'numRestarts')?.value;
  return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
};

/** The part of Flink's REST API that reads and cancels jobs. */
export const createJobMethods = (client: RestClient) => ({
  /**
   * Every job that the JobManager has, including those that have ended. A program can change what its JobManager reports:
   * jobs whose ID is none of Flink, or repeats, are left out.
   *
   * @param onIgnored Receives the number of jobs that are left out, if there are some.
   */
  listJobs: (onIgnored: (count: number) => void = () => {}) => listJobs(client, onIgnored),

  /**
   * Whether Flink refuses a savepoint of the job now and may take one later, because some of its tasks do not run yet.
   * That is so after a start, and while the job restarts or rescales. The result is false for a batch job: its tasks
   * never all run, and Flink never takes a savepoint of it.
   *
   * @see Flink 2.2 `DefaultCheckpointPlanCalculator`. The overview has the current state; `/jobs/:jobid` has a state
   *   that is up to `web.refresh-interval` old.
   */
  isWaitingForTasks: async (job: JobOverview): Promise<boolean> =>
    !isTerminalJob(job) && !areTasksRunning(job) && !(await isBatch(client, job.jid)),

  /**
   * Requests the cancellation of a job. The result does not wait for the end of the job.
   *
   * @throws Fault `not-found` when Flink does not have the job.
   */
  cancelJob: async (jobId: string): Promise<CancelOutcome> => {
    const path = urlPath`/v1/jobs/${jobId}`;
    const response = await client.send({ method: 'PATCH', path: `${path}?mode=cancel` });
    if (response.status === 404) throw toJobNotFound(jobId, response);
    if (response.status === 409) {
      const state = await getJobState(client, jobId);
      if (state === undefined) throw toJobNotFound(jobId, response);
      return { status: 'ended', state };
    }
    if (!isSuccess(response)) throw toStatusFault(response, `PATCH ${path}`);
    return { status: 'accepted' };
  },

  /** How often Flink has restarted a job. Undefined when it does not have the job, or does not report the number yet. */
  countRestarts: (jobId: string) => countRestarts(client, jobId),

  /**
   * Why a job failed, in one line: `ArithmeticException: / by zero`. Undefined when the job did not fail.
   *
   * @throws Fault `not-found` when Flink does not have the job.
   */
  getRootCause: (jobId: string): Promise<string | undefined> =>
    readRootCause(client, urlPath`/v1/jobs/${jobId}/exceptions`),
});

/** A job that waits for its resources has no tasks yet. Flink also takes savepoints after some tasks have finished. */
const areTasksRunning = ({ state, tasks: { total = 0, running = 0, finished = 0 } }: JobOverview): boolean =>
  state === 'RUNNING' && total > 0 && running + finished === total;

const isBatch = async ({ get }: RestClient, jobId: string): Promise<boolean> =>
  (await ignoreNotFound(get(urlPath`/v1/jobs/${jobId}`, JobDetails)))?.['job-type'] === 'BATCH';
