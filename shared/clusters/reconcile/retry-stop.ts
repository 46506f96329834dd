import type { Cluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { jobsOfIncarnation } from '#shared/clusters/model/job.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** Between a stop that failed and the next try. */
const againMs = 5 * 60_000;

/** Stops a cluster again whose stop has failed: nobody else would end what is half removed. */
export const retryStop = async (cluster: Cluster, ports: Ports): Promise<void> => {
  const { target, clusterId, stopOperationId } = cluster;
  if (cluster.state !== 'STOPPING' || stopOperationId === undefined) return;
  const earlier = (await getOperation(stopOperationId, ports.store)).value;
  if (!isTerminalOperation(earlier) || ports.now().getTime() - Date.parse(earlier.updatedAt) < againMs) return;
  const asked = requestOf(earlier, 'stop')?.data;
  const live = jobsOfIncarnation(cluster, await ports.store.jobs(cluster)).some((job) => !isTerminalJob(job));
  // Its savepoints are taken, or were given up. Required ones are not: what may still run is not removed without them.
  const data = {
    ha: 'keep',
    ...asked,
    savepoint: asked?.savepoint === 'required' && live && (await isUp(cluster, ports)) ? 'required' : 'none',
  } as const;
  await accept(
    { kind: 'stop', target, clusterId, data, key: `stop-again/${clusterId}/${stopOperationId}`, origin: 'reconciler' },
    ports,
  );
};

/** Whether there is still something that a savepoint could be taken of. @throws Fault when that cannot be told. */
const isUp = async ({ target, clusterId, uid }: Cluster, ports: Ports): Promise<boolean> => {
  const { deployment } = await ports.kubernetes(await ports.targets.get(target)).observe(clusterId);
  return deployment?.deleting === false && deployment.uid === uid;
};
