import { useJobs } from '../api/clusters/cluster.ts';
import type { Cluster } from '../api/types.ts';
import { isTerminalState, mayHavePods } from '../model/states.ts';

/** Whether the end of a cluster may lose the state of jobs. It may until the jobs are known, and when they cannot be read. */
export const useHasJobs = (cluster: Cluster): boolean => {
  const { data, isFetchedAfterMount } = useJobs(cluster);
  if (!mayHavePods(cluster)) return false;
  // What a tab read before the dialog opened may be older than the last submit.
  if (data === undefined || !isFetchedAfterMount) return true;
  return data.hasMore || data.jobs.some(({ state }) => !isTerminalState('job', state));
};
