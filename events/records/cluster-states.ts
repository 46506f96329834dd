/**
 * The states of clusters, apart from the schema of their records: the command line needs the states, and the library of
 * schemas takes longer to load than most of its commands.
 */
export const clusterStates = [
  'QUEUED',
  'REQUESTED',
  'DEPLOYING',
  'RUNNING',
  'UPGRADING',
  'SUSPENDED',
  'STOPPING',
  'STOPPED',
  'FINISHED',
  'CANCELED',
  'FAILED',
] as const;

type State = (typeof clusterStates)[number];

const terminalClusterStates: ReadonlySet<State> = new Set(['STOPPED', 'FINISHED', 'CANCELED', 'FAILED']);

const pendingClusterStates: ReadonlySet<State> = new Set(['QUEUED', 'REQUESTED', 'DEPLOYING', 'UPGRADING']);

/** Whether the cluster becomes RUNNING if nothing prevents it. */
export const isPendingCluster = (cluster: { readonly state: State }): boolean =>
  pendingClusterStates.has(cluster.state);

const idleClusterStates: ReadonlySet<State> = new Set(['UPGRADING', 'SUSPENDED']);

/** Whether nothing of the cluster runs, although its ID is taken: its incarnation has ended, and its state and spec are kept. */
export const isIdleCluster = (cluster: { readonly state: State }): boolean => idleClusterStates.has(cluster.state);

/** Whether the record has an incarnation that has not ended. */
export const hasIncarnation = (cluster: { readonly state: State }): boolean =>
  !isTerminalCluster(cluster) && !isIdleCluster(cluster);

/** Whether requests to the JobManager make sense. */
export const mayAnswer = ({ state }: { readonly state: State }): boolean => state === 'RUNNING' || state === 'STOPPING';

export const isTerminalCluster = (cluster: { readonly state: State }): boolean =>
  terminalClusterStates.has(cluster.state);
