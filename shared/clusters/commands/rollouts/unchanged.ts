import type { Cluster } from '#events/records/cluster.ts';

/** The answer to an apply of the spec that a cluster runs already. It records nothing, and it is no failure. */
export class UnchangedCluster extends Error {
  readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    super(`Cluster ${cluster.clusterId} in target ${cluster.target} runs the same spec already.`);
    this.name = 'UnchangedCluster';
    this.cluster = cluster;
  }
}
