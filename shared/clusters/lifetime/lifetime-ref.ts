import type { Cluster } from '#events/records/cluster.ts';
import type { ClusterLifetime } from '#events/lifetime.ts';
import type { LifetimeTimerEvent } from '#shared/clusters/model/timer-event.ts';

/** One version of the lifetime of one incarnation of a cluster. */
export type LifetimeRef = Pick<LifetimeTimerEvent, 'target' | 'clusterId' | 'operationId' | 'version'>;

export type ClusterWithLifetime = Cluster & { readonly lifetime: ClusterLifetime };

export const hasLifetime = (cluster: Cluster): cluster is ClusterWithLifetime => cluster.lifetime !== undefined;

export const toLifetimeRef = ({
  target,
  clusterId,
  operationId,
  lifetime: { version },
}: ClusterWithLifetime): LifetimeRef => ({ target, clusterId, operationId, version });

/** Whether the cluster is still that incarnation, with that version of its lifetime. */
export const isCurrentLifetime = (
  cluster: Cluster | undefined,
  { operationId, version }: LifetimeRef,
): cluster is ClusterWithLifetime => cluster?.operationId === operationId && cluster.lifetime?.version === version;
