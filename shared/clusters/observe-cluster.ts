import type { Cluster, NamedTarget } from '#events/model.ts';

import { accept } from './accept.ts';
import { endApplication, failCrashed } from './application.ts';
import type { Sighting } from './look.ts';
import { keepIdleness } from './keep-lifetime.ts';
import { observeJobsOf, read } from './observe-jobs.ts';
import type { Ports } from './ports.ts';
import { noteCondition } from './records.ts';
import { stopAgain } from './redrive.ts';
import { verdictOf } from './state.ts';

/** Records what became of one cluster, and stops an application that is over. */
export const observeCluster = async (
  sighting: Sighting,
  target: NamedTarget,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> => {
  const reading = await read({ target: target.name, clusterId: sighting.clusterId }, ports);
  const cluster = reading.cluster.value;
  if (cluster.state !== 'RUNNING') return stopAgain(cluster, ports, signal);
  // The list may be older than the record: what it lacks is asked for by name before anything ends.
  const deleted = sighting.uid !== cluster.uid && (await isGone(cluster, target, ports, signal));
  if (deleted) return stopDeleted(cluster, ports, signal);
  await noteHealth(cluster, sighting, ports);
  const observed = await observeJobsOf(reading, ports, signal);
  const { jobs, reachable } = observed;
  await keepIdleness(cluster, observed, ports, signal);
  if (cluster.mode !== 'application') return;
  const mayHaveCrashed = reachable === 'Unknown' && sighting.trouble !== undefined;
  if (mayHaveCrashed) await failCrashed(cluster, target, ports, signal);
  if (mayHaveCrashed || verdictOf(jobs) !== undefined) await endApplication(cluster, ports, signal);
};

const isGone = async ({ clusterId, uid }: Cluster, target: NamedTarget, ports: Ports, signal: AbortSignal) => {
  const { deployment } = await ports.kubernetes(target).observe(clusterId, signal);
  return deployment === undefined || deployment.uid !== uid || deployment.deleting;
};

const stopDeleted = async ({ target, clusterId, uid }: Cluster, ports: Ports, signal: AbortSignal) => {
  const data = { savepoint: 'none', ha: 'keep', reason: 'DeploymentDeleted' } as const;
  await accept(
    { kind: 'stop', target, clusterId, data, key: `deployment-deleted/${clusterId}/${uid ?? ''}`, door: 'observer' },
    ports,
    signal,
  );
  ports.log.info('cluster was deleted by hand', { target, clusterId });
};

/** Says that a pod is in trouble (ends again and again, finds no node …), and when it no longer is. */
const noteHealth = async (seen: Cluster, { trouble }: Sighting, ports: Ports): Promise<void> => {
  const wasTroubled = seen.conditions.some(({ type, status }) => type === 'Healthy' && status === 'False');
  if (trouble === undefined && !wasTroubled) return;
  const health =
    trouble === undefined
      ? ({ status: 'True', reason: 'NoTrouble', message: 'no pod of it is in trouble' } as const)
      : ({ status: 'False', ...trouble } as const);
  const isSame = (current: Cluster) => current.operationId === seen.operationId && current.state === 'RUNNING';
  await noteCondition(seen, 'Healthy', health, ports, isSame);
};
