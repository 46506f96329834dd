import type { Cluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { isDeploymentOf } from '#shared/clusters/model/kubernetes.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** The pause between a stop that failed and the next one. */
const retryAfterMs = 5 * 60_000;

/**
 * Stops a cluster again when its stop has failed, because nothing else removes what is left of it. A required savepoint
 * is still taken when a job may run; otherwise there is nothing left to save. The stop is still that of its caller.
 */
export const retryStop = async (cluster: Cluster, ports: Ports): Promise<void> => {
  const { target, clusterId, stopOperationId } = cluster;
  if (cluster.state !== 'STOPPING' || stopOperationId === undefined) return;
  const failedStop = (await getOperation(stopOperationId, ports.store)).value;
  if (!isTerminalOperation(failedStop) || ports.now().getTime() - Date.parse(failedStop.updatedAt) < retryAfterMs)
    return;
  const request = findRequest(failedStop, 'stop')?.data;
  const hasLiveJob = selectIncarnationJobs(cluster, await ports.store.jobs(cluster)).some((job) => !isTerminalJob(job));
  const needsSavepoint = request?.savepoint === 'required' && hasLiveJob && (await isDeployed(cluster, ports));
  const data = { ha: 'keep', ...request, savepoint: needsSavepoint ? 'required' : 'none' } as const;
  const key = `stop-again/${clusterId}/${stopOperationId}`;
  const { principal } = failedStop;
  await accept({ kind: 'stop', target, clusterId, data, key, origin: 'reconciler', principal }, ports);
};

/** @throws Fault when the API server does not answer: jobs with state may still run. */
const isDeployed = async (cluster: Cluster, ports: Ports): Promise<boolean> => {
  const target = await ports.targets.get(cluster.target);
  return isDeploymentOf(cluster, (await ports.kubernetes(target).observe(cluster.clusterId)).deployment);
};
