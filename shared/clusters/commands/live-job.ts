import { isTerminalJob, type Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { ClusterRecords, Store } from '#shared/clusters/ports/store.ts';

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
  if (isTerminalJob(job)) throw newEndedFault(job);
  return job;
};

/** The fault of a command for a job that has ended, which names the job that an apply has started in its place. */
export const newEndedFault = ({ jobId, clusterId, target, state, replacedBy }: Job): Fault => {
  const successor = replacedBy === undefined ? '' : ` Job ${replacedBy} has taken its place.`;
  return new Fault('wrong-state', `Job ${jobId} of cluster ${clusterId} in target ${target} is ${state}.${successor}`);
};

/**
 * One rescale or apply of a job at a time, because each restores what was before it.
 *
 * @throws Fault `not-ready`
 */
export const assertNotChanging = async (job: Job | undefined, store: Store): Promise<void> => {
  const ids = [job?.applyOperationId, job?.rescaleOperationId].filter((id) => id !== undefined);
  const open = (await store.operationsByIds(ids)).find((operation) => !isTerminalOperation(operation));
  if (job === undefined || open === undefined) return;
  const { operationId, kind } = open;
  const detail = `The ${kind} of operation ${operationId} changes job ${job.jobId}. Retry when it has ended.`;
  const reason = kind === 'apply-job' ? { reason: 'WaitingForRollout' } : {};
  throw new Fault('not-ready', detail, { ...reason, operationId, retryAfterSeconds: 15 });
};
