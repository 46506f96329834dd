import type { FakeFlink } from './flink.ts';
import { terminalStates } from './flink-jobs.ts';

/** The names of the ConfigMaps of high availability, by cluster. */
type HeldData = ReadonlyMap<string, Set<string>>;

interface Holder {
  readonly clusterId: string;
  readonly flink: FakeFlink;
}

const listStates = ({ jobs }: FakeFlink) =>
  [...jobs].map(([jobId, { state }]) => ({ jobId, ended: terminalStates.has(state) }));

/** Flink deletes the data of a job a moment after the job has ended. */
export const deleteDataOfEndedJobs = (held: HeldData, { clusterId, flink }: Holder): void => {
  for (const { jobId, ended } of listStates(flink))
    if (ended) held.get(clusterId)?.delete(`${clusterId}-${jobId}-config-map`);
};

/** An orderly shutdown deletes what belongs to the cluster. Flink keeps what belongs to jobs that have not ended. */
export const deleteDataOfCluster = (held: HeldData, { clusterId, flink }: Holder): void => {
  const names = held.get(clusterId);
  if (listStates(flink).every(({ ended }) => ended)) names?.clear();
  else names?.delete(`${clusterId}-cluster-config-map`);
};
