import type { Cluster } from '#events/records/cluster.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { isKeptAfterFailure, listClusters, listOperations, operationIdOf } from './stored.ts';

/** Every object belongs to a record. */
export const checkObjects = (world: ModelWorld) => {
  const clusters = new Map(listClusters(world).map((cluster) => [cluster.clusterId, cluster]));
  const uids = new Set([...world.kubernetes.objects.values()].map(({ metadata }) => metadata.uid));
  return [...world.kubernetes.objects.values()].flatMap((object) => {
    const { kind, metadata } = object;
    const owner = operationIdOf(object);
    if (kind === 'Deployment') {
      if (owner === undefined) return [];
      const cluster = clusters.get(metadata.name);
      return cluster?.operationId === owner &&
        (isKeptAfterFailure(cluster, world) || (cluster.state === 'RUNNING' && cluster.uid === metadata.uid))
        ? []
        : [
            `Deployment ${metadata.name} of operation ${owner} has no record: the cluster is ${cluster?.state ?? 'unknown'}`,
          ];
    }
    return metadata.ownerReferences.length === 0 || metadata.ownerReferences.some(({ uid }) => uids.has(uid))
      ? []
      : [`${kind} ${metadata.name} has no owner`];
  });
};

/** Whether an incarnation of the id left high-availability data: a stop with `ha: keep` or a failed deploy. */
const mayLeaveData = ({ clusterId, operationId }: Cluster, operations: ReadonlyMap<string, StoredOperation>) =>
  [...operations.values()]
    .filter((one) => one.clusterId === clusterId)
    .some(
      ({ operationId: other, kind, state, request }) =>
        (kind === 'deploy' && state === 'FAILED' && other !== operationId) ||
        (request?.kind === 'stop' && request.data.ha === 'keep'),
    );

/** A RUNNING cluster has its Deployment, and a purged cluster has no high-availability data. */
export const checkRecords = (world: ModelWorld, byHand: ReadonlySet<string>) => {
  const operations = new Map(listOperations(world).map((operation) => [operation.operationId, operation]));
  return listClusters(world).flatMap((cluster) => {
    const { clusterId, state, mode } = cluster;
    const deployment = world.kubernetes.objects.get(`Deployment/${clusterId}`);
    if (state === 'RUNNING')
      return deployment?.metadata.uid === cluster.uid ? [] : [`${clusterId} is RUNNING without its Deployment`];
    const stop = operations.get(cluster.stopOperationId ?? '');
    const requested = stop?.request?.kind === 'stop' ? stop.request.data.ha : undefined;
    const isTerminal = mode === 'application' && (state === 'FINISHED' || state === 'FAILED');
    const purged =
      (stop?.state === 'SUCCEEDED' && requested === 'purge') ||
      (isTerminal && !isKeptAfterFailure(cluster, world) && !mayLeaveData(cluster, operations));
    const kept = world.kubernetes.objects.has(`ConfigMap/${clusterId}-cluster-config-map`);
    return purged && kept && byHand.size === 0
      ? [`${clusterId} is ${state}, and its high-availability data still exists`]
      : [];
  });
};
