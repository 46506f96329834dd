import { ApiError } from '../../api/client/problem.ts';
import type { Cluster, Job, Operation } from '../../api/types.ts';

/** Why a cluster or a job of it failed, and where a reader finds more. */
export interface Failure {
  readonly title: string;
  readonly reason?: string | undefined;
  readonly message: string;
  readonly wayOut: string;
  /** Whether Flink ran, so that its log tells more. */
  readonly hasLog: boolean;
  /** Whether a job ran, so that Flink may have exceptions of it. */
  readonly hasExceptions: boolean;
}

const restartHint = 'Fix the cause, then choose Deploy again.';

/**
 * The cause of the failure of a cluster, or of the jobs of a live one. The program of an application says more than its
 * cluster, and a failed job more than that.
 *
 * @param operation The deploy of the incarnation.
 */
export const findFailure = (
  cluster: Cluster,
  jobs: readonly Job[],
  operation: Operation | undefined,
): Failure | undefined => {
  const failedJobs = jobs.filter(({ state }) => state === 'FAILED' || state === 'FAILING' || state === 'RESTARTING');
  if (cluster.state === 'FAILED')
    return { ...describeCluster(cluster, failedJobs, operation), hasExceptions: jobs.length > 0 };
  const unreachable = cluster.conditions.find(
    ({ type, status }) => status === 'False' && (type === 'Reachable' || type === 'Healthy'),
  );
  if (cluster.state === 'RUNNING' && unreachable !== undefined)
    return {
      title: unreachable.type === 'Reachable' ? 'Flink does not respond' : 'The cluster is unhealthy',
      reason: unreachable.reason,
      message: unreachable.message,
      wayOut: 'Drey observes the cluster each minute. If it does not recover, read the log.',
      hasLog: true,
      hasExceptions: jobs.length > 0,
    };
  const [job, ...others] = failedJobs;
  if (cluster.state !== 'RUNNING' || job === undefined) return undefined;
  return {
    title: `Job ${job.name} is ${job.state}`,
    message: [
      job.message ?? 'Flink has reported no cause.',
      ...others.slice(0, maxOthers).map(({ name, state }) => `Job ${name} is ${state}.`),
    ].join('\n'),
    wayOut: 'See the exceptions of the job and the log.',
    hasLog: true,
    hasExceptions: true,
  };
};

/** The table of jobs has all. */
const maxOthers = 5;

const describeCluster = (
  { clusterId, reason, message, program, uid }: Cluster,
  failedJobs: readonly Job[],
  operation: Operation | undefined,
): Omit<Failure, 'hasExceptions'> => {
  const problem = operation?.state === 'FAILED' ? operation.problem : undefined;
  const cause = failedJobs.find((job) => job.message !== undefined)?.message;
  const texts = [...new Set([message, program?.message, problem?.detail, cause].filter((text) => text !== undefined))];
  return {
    title: `Cluster ${clusterId} failed`,
    reason: reason ?? problem?.reason,
    message:
      texts.filter((text) => !texts.some((other) => other !== text && other.includes(text))).join('\n') ||
      'No message is known.',
    wayOut: (problem && new ApiError(problem).wayOut) ?? restartHint,
    hasLog: uid !== undefined && hasStarted(operation),
  };
};

/** Reasons of Kubernetes for a container that never ran. */
const neverRan = /Image|Unschedulable|Quota|FailedCreate|ContainerConfig/;

/** Whether the JobManager ran. The phases of one that crashes do not say so. */
const hasStarted = (operation: Operation | undefined): boolean =>
  operation?.state !== 'FAILED' || !neverRan.test(operation.problem?.reason ?? '');
