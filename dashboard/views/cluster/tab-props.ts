import type { Cluster, Operation } from '../../api/types.ts';

/** What each tab of a cluster gets. */
export interface TabProps {
  readonly cluster: Cluster;
  /** The deploy of the incarnation. Absent while it loads, and when it is no longer known. */
  readonly operation: Operation | undefined;
}
