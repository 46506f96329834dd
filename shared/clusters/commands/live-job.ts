import { isTerminalJob, type Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';

/**
 * A job of a cluster that is not terminal. The jobs of the cluster are observed first.
 *
 * @param records The records of the cluster, which have just been read.
 * @throws Fault `not-found` for a job that the cluster does not have, `wrong-state` for a terminal job.
 */
export const getLiveJob = async (records: ClusterRecords, jobId: string, ports: Ports): Promise<Job> => {
  const { target, clusterId } = records.cluster.value;
  const { jobs } = await updateJobs(records, ports);
  const known = [...jobs, ...records.jobs.map(({ value }) => value)];
  const job = known.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) throw new Fault('not-found', `Cluster ${clusterId} in target ${target} has no job ${jobId}.`);
  if (isTerminalJob(job))
    throw new Fault('wrong-state', `Job ${jobId} of cluster ${clusterId} in target ${target} is ${job.state}.`);
  return job;
};
