import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';

/** A deploy that has just been recorded, with what need not be read or rendered again. */
export interface RecordedDeploy {
  readonly operation: Versioned<StoredOperation>;
  readonly cluster: Versioned<Cluster>;
  /** The target that the transaction of the deploy found unchanged. */
  readonly target: NamedTarget;
  readonly manifests: ClusterManifests;
}
