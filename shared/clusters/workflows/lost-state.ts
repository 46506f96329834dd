import type { Job } from '#events/records/job.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import { statisticsAgeMs } from '#shared/flink/rest/last-checkpoints.ts';

/** The reason of the problem when a job runs without the state that its savepoint was to have. */
export const jobLostState = 'JobLostState';

export const toStartTime = (job: JobOverview): string => new Date(job['start-time']).toISOString();

/** @param startTime When Flink had started the job, before it was asked to end it. Undefined: that is not recorded. */
export const hasStartedSince = (job: JobOverview, startTime: string | undefined): boolean =>
  startTime !== undefined && startTime !== toStartTime(job);

/** The IDs of the jobs that Flink has started again since it was asked to end them. See {@link hasStartedSince}. */
export const findStartedAgain = (
  overview: readonly JobOverview[],
  findStartTime: (jobId: string) => string | undefined,
): ReadonlySet<string> =>
  new Set(overview.flatMap((job) => (hasStartedSince(job, findStartTime(job.jid)) ? [job.jid] : [])));

/**
 * Whether a job of an application that {@link hasStartedSince} has started from the beginning. Flink deletes the high-availability
 * data of a job that has ended. If the JobManager dies then, the next one has forgotten the savepoint and runs main() again, and
 * a second savepoint would lack the state of the job.
 *
 * @see Flink 2.3 `ApplicationDispatcherBootstrap`, `job-result-store.delete-on-commit`
 */
export const hasLostState = async (
  { jid }: JobOverview,
  rest: FlinkRest,
  { sleep }: Pick<Ports, 'sleep'>,
): Promise<boolean> => {
  if (await rest.isRecovered(jid)) return false;
  // The answer may be from before the job has recovered.
  await sleep(2 * statisticsAgeMs);
  return !(await rest.isRecovered(jid));
};

/** Flink names a savepoint after the first digits of the ID of its job. */
const idLength = 6;

/** Why a job has no savepoint after {@link hasLostState}, and where its state may be. */
export const describeLostState = ({ jobId }: Pick<Job, 'jobId'>, directory: string | undefined): string =>
  `Its JobManager restarted after the stop had begun, and Flink started the job from the beginning, so another savepoint would lack its state. If Flink completed the savepoint before, it is the newest savepoint-${jobId.slice(0, idLength)}-* in ${directory ?? 'the savepoint directory of the job'}: start from it with job.restore.path.`;
