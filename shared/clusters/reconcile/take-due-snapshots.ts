import { toOwnKey } from '#events/idempotency-key.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { disposeSnapshot } from '#shared/clusters/commands/dispose-snapshot.ts';
import { savepoint } from '#shared/clusters/commands/savepoints.ts';
import { computeDueAt, isBlocked, selectDueJobs, selectSurplus } from '#shared/clusters/model/snapshot-policy.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findUse, readRestored } from '#shared/clusters/restore/snapshot-use.ts';
import { getCluster, readAllPages } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { listOpenOperations } from './stalled/resume-stalled.ts';

/** How many savepoints one pass requests, and how many it disposes of. The next pass continues. */
const maxAtOnce = 20;

/**
 * Takes the savepoints that are due by the policy of a cluster, and disposes of those that the policy no longer keeps. The
 * commands have keys that follow from the due time, so that a pass that is repeated takes none twice.
 */
export const takeDueSnapshots = async (cluster: Cluster, jobs: readonly Job[], ports: Ports): Promise<void> => {
  const { snapshots: policy, target, clusterId } = cluster;
  if (policy === undefined) return;
  const { dueAt, directory } = policy;
  if (dueAt === undefined) return recordDueAt(cluster, ports);
  const now = ports.now();
  if (now.toISOString() < dueAt || isBlocked(policy, now)) return;
  const [records, all] = await Promise.all([
    readAllPages((page) => ports.store.snapshots(cluster, page)),
    listOpenOperations(target, ports),
  ]);
  const [snapshots, operations] = [
    records.map(({ value }) => value),
    all.filter((operation) => operation.clusterId === clusterId),
  ];
  const due = { cluster, dueAt, directory };
  const dueJobs = selectDueJobs(jobs, { snapshots, operations }, dueAt);
  let isComplete = dueJobs.length <= maxAtOnce;
  for (const { jobId } of dueJobs.slice(0, maxAtOnce)) isComplete = (await take(jobId, due, ports)) && isComplete;
  // A job of which none can be requested does not keep the others from theirs for longer than the interval.
  const isPastInterval = computeDueAt(policy, new Date(dueAt)) <= now.toISOString();
  if (isComplete || isPastInterval) await recordDueAt(cluster, ports);
  const disposed = operations.map((operation) => findRequest(operation, 'dispose-snapshot')?.data.snapshotId);
  const surplus = selectSurplus(snapshots, { ...policy, jobs }, now).filter(
    ({ snapshotId }) => !disposed.includes(snapshotId),
  );
  if (surplus.length === 0) return;
  const restored = await readRestored(cluster, surplus, ports.store);
  const unused = surplus.filter((snapshot) => findUse(snapshot, restored) === undefined);
  for (const { snapshotId } of unused.slice(0, maxAtOnce)) await dispose(snapshotId, due, ports);
};

const own = { origin: 'reconciler', principal: dreyPrincipals.reconcile } as const;

interface Due {
  readonly cluster: ClusterRef;
  readonly dueAt: string;
  readonly directory: string | undefined;
}

/** @returns Whether the savepoint was requested, or cannot be: the job has ended, for example. */
const take = async (
  jobId: string,
  { cluster: { target, clusterId }, dueAt, directory }: Due,
  ports: Ports,
): Promise<boolean> => {
  let isSettled = true;
  await isolate({ message: 'scheduled savepoint failed', fields: { target, clusterId, jobId }, ports }, async () => {
    const data = { jobId, directory, format: 'CANONICAL', cancelJob: false } as const;
    const key = toOwnKey('snapshot', clusterId, jobId, dueAt);
    try {
      await accept(savepoint, { kind: 'savepoint', target, clusterId, data, key, ...own }, ports);
    } catch (error) {
      isSettled = error instanceof Fault && !toProblem(error).retryable;
      throw error;
    }
  });
  return isSettled;
};

const dispose = (snapshotId: string, { cluster: { target, clusterId }, dueAt }: Due, ports: Ports): Promise<void> =>
  isolate({ message: 'disposal of snapshot failed', fields: { target, clusterId }, ports }, async () => {
    const key = toOwnKey('dispose-snapshot', snapshotId, dueAt);
    const data = { snapshotId };
    await accept(disposeSnapshot, { kind: 'dispose-snapshot', target, clusterId, data, key, ...own }, ports);
  });

/** Records when the next savepoints are due, unless another pass has. */
const recordDueAt = (observed: Cluster, ports: Ports): Promise<void> =>
  transact<void>(ports, async () => {
    const { value, version } = await getCluster(observed, ports.store);
    const { snapshots: policy } = value;
    const isSame = value.operationId === observed.operationId && policy?.dueAt === observed.snapshots?.dueAt;
    if (policy === undefined || !isSame || value.state !== 'RUNNING') return { result: undefined };
    const now = ports.now();
    const snapshots = { ...policy, dueAt: computeDueAt(policy, now) };
    const next = { ...value, snapshots, updatedAt: now.toISOString() };
    return { change: { cluster: { value: next, previous: version } }, result: undefined };
  });
