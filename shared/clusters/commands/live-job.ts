import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * A job of a cluster that is not terminal. The jobs of the cluster are observed first.
 *
 * @throws Fault `not-found` for a job that the cluster does not have, `wrong-state` for a terminal job.
 */
export const getLiveJob = async (clusterRef: ClusterRef, jobId: string, ports: Ports): Promise<Job> => {
  const { target, clusterId } = clusterRef;
  await observeJobs(clusterRef, ports);
  const job = await ports.store.job(clusterRef, jobId);
  if (job === undefined) throw new Fault('not-found', `Cluster ${clusterId} in target ${target} has no job ${jobId}.`);
  if (isTerminalJob(job.value))
    throw new Fault('wrong-state', `Job ${jobId} of cluster ${clusterId} in target ${target} is ${job.value.state}.`);
  return job.value;
};
