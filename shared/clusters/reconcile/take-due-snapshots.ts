import { toOwnKey } from '#events/idempotency-key.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { Snapshot, StoredSnapshot } from '#events/records/snapshots.ts';
import type { ClusterRef } from '#events/names.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { disposeSnapshot, findUse, readKeptRevisions } from '#shared/clusters/commands/dispose-snapshot.ts';
import { savepoint } from '#shared/clusters/commands/savepoints.ts';
import { computeDueAt, isBlocked, selectSurplus } from '#shared/clusters/model/snapshot-policy.ts';
import { withSnapshotState } from '#shared/clusters/model/snapshot.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, readAllPages } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

/** How many savepoints one pass disposes of. The next ones follow when savepoints are due again. */
const maxDisposals = 10;

/**
 * Takes the savepoints that are due by the policy of a cluster, and disposes of those that the policy no longer keeps. The
 * commands have keys that follow from the due time, so that a pass that is repeated takes none twice.
 */
export const takeDueSnapshots = async (cluster: Cluster, jobs: readonly Job[], ports: Ports): Promise<void> => {
  const { snapshots: policy } = cluster;
  if (policy === undefined) return;
  const now = ports.now();
  const { dueAt } = policy;
  if (dueAt === undefined) return recordDueAt(cluster, ports);
  if (now.toISOString() < dueAt || isBlocked(policy, now)) return;
  const due = { cluster, dueAt, directory: policy.directory };
  const snapshots = await readSnapshots(cluster, ports);
  const running = jobs.filter(({ state }) => state === 'RUNNING');
  for (const { jobId } of running.filter((job) => !isInFlight(job.jobId, snapshots))) await take(jobId, due, ports);
  for (const { snapshotId } of await selectUnused(selectSurplus(snapshots, policy, now), { cluster, jobs }, ports))
    await dispose(snapshotId, due, ports);
  await recordDueAt(cluster, ports);
};

/** The first of the snapshots that no revision and no live job was restored from. */
const selectUnused = async (
  surplus: readonly StoredSnapshot[],
  { cluster, jobs }: { readonly cluster: Cluster; readonly jobs: readonly Job[] },
  { store }: Ports,
): Promise<readonly StoredSnapshot[]> => {
  if (surplus.length === 0) return [];
  const revisions = await readKeptRevisions(cluster, store);
  const isUnused = ({ path }: StoredSnapshot) =>
    Object.values(findUse(path, { jobs, revisions })).every((use) => use === undefined);
  return surplus.filter(isUnused).slice(0, maxDisposals);
};

/** The snapshots of the policy, newest first. */
const readSnapshots = async (cluster: Cluster, { store }: Ports): Promise<readonly Snapshot[]> => {
  const records = (await readAllPages((page) => store.snapshots(cluster, page))).map(({ value }) => value);
  const open = records.filter(({ completedAt }) => completedAt === undefined).slice(0, maxOpen);
  const found = await store.operationsByIds(open.map(({ operationId }) => operationId));
  const operations = new Map(found.map((operation) => [operation.operationId, operation]));
  return records.map((record) => withSnapshotState(record, operations.get(record.operationId)));
};

/** Operations end within half an hour, so that those in flight are among the newest. */
const maxOpen = 100;

const isInFlight = (jobId: string, snapshots: readonly Snapshot[]): boolean =>
  snapshots.some((one) => one.jobId === jobId && one.state === 'IN_PROGRESS' && one.kind === 'savepoint');

const own = { origin: 'reconciler', principal: dreyPrincipals.reconcile } as const;

interface Due {
  readonly cluster: ClusterRef;
  readonly dueAt: string;
  readonly directory: string | undefined;
}

const take = (jobId: string, { cluster: { target, clusterId }, dueAt, directory }: Due, ports: Ports): Promise<void> =>
  isolate({ message: 'scheduled savepoint failed', fields: { target, clusterId, jobId }, ports }, async () => {
    const data = { jobId, directory, format: 'CANONICAL', cancelJob: false } as const;
    const key = toOwnKey('snapshot', clusterId, jobId, dueAt);
    await accept(savepoint, { kind: 'savepoint', target, clusterId, data, key, ...own }, ports);
  });

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
