import { Fault } from '#events/problems/problem.ts';
import { dreyPrincipals } from '#events/principal.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { findSessionReason } from '#shared/clusters/admission/pending.ts';
import type { QueueHead } from '#shared/clusters/model/admission/queue.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { forEachConcurrently, isolate } from '#shared/clusters/ports/isolation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

interface QueueOfTarget {
  readonly target: string;
  readonly head: QueueHead;
  /** The clusters that run or start. */
  readonly clusters: readonly Cluster[];
}

/**
 * Compares the admission queue of a target with its open operations: corrects its approximate size, measures it, and fails
 * submits whose session has ended. An admission pass reads only the first commands of a long queue.
 */
export const reconcileQueue = async (
  operations: readonly StoredOperation[],
  { target, head, clusters }: QueueOfTarget,
  ports: Ports,
): Promise<void> => {
  const queued = operations.filter(({ state }) => state === 'QUEUED');
  if (queued.length !== head.approximateSize) await ports.store.updateApproximateSize(target, { to: queued.length });
  measureQueue(queued, head, ports);
  const live = new Set(clusters.map(({ clusterId }) => clusterId));
  const orphans = queued.filter(({ kind, clusterId }) => kind === 'submit' && !live.has(clusterId));
  const sessions = Map.groupBy(orphans, ({ clusterId }) => clusterId);
  await forEachConcurrently([...sessions], ([clusterId, submits]) => {
    const fields = { target, clusterId };
    return isolate({ message: 'end of queued submits failed', fields, ports }, () => endIfSessionEnded(submits, ports));
  });
};

/** A pause is a choice, so a paused queue has no age. */
const measureQueue = (queued: readonly StoredOperation[], { paused }: QueueHead, { metrics, now }: Ports): void => {
  const [first] = queued;
  if (first === undefined) return;
  const fields = { target: first.target };
  metrics.record('QueuedCommands', { value: queued.length, fields });
  const oldestMs = Math.min(...queued.map(({ createdAt }) => Date.parse(createdAt)));
  if (paused === undefined)
    metrics.record('OldestQueuedCommandSeconds', { value: (now().getTime() - oldestMs) / 1000, fields });
};

/** @param submits Those of one session. */
const endIfSessionEnded = async (submits: readonly StoredOperation[], ports: Ports): Promise<void> => {
  const [first] = submits;
  const cluster = first === undefined ? undefined : (await ports.store.cluster(first))?.value;
  if (cluster === undefined) return;
  try {
    findSessionReason(cluster);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const end = { state: 'FAILED', fault: error, principal: dreyPrincipals.reconcile } as const;
    for (const submit of submits) await endQueued(submit, end, ports);
  }
};
