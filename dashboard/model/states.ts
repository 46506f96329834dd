import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

import { clusterStates, hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';

import type { Cluster, Job, Operation } from '../api/types.ts';

type Look = StatusIndicatorProps.Type;

const looks = {
  cluster: {
    QUEUED: 'pending',
    REQUESTED: 'in-progress',
    DEPLOYING: 'in-progress',
    RUNNING: 'success',
    UPGRADING: 'in-progress',
    SUSPENDED: 'stopped',
    STOPPING: 'in-progress',
    STOPPED: 'stopped',
    FINISHED: 'success',
    CANCELED: 'stopped',
    FAILED: 'error',
  } satisfies Record<Cluster['state'], Look>,
  job: {
    INITIALIZING: 'in-progress',
    CREATED: 'pending',
    RUNNING: 'success',
    FAILING: 'error',
    FAILED: 'error',
    CANCELLING: 'in-progress',
    CANCELED: 'stopped',
    FINISHED: 'success',
    RESTARTING: 'warning',
    SUSPENDED: 'stopped',
    RECONCILING: 'in-progress',
  } satisfies Record<Job['state'], Look>,
  operation: {
    QUEUED: 'pending',
    PENDING: 'in-progress',
    IN_PROGRESS: 'in-progress',
    SUCCEEDED: 'success',
    FAILED: 'error',
    CANCELED: 'stopped',
  } satisfies Record<Operation['state'], Look>,
};

/** What the state is of. */
export type StateKind = keyof typeof looks;

/** The icon and the color of a state. A state of a newer version of Drey has those of information. */
export const findLook = (kind: StateKind, state: string): Look =>
  (looks[kind] as Readonly<Record<string, Look>>)[state] ?? 'info';

const terminal: Readonly<Record<StateKind, ReadonlySet<string>>> = {
  cluster: new Set(clusterStates.filter((state) => isTerminalCluster({ state }))),
  job: new Set(['FAILED', 'CANCELED', 'FINISHED']),
  operation: new Set(['SUCCEEDED', 'FAILED', 'CANCELED']),
};

export const isTerminalState = (kind: StateKind, state: string): boolean => terminal[kind].has(state);

export const endedStates = clusterStates.filter((state) => isTerminalState('cluster', state));
export const liveStates = clusterStates.filter((state) => !isTerminalState('cluster', state));

/** Whether pods of the cluster may exist: it was started, and its incarnation has not ended. */
export const mayHavePods = (cluster: Pick<Cluster, 'state'>): boolean =>
  cluster.state !== 'QUEUED' && hasIncarnation(cluster);
