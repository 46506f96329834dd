import type { FakeFlink } from './flink.ts';
import { terminalStates } from './flink-jobs.ts';

/** The names of the ConfigMaps of a cluster's high availability. */
type HeldData = Set<string>;

interface EndedJobs {
  readonly clusterId: string;
  readonly flink: FakeFlink;
  /** How often each ConfigMap of an ended job was listed. */
  readonly reads: Map<string, number>;
  readonly maxReads: number;
}

/** Flink deletes the data of a job a while after the job has ended. */
export const deleteDataOfEndedJobs = (held: HeldData, { clusterId, flink, reads, maxReads }: EndedJobs): void => {
  for (const [jobId, { state }] of flink.jobs) {
    if (!terminalStates.has(state)) continue;
    const name = `${clusterId}-${jobId}-config-map`;
    const count = reads.get(name) ?? 0;
    if (count >= maxReads) held.delete(name);
    reads.set(name, count + 1);
  }
};

/** An orderly shutdown deletes what belongs to the cluster. Flink then deletes nothing of the jobs. */
export const deleteDataOfCluster = (held: HeldData | undefined, clusterId: string): void => {
  held?.delete(`${clusterId}-cluster-config-map`);
};
