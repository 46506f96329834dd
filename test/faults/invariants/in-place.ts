import { isDeepStrictEqual } from 'node:util';

import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { RevisionSpec, StoredRevision } from '#events/records/revisions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listClusters, listOperations } from './stored.ts';

/** A change in place restarts nothing, has one revision if it has succeeded, and is what the cluster then has. */
export const checkInPlace = (world: ModelWorld): readonly string[] => {
  const revisions = [...world.table.items.values()]
    .filter(({ sk }) => sk.startsWith('revision#'))
    .map(({ value }) => value as StoredRevision);
  return [
    ...listOperations(world)
      .filter(({ rollout }) => rollout?.class !== undefined)
      .flatMap((operation) => checkOperation(operation, revisions)),
    ...listClusters(world).flatMap((cluster) => checkCluster(cluster, revisions, world)),
  ];
};

const checkOperation = (
  { operationId, kind, clusterId, state, rollout }: StoredOperation,
  revisions: readonly StoredRevision[],
): readonly string[] => {
  const name = `the ${kind} ${operationId} of ${clusterId}, which is ${state},`;
  const recorded = revisions.filter(({ rolloutOperationId }) => rolloutOperationId === operationId);
  const own = recorded.filter((revision) => revision.operationId === operationId);
  return [
    ...(recorded.length === own.length ? [] : [`${name} restarted its cluster`]),
    ...(own.length <= 1 ? [] : [`${name} has ${own.length} revisions`]),
    ...(state !== 'SUCCEEDED' || own[0]?.number === rollout?.to
      ? []
      : [`${name} says revision ${rollout?.to}, and has ${own[0]?.number}`]),
    ...(state === 'FAILED' && own.length > 0 ? [`${name} has a revision`] : []),
  ];
};

/** The record of a cluster has the labels and the snapshot policy of its revision. */
const checkCluster = (cluster: Cluster, revisions: readonly StoredRevision[], world: ModelWorld): readonly string[] => {
  const { clusterId, revision: number, labels, snapshots } = cluster;
  const revision = revisions.find((one) => one.clusterId === clusterId && one.number === number);
  // The store keeps the specs of a mode and a program as they were given.
  const spec = revision && (world.revisionSpecs.find(revision.operationId) as RevisionSpec | undefined);
  if (isTerminalCluster(cluster) || spec === undefined) return [];
  const { dueAt: _dueAt, ...policy } = snapshots ?? {};
  const [recorded, given] = [
    { labels, snapshots: policy },
    { labels: spec.labels, snapshots: spec.snapshots ?? {} },
  ];
  return isDeepStrictEqual(recorded, given)
    ? []
    : [`${clusterId} has ${JSON.stringify(recorded)}, and its revision has ${JSON.stringify(given)}`];
};
