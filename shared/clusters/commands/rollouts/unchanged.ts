import type { CommandKind } from '#events/commands/index.ts';
import type { Cluster } from '#events/records/cluster.ts';

/** The answer to an apply, or a rollback, of the spec that a cluster, or a job, runs already. It records nothing, and it is no failure. */
export class UnchangedCluster extends Error {
  readonly kind: CommandKind;
  readonly cluster: Cluster;
  /** The job of an apply of a job. */
  readonly jobId: string | undefined;

  constructor(kind: CommandKind, cluster: Cluster, jobId?: string) {
    const what = jobId === undefined ? `Cluster ${cluster.clusterId}` : `Job ${jobId}`;
    super(`${what} in target ${cluster.target} runs the same spec already.`);
    this.name = 'UnchangedCluster';
    this.kind = kind;
    this.cluster = cluster;
    this.jobId = jobId;
  }
}
