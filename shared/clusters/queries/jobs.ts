import { hasIncarnation } from '#events/records/cluster-states.ts';
import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

/** One job, as Flink has it now. @throws Fault `not-found` for the cluster or the job. */
export const readJob = async (jobRef: ClusterRef & Pick<Job, 'jobId'>, ports: Ports): Promise<Job> => {
  const { target, clusterId, jobId } = jobRef;
  const { jobs } = await observeJobs({ target, clusterId }, ports);
  const job = jobs.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) throw new Fault('not-found', `Cluster ${clusterId} in target ${target} has no job ${jobId}.`);
  return job;
};

interface LogOptions {
  readonly lines: number;
  /** Whether to read the container before the last restart. */
  readonly previous: boolean;
}

/**
 * The last lines of the JobManager's log.
 *
 * @throws Fault `not-found` for the cluster, or without such a container; `wrong-state` when
 * it was removed with the cluster.
 */
export const readLog = async (clusterRef: ClusterRef, options: LogOptions, ports: Ports): Promise<string> => {
  const { target, clusterId } = clusterRef;
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  const log = await ports.kubernetes(await ports.targets.get(target)).readLog(clusterId, options);
  if (log === undefined && !hasIncarnation(cluster))
    throw new Fault(
      'wrong-state',
      `Cluster ${clusterId} in target ${target} is ${cluster.state} since ${cluster.updatedAt}. Its log was removed with its JobManager.`,
    );
  if (log === undefined) {
    const container = options.previous ? 'JobManager container from before a restart' : 'JobManager container';
    throw new Fault(
      'not-found',
      `Cluster ${clusterId} in target ${target} is ${cluster.state}, and has no ${container}.`,
    );
  }
  return log;
};
