import { type Cluster, type ClusterState, type Condition, isTerminalCluster } from '#events/cluster.ts';
import type { Job, JobState } from '#events/job.ts';
import { type ClusterRef, subjectOf } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import { toTransitionEvent, type Transition } from '#events/transitions.ts';

import type { OutboxEvent } from './outbox.ts';
import type { PendingReason } from './queue.ts';

/** Which state may follow which. A state that is over is followed by a new life of the same id. */
const successors: Readonly<Record<ClusterState, readonly ClusterState[]>> = {
  QUEUED: ['REQUESTED', 'STOPPING', 'CANCELED', 'FAILED'],
  REQUESTED: ['DEPLOYING', 'STOPPING', 'FAILED'],
  DEPLOYING: ['RUNNING', 'STOPPING', 'FAILED'],
  RUNNING: ['STOPPING', 'FAILED'],
  STOPPING: ['STOPPED', 'FINISHED', 'CANCELED', 'FAILED', 'RUNNING'],
  STOPPED: ['REQUESTED'],
  FINISHED: ['REQUESTED'],
  CANCELED: ['REQUESTED'],
  FAILED: ['REQUESTED', 'STOPPING'],
};

interface Cause {
  readonly at: Date;
  readonly operationId?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

export interface ClusterChange {
  readonly cluster: Cluster;
  readonly events: readonly OutboxEvent[];
}

const transitionId = (clusterRef: ClusterRef, sequence: number) => `${subjectOf(clusterRef)}/transitions/${sequence}`;

const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // Dropping the undefined values is what makes the type hold.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/**
 * A cluster's first state, or the first of a new life of its id: its transitions are numbered on.
 *
 * @param fields.block Why it has to wait: it is QUEUED then.
 */
export const newCluster = (
  {
    pendingReason,
    ...cluster
  }: Omit<Cluster, 'state' | 'sequence' | 'conditions' | 'createdAt' | 'updatedAt' | 'uid' | 'stopOperationId'> & {
    readonly pendingReason: PendingReason | undefined;
  },
  at: Date,
  earlier?: Cluster,
): ClusterChange => {
  const sequence = (earlier?.sequence ?? 0) + 1;
  const time = at.toISOString();
  const state = pendingReason === undefined ? 'REQUESTED' : 'QUEUED';
  const next: Cluster = {
    ...cluster,
    ...pendingReason,
    state,
    sequence,
    conditions: [],
    createdAt: time,
    updatedAt: time,
  };
  return {
    cluster: next,
    events: [
      clusterTransition(next, earlier?.state ?? null, { at, operationId: cluster.operationId, ...pendingReason }),
    ],
  };
};

/**
 * The cluster in its next state, with the transition that tells of it.
 *
 * @throws Fault `wrong-state` when that state cannot follow.
 */
export const transitionCluster = (cluster: Cluster, to: ClusterState, cause: Cause): ClusterChange => {
  if (!successors[cluster.state].includes(to)) {
    throw new Fault(
      'wrong-state',
      `cluster ${cluster.clusterId} in ${cluster.target} is ${cluster.state}: it cannot become ${to}`,
    );
  }
  const { reason: _reason, message: _message, ...rest } = cluster;
  const next: Cluster = {
    ...rest,
    ...present({ reason: cause.reason, message: cause.message }),
    state: to,
    // Whether it answers is no question any more.
    conditions: isTerminalCluster({ state: to }) ? [] : cluster.conditions,
    sequence: cluster.sequence + 1,
    updatedAt: cause.at.toISOString(),
  };
  return { cluster: next, events: [clusterTransition(next, cluster.state, cause)] };
};

const clusterTransition = (
  cluster: Cluster,
  from: ClusterState | null,
  { at, operationId, reason, message }: Cause,
): OutboxEvent =>
  toTransitionEvent({
    id: transitionId(cluster, cluster.sequence),
    target: cluster.target,
    clusterId: cluster.clusterId,
    sequence: cluster.sequence,
    labels: cluster.labels,
    at: at.toISOString(),
    subject: 'cluster',
    from,
    to: cluster.state,
    ...present({ operationId, reason, message }),
  });

/** A job as it was seen, and as it was seen before. */
export interface JobChange {
  readonly job: Job;
  readonly from: JobState | null;
}

/** The cluster with the changes of its jobs numbered on. */
export const transitionJobs = (cluster: Cluster, changes: readonly JobChange[], at: Date): ClusterChange => {
  const transitions = changes.map(({ job, from }, index): Transition => ({
    id: transitionId(cluster, cluster.sequence + index + 1),
    target: cluster.target,
    clusterId: cluster.clusterId,
    sequence: cluster.sequence + index + 1,
    labels: cluster.labels,
    at: at.toISOString(),
    subject: 'job',
    jobId: job.jobId,
    name: job.name,
    from,
    to: job.state,
    ...present({ operationId: job.operationId, message: job.message }),
  }));
  return {
    cluster: { ...cluster, sequence: cluster.sequence + changes.length, updatedAt: at.toISOString() },
    events: transitions.map(toTransitionEvent),
  };
};

/** The cluster with what was seen of it last. The time is that of the change. */
export const withCondition = (
  cluster: Cluster,
  type: Condition['type'],
  seen: Pick<Condition, 'status' | 'reason' | 'message'>,
  at: Date,
): Cluster => {
  const known = cluster.conditions.find((condition) => condition.type === type);
  if (known?.status === seen.status && known.reason === seen.reason && known.message === seen.message) return cluster;
  const since = known?.status === seen.status ? known.since : at.toISOString();
  const others = cluster.conditions.filter((condition) => condition !== known);
  return { ...cluster, conditions: [...others, { type, ...seen, since }], updatedAt: at.toISOString() };
};
