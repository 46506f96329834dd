import { isDeepStrictEqual } from 'node:util';

import type { Cluster } from '#events/records/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import { type DeployPhase, isTerminalOperation } from '#events/records/operation.ts';
import { type ConditionUpdate, withCondition } from '#shared/clusters/model/cluster.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { getCluster } from './read.ts';
import { isConflict, transact } from './transact.ts';

interface ConditionOptions {
  readonly condition: ConditionUpdate;
  /** Whether the condition still describes the current record of the cluster. */
  readonly onlyIf?: (current: Cluster) => boolean;
}

/**
 * Records what was observed of a cluster, if that is new.
 *
 * @throws Fault `not-found` for a cluster without a record, `conflict` when concurrent writes won each time.
 */
export const recordCondition = (
  clusterRef: ClusterRef,
  { condition, onlyIf = () => true }: ConditionOptions,
  ports: Ports,
): Promise<void> =>
  transact(ports, async () => {
    const { value, version } = await getCluster(clusterRef, ports.store);
    const next = onlyIf(value) ? withCondition(value, condition, ports.now()) : value;
    return next === value
      ? { result: undefined }
      : { change: { cluster: { value: next, previous: version } }, result: undefined };
  });

interface PhaseOptions {
  /** What a deploy has reached. An empty list leaves the recorded phases unchanged. */
  readonly phases?: readonly DeployPhase[];
}

/**
 * Records what an operation waits for. A concurrent write wins, because a phase only informs people.
 *
 * @param phase A sentence for people.
 */
export const recordPhase = async (
  operation: Versioned<StoredOperation>,
  phase: string,
  { store, now }: Ports,
  { phases = [] }: PhaseOptions = {},
): Promise<void> => {
  const { phase: recordedPhase, phases: recordedPhases = [] } = operation.value;
  if (isTerminalOperation(operation.value)) return;
  if (recordedPhase === phase && (phases.length === 0 || isDeepStrictEqual(recordedPhases, phases))) return;
  try {
    await store.commit({
      operations: [transitionOperation(operation, { state: 'IN_PROGRESS', phase, phases }, now())],
    });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
};
