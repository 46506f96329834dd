import type { Cluster } from '#events/cluster.ts';
import type { NamedTarget } from '#events/target.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { observeJobsOf } from '#shared/clusters/jobs/observe-jobs.ts';
import { read } from '#shared/clusters/jobs/record-jobs.ts';
import { trackIdleness } from '#shared/clusters/lifetime/enforce-lifetime.ts';
import { applicationVerdict } from '#shared/clusters/model/job.ts';
import type { ListedCluster } from '#shared/clusters/model/reconcile-request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordCondition } from '#shared/clusters/store/progress.ts';
import { failCrashedApplication, stopEndedApplication } from '#shared/clusters/workflows/application.ts';

import { retryStop } from './retry-stop.ts';

/** Records what became of one cluster, and stops an application that is over. */
export const reconcileCluster = async (
  listedCluster: ListedCluster,
  target: NamedTarget,
  ports: Ports,
): Promise<void> => {
  const reading = await read({ target: target.name, clusterId: listedCluster.clusterId }, ports);
  const cluster = reading.cluster.value;
  if (cluster.state !== 'RUNNING') return retryStop(cluster, ports);
  // The list may be older than the record: what it lacks is asked for by name before anything ends.
  const deleted = listedCluster.uid !== cluster.uid && (await isGone(cluster, target, ports));
  if (deleted) return stopDeleted(cluster, ports);
  await noteHealth(cluster, listedCluster, ports);
  const observed = await observeJobsOf(reading, ports);
  const { jobs, reachable } = observed;
  await trackIdleness(cluster, observed, ports);
  if (cluster.mode !== 'application') return;
  const mayHaveCrashed = reachable === 'Unknown' && listedCluster.trouble !== undefined;
  if (mayHaveCrashed) await failCrashedApplication(cluster, target, ports);
  if (mayHaveCrashed || applicationVerdict(jobs) !== undefined) await stopEndedApplication(cluster, ports);
};

const isGone = async ({ clusterId, uid }: Cluster, target: NamedTarget, ports: Ports) => {
  const { deployment } = await ports.kubernetes(target).observe(clusterId);
  return deployment === undefined || deployment.uid !== uid || deployment.deleting;
};

const stopDeleted = async ({ target, clusterId, uid }: Cluster, ports: Ports) => {
  const data = { savepoint: 'none', ha: 'keep', reason: 'DeploymentDeleted' } as const;
  await accept(
    {
      kind: 'stop',
      target,
      clusterId,
      data,
      key: `deployment-deleted/${clusterId}/${uid ?? ''}`,
      origin: 'reconciler',
    },
    ports,
  );
  ports.log.info('cluster was deleted by hand', { target, clusterId });
};

/** Says that a pod is in trouble (ends again and again, finds no node …), and when it no longer is. */
const noteHealth = async (seen: Cluster, { trouble }: ListedCluster, ports: Ports): Promise<void> => {
  const wasTroubled = seen.conditions.some(({ type, status }) => type === 'Healthy' && status === 'False');
  if (trouble === undefined && !wasTroubled) return;
  const health =
    trouble === undefined
      ? ({ status: 'True', reason: 'NoTrouble', message: 'no pod of it is in trouble' } as const)
      : ({ status: 'False', ...trouble } as const);
  const isSame = (current: Cluster) => current.operationId === seen.operationId && current.state === 'RUNNING';
  await recordCondition(seen, 'Healthy', health, ports, isSame);
};
