import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** One job, as Flink has it now. @throws Fault `not-found` for the cluster or the job. */
export const readJob = async (jobRef: ClusterRef & Pick<Job, 'jobId'>, ports: Ports): Promise<Job> => {
  const { target, clusterId, jobId } = jobRef;
  const { jobs } = await observeJobs({ target, clusterId }, ports);
  const job = jobs.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) throw new Fault('not-found', `Cluster ${clusterId} in target ${target} has no job ${jobId}.`);
  return job;
};
