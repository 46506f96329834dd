import type { StateSource } from '#events/http/plans.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findStartState, toAgeSeconds } from '#shared/clusters/restore/start-state.ts';

import { planLastState } from './last-state.ts';
import type { PlannedApply } from './planned-apply.ts';

interface StateOptions {
  readonly ports: Pick<Ports, 'store' | 'kubernetes' | 'now'>;
  readonly isHighlyAvailable: boolean;
}

/**
 * Where the state comes from after an apply.
 *
 * @param restore The state that the spec names, and its path where that is known.
 */
export const planState = async (
  { cluster, clusterId, target, options, keepsRunning }: PlannedApply,
  restore: { readonly path?: string | undefined } | undefined,
  { ports, isHighlyAvailable }: StateOptions,
): Promise<StateSource> => {
  if (cluster === undefined || isTerminalCluster(cluster)) {
    const clusterRef = { target: target.name, clusterId };
    return findStartState({ clusterRef, ended: cluster, restore, isHighlyAvailable }, ports);
  }
  if (keepsRunning) return { source: 'running' };
  if (options.state === 'none')
    return restore === undefined
      ? { source: 'none', dropped: true }
      : { source: 'restore', dropped: true, ...omitUndefined({ path: restore.path }) };
  if (!hasIncarnation(cluster)) return findSuspendedState(cluster, ports.now());
  const { state: source, fallback } = options;
  return { source, ...omitUndefined({ fallback, lastState: await planLastState(cluster, target, ports) }) };
};

/** The state of a cluster that does not run, and is to start again. */
const findSuspendedState = ({ mode, snapshot }: Cluster, now: Date): StateSource => {
  if (snapshot === undefined) return { source: mode === 'session' ? 'snapshot' : 'none' };
  const { kind, path, at } = snapshot;
  return { source: 'snapshot', kind, path, at, ageSeconds: toAgeSeconds(at, now) };
};
