import { isDeepStrictEqual } from 'node:util';

import type { Cluster, Condition } from '#events/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import { type DeployPhase, isTerminalOperation } from '#events/operation.ts';
import { withCondition } from '#shared/clusters/model/cluster.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { getCluster } from './read.ts';
import { isConflict, transact } from './transact.ts';

/** Keeps what was seen of a cluster, where that is news, and if the cluster `holds` still what it was seen of. */
export const recordCondition = (
  clusterRef: ClusterRef,
  type: Condition['type'],
  seen: Pick<Condition, 'status' | 'reason' | 'message'>,
  ports: Ports,
  holds: (current: Cluster) => boolean = () => true,
): Promise<void> =>
  transact(ports, async () => {
    const { value, version } = await getCluster(clusterRef, ports.store);
    const next = holds(value) ? withCondition(value, type, seen, ports.now()) : value;
    return next === value
      ? { result: undefined }
      : { change: { cluster: { value: next, previous: version } }, result: undefined };
  });

/** Says what the operation waits for, and what it has reached. Only for people to read: when somebody else wrote meanwhile, theirs is newer. */
export const recordPhase = async (
  operation: Versioned<StoredOperation>,
  phase: string,
  { store, now }: Ports,
  phases: readonly DeployPhase[] = [],
): Promise<void> => {
  const { phase: known, phases: reached = [] } = operation.value;
  if (isTerminalOperation(operation.value)) return;
  if (known === phase && (phases.length === 0 || isDeepStrictEqual(reached, phases))) return;
  try {
    await store.commit({
      operations: [transitionOperation(operation, { state: 'IN_PROGRESS', phase, phases }, now())],
    });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
};
