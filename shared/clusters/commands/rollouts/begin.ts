import type { Cluster } from '#events/records/cluster.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { RolloutResult } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { reviseInPlace } from '#shared/clusters/model/in-place.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { listRolloutEvents, newRolloutResult, withNextRollout, withProgress } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import type { PlannedRollout } from './plan-rollout.ts';
import { supersedeRollout, supersedeWaiting } from './supersede.ts';

/** The write of the operation of a rollout. */
interface OperationWrite {
  readonly value: StoredOperation;
  /** Undefined: the operation is new. */
  readonly previous: number | undefined;
}

interface Beginning {
  readonly operation: OperationWrite;
  readonly cluster: Versioned<Cluster> | undefined;
  readonly planned: PlannedRollout;
  readonly target: NamedTarget;
}

/** The result of a planned rollout when it begins. */
export const newPlannedResult = (
  { request: { data }, inPlace }: PlannedRollout,
  {
    revision,
    at,
    waited,
  }: { readonly revision: number | undefined; readonly at: Date; readonly waited?: RolloutResult },
): RolloutResult =>
  newRolloutResult({
    from: data.from === undefined ? undefined : revision,
    specOf: data.spec?.number,
    rescale: inPlace?.class === 'rescale' ? data.rescale : undefined,
    class: inPlace?.class,
    at,
    waited,
  });

/** The operation of a rollout after it has begun, and the write that begins it. */
interface Begun {
  readonly operation: StoredOperation;
  readonly change: Change;
}

/**
 * Begins a planned rollout: its operation, and the lock in the record of its cluster, if there is one. It takes the place of
 * what the cluster was in, or waited for.
 */
export const beginRollout = (
  { operation, cluster, planned: { inPlace, isCurrent }, target }: Beginning,
  { store }: Pick<Ports, 'store'>,
): Promise<Begun> => {
  if (cluster === undefined) return lockCluster(operation, cluster, { store });
  // A rollback to what runs only ends the rollout that would have changed that.
  if (isCurrent) return endAtOnce(operation, cluster, { end: (freed) => ({ cluster: freed }), store });
  if (inPlace?.class !== 'none') return lockCluster(operation, cluster, { store });
  const { value } = operation;
  const change = { ...inPlace, target, now: new Date(value.updatedAt) };
  return endAtOnce(operation, cluster, { end: (freed) => reviseInPlace(freed, change, value), store });
};

const lockCluster = async (
  operation: OperationWrite,
  cluster: Versioned<Cluster> | undefined,
  ports: Pick<Ports, 'store'>,
): Promise<Begun> => {
  const { value } = operation;
  if (cluster === undefined)
    return {
      operation: value,
      change: { operations: [operation], events: listRolloutEvents(value, { labels: {} }) },
    };
  const { cluster: freed, operations, events, ...released } = await supersedeRollout(cluster.value, value, ports);
  return {
    operation: value,
    change: {
      cluster: { value: withProgress(freed, value, new Date(value.updatedAt)), previous: cluster.version },
      operations: [operation, ...operations],
      events: [...listRolloutEvents(value, cluster.value), ...events],
      ...released,
    },
  };
};

interface FreedCluster {
  readonly cluster: Cluster;
  readonly revision?: StoredRevision;
}

/**
 * The records of a rollout that nothing which runs takes part in, so that its operation has ended with them.
 *
 * @param end What the rollout makes of the cluster, which is in no other rollout then.
 */
const endAtOnce = async (
  { value, previous }: OperationWrite,
  cluster: Versioned<Cluster>,
  { end, store }: { readonly end: (freed: Cluster) => FreedCluster } & Pick<Ports, 'store'>,
): Promise<Begun> => {
  const { cluster: freed, operations, events, ...released } = await supersedeRollout(cluster.value, value, { store });
  const { cluster: ended, revision } = end(freed);
  const rollout = value.rollout && { ...value.rollout, ...omitUndefined({ to: ended.revision }) };
  const operation: StoredOperation = { ...value, state: 'SUCCEEDED', ...omitUndefined({ rollout }) };
  return {
    operation,
    change: {
      cluster: { value: ended, previous: cluster.version },
      operations: [{ value: operation, previous }, ...operations],
      revisions: revision === undefined ? [] : [{ value: revision, previous: undefined }],
      events: [...listRolloutEvents(operation, ended), ...events],
      ...released,
    },
  };
};

/** Records a rollout that waits for the end of the one in progress. It takes the place of another one that waits. */
export const queueRollout = async (
  operation: StoredOperation,
  { value: cluster, version }: Versioned<Cluster>,
  ports: Pick<Ports, 'store'>,
): Promise<Begun> => {
  const { cluster: freed, operations, events } = await supersedeWaiting(cluster, operation, ports);
  return {
    operation,
    change: {
      cluster: { value: withNextRollout(freed, operation), previous: version },
      operations: [{ value: operation, previous: undefined }, ...operations],
      events: [...listRolloutEvents(operation, cluster), ...events],
    },
  };
};
