import { toOwnKey } from '#events/idempotency-key.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { dreyPrincipals } from '#events/principal.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { stop } from '#shared/clusters/commands/stop.ts';
import { trackIdleness } from '#shared/clusters/lifetime/idle-sessions.ts';
import { recordRescales } from '#shared/clusters/jobs/record-rescales.ts';
import { findApplicationVerdict } from '#shared/clusters/model/job.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { failCrashedApplication, stopEndedApplication } from '#shared/clusters/workflows/application.ts';

import { isolate } from '#shared/clusters/ports/isolation.ts';
import type { ClusterObservation } from './observe-cluster.ts';
import { takeDueSnapshots } from './take-due-snapshots.ts';
import { clearFailedStop } from './stalled/retry-stop.ts';

/**
 * Acts on what was observed of a live cluster: stops it when its Deployment was deleted, ends it when it is idle for too
 * long, or stops it when its program has ended.
 */
export const reconcileCluster = async (
  observation: ClusterObservation,
  target: NamedTarget,
  ports: Ports,
): Promise<void> => {
  switch (observation.status) {
    case 'not-running':
      return; // Its operation continues it.
    case 'deleted':
      // A rollout finds that the Deployment is gone by itself, and keeps the state of the cluster.
      return observation.cluster.rollout === undefined ? stopDeletedCluster(observation.cluster, ports) : undefined;
    case 'running':
      if (observation.jobs.reachable === 'True')
        await clearFailedStop(observation.cluster, observation.jobs.jobs, ports);
      await trackIdleness(observation.cluster, observation.jobs, ports);
      await publishRescales(observation, ports);
      await takeSnapshots(observation, ports);
      if (observation.cluster.mode === 'application') await reconcileApplication(observation, target, ports);
  }
};

/** Keeps the high-availability data, because the caller may have deleted the Deployment to recover from it. */
const stopDeletedCluster = async ({ target, clusterId, uid }: Cluster, ports: Ports): Promise<void> => {
  const data = { savepoint: 'none', ha: 'keep', reason: 'DeploymentDeleted' } as const;
  const key = toOwnKey('deployment-deleted', clusterId, uid ?? '');
  const { reconcile: principal } = dreyPrincipals;
  await accept(stop, { kind: 'stop', target, clusterId, data, key, origin: 'reconciler', principal }, ports);
  ports.log.info('deleted cluster stopped', { target, clusterId });
};

/** The history of rescales is lost with an ended application, so it is read before. */
const publishRescales = ({ cluster, jobs }: RunningCluster, ports: Ports): Promise<void> => {
  const { target, clusterId } = cluster;
  return isolate({ message: 'record of rescales failed', fields: { target, clusterId }, ports }, () =>
    recordRescales(cluster, jobs, ports),
  );
};

const takeSnapshots = ({ cluster, jobs }: RunningCluster, ports: Ports): Promise<void> => {
  const { target, clusterId } = cluster;
  return isolate({ message: 'scheduled snapshots failed', fields: { target, clusterId }, ports }, async () => {
    if (jobs.reachable === 'True') await takeDueSnapshots(cluster, jobs.jobs, ports);
  });
};

type RunningCluster = Extract<ClusterObservation, { readonly status: 'running' }>;

/** Whether the program of an application has ended. */
export const hasProgramEnded = ({ cluster, jobs: { jobs, program = cluster.program } }: RunningCluster): boolean =>
  findApplicationVerdict({ program }, jobs) !== undefined;

const reconcileApplication = async (observation: RunningCluster, target: NamedTarget, ports: Ports): Promise<void> => {
  const { cluster, jobs, isTroubled } = observation;
  const mayHaveCrashed = jobs.reachable === 'Unknown' && isTroubled;
  if (mayHaveCrashed) await failCrashedApplication(cluster, target, ports);
  if (mayHaveCrashed || hasProgramEnded(observation)) await stopEndedApplication(cluster, ports);
};
