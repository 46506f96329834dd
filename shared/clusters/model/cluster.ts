import type { Cluster, ClusterState, Condition } from '#events/records/cluster.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Job, JobState } from '#events/records/job.ts';
import { type ClusterRef, subjectOf } from '#events/names.ts';
import type { Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { toTransitionEvent } from '#events/records/transitions.ts';
import type { PendingReason } from '#shared/clusters/model/admission/queue.ts';
import type { OutboxEvent } from '#shared/clusters/model/records/outbox.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

import { endHighAvailabilityData } from './high-availability.ts';
import { omitUndefined } from './omit-undefined.ts';

/** The states that may follow each state. A new incarnation of the same id follows a terminal state. */
const successors: Readonly<Record<ClusterState, readonly ClusterState[]>> = {
  QUEUED: ['REQUESTED', 'STOPPING', 'CANCELED', 'FAILED'],
  REQUESTED: ['DEPLOYING', 'STOPPING', 'FAILED'],
  DEPLOYING: ['RUNNING', 'STOPPING', 'FAILED'],
  RUNNING: ['STOPPING', 'FAILED'],
  UPGRADING: ['STOPPING', 'SUSPENDED'],
  SUSPENDED: ['STOPPING'],
  STOPPING: ['STOPPED', 'FINISHED', 'CANCELED', 'FAILED', 'RUNNING', 'UPGRADING', 'SUSPENDED'],
  STOPPED: ['REQUESTED'],
  FINISHED: ['REQUESTED'],
  CANCELED: ['REQUESTED', 'STOPPING'],
  FAILED: ['REQUESTED', 'STOPPING'],
};

/** When and why a cluster changes its state, and who causes it. */
interface Cause {
  readonly at: Date;
  readonly principal: Principal;
  /** The operation that changes the state. */
  readonly operationId?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** The warnings of the deploy, for its first transition. */
  readonly warnings?: readonly string[] | undefined;
}

/** A cluster after a change, with the events to publish. */
export interface ClusterChange {
  readonly cluster: Cluster;
  readonly events: readonly OutboxEvent[];
}

type NewCluster = Omit<
  Cluster,
  'state' | 'sequence' | 'conditions' | 'createdAt' | 'updatedAt' | 'uid' | 'stopOperationId'
> & {
  /** Why the deploy has to wait. The cluster is QUEUED then, and REQUESTED otherwise. */
  readonly pendingReason: PendingReason | undefined;
  readonly principal: Principal;
  readonly warnings?: readonly string[];
  /** What is known of the cluster before it is observed. */
  readonly conditions?: readonly ConditionUpdate[];
};

/**
 * A new incarnation of a cluster in its first state.
 *
 * @param previous The previous incarnation of the same id. Its transition numbers continue.
 */
export const newCluster = (
  { pendingReason, principal, warnings, conditions = [], ...fields }: NewCluster,
  at: Date,
  previous?: Cluster,
): ClusterChange => {
  const time = at.toISOString();
  const cluster: Cluster = {
    ...fields,
    ...pendingReason,
    state: pendingReason === undefined ? 'REQUESTED' : 'QUEUED',
    sequence: (previous?.sequence ?? 0) + 1,
    conditions: conditions.map((condition) => ({ ...condition, since: time })),
    createdAt: time,
    updatedAt: time,
  };
  const cause = { at, principal, operationId: fields.operationId, ...pendingReason, warnings };
  return { cluster, events: [newClusterTransition(cluster, previous?.state ?? null, cause)] };
};

/**
 * The cluster in its next state, with the transition to record.
 *
 * @throws Fault `wrong-state` when that state cannot follow.
 */
export const transitionCluster = (cluster: Cluster, to: ClusterState, cause: Cause): ClusterChange => {
  const { clusterId, target, state } = cluster;
  if (!successors[state].includes(to))
    throw new Fault('wrong-state', `Cluster ${clusterId} in target ${target} is ${state} and cannot become ${to}.`);
  const { reason: _reason, message: _message, ...rest } = cluster;
  const next: Cluster = {
    ...(hasIncarnation({ state: to }) ? rest : endHighAvailabilityData(rest, cause.at)),
    ...omitUndefined({ reason: cause.reason, message: cause.message }),
    state: to,
    conditions: selectConditions(cluster.conditions, to),
    sequence: cluster.sequence + 1,
    updatedAt: cause.at.toISOString(),
  };
  return { cluster: next, events: [newClusterTransition(next, state, cause)] };
};

/**
 * Those that describe a cluster that may answer end with its incarnation, and those of rollouts with the cluster. Whether the
 * logs are kept stays until the next incarnation.
 */
const selectConditions = (conditions: Cluster['conditions'], state: ClusterState): Cluster['conditions'] => {
  if (hasIncarnation({ state })) return conditions;
  const kept: readonly Condition['type'][] = isTerminalCluster({ state })
    ? ['LogsKept']
    : ['LogsKept', 'Progressing', 'Stable'];
  return conditions.filter(({ type }) => kept.includes(type));
};

const newClusterTransition = (
  cluster: Cluster,
  from: ClusterState | null,
  { at, principal, operationId, reason, message, warnings = [] }: Cause,
): OutboxEvent =>
  toTransitionEvent({
    ...newTransitionFields(cluster, cluster.sequence, at),
    principal,
    subject: 'cluster',
    from,
    to: cluster.state,
    ...omitUndefined({ operationId, reason, message }),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  });

const newTransitionFields = ({ target, clusterId, labels }: Cluster, sequence: number, at: Date) => ({
  id: toTransitionId({ target, clusterId }, sequence),
  target,
  clusterId,
  sequence,
  labels,
  at: at.toISOString(),
});

const toTransitionId = (clusterRef: ClusterRef, sequence: number) => `${subjectOf(clusterRef)}/transitions/${sequence}`;

/** A job in its new state. */
export interface JobChange {
  readonly job: Job;
  /** The state that was recorded before. Null: the job is new. */
  readonly from: JobState | null;
  readonly principal: Principal;
}

/** The cluster with the transitions of its jobs, numbered after its own. */
export const transitionJobs = (cluster: Cluster, changes: readonly JobChange[], at: Date): ClusterChange => {
  const events = changes.map(({ job, from, principal }, index) =>
    toTransitionEvent({
      ...newTransitionFields(cluster, cluster.sequence + index + 1, at),
      principal,
      subject: 'job',
      jobId: job.jobId,
      name: job.name,
      from,
      to: job.state,
      ...omitUndefined({ operationId: job.operationId, message: job.message, restoredFrom: job.restoredFrom }),
    }),
  );
  return {
    cluster: { ...cluster, sequence: cluster.sequence + changes.length, updatedAt: at.toISOString() },
    events,
  };
};

/** What was observed of a cluster. */
export type ConditionUpdate = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** The condition of a cluster whose Flink answers. */
export const flinkAnswered = {
  type: 'Reachable',
  status: 'True',
  reason: 'Answered',
  message: 'Flink answered.',
} as const satisfies ConditionUpdate;

/**
 * The cluster with an observed condition. `since` changes with the status only. The same cluster object is returned when
 * nothing changes.
 */
export const withCondition = (cluster: Cluster, update: ConditionUpdate, at: Date): Cluster => {
  const known = cluster.conditions.find(({ type }) => type === update.type);
  const hasSameStatus = known?.status === update.status;
  if (hasSameStatus && known.reason === update.reason && known.message === update.message) return cluster;
  const since = hasSameStatus ? known.since : at.toISOString();
  const others = cluster.conditions.filter((condition) => condition !== known);
  return { ...cluster, conditions: [...others, { ...update, since }], updatedAt: at.toISOString() };
};

/**
 * The write of the uid of a Deployment that the record of its cluster lacks. From the uid, the end of the cluster knows that
 * Flink may have written data.
 *
 * @returns Undefined when the record has a uid, or is that of another incarnation.
 */
export const recordUid = (
  { value, version }: Versioned<Cluster>,
  { operationId, uid }: Pick<Cluster, 'operationId'> & { readonly uid: string },
): Change | undefined =>
  value.uid === undefined && value.operationId === operationId
    ? { cluster: { value: { ...value, uid }, previous: version } }
    : undefined;
