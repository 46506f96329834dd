import type { Cluster } from '#events/records/cluster.ts';
import { subjectOf } from '#events/names.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { ChangeClass, RolloutKind, RolloutPhaseName, RolloutResult, Snapshot } from '#events/records/rollout.ts';
import { rolloutEventKinds, rolloutKinds, type RolloutEventKind } from '#events/records/rollout.ts';
import { toRolloutEvent } from '#events/records/transitions.ts';
import { Fault } from '#events/problems/problem.ts';
import { findFinalState, type Job } from '#events/records/job.ts';
import { type ConditionUpdate, withCondition } from '#shared/clusters/model/cluster.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { OutboxEvent } from '#shared/clusters/model/records/outbox.ts';
import type { RolloutRequest } from '#shared/clusters/model/records/request.ts';

import { omitUndefined } from './omit-undefined.ts';
import { toSnapshotKind } from './snapshot.ts';

export const isRolloutKind = (kind: string): kind is RolloutKind => rolloutKinds.some((known) => known === kind);

const hasPhases = (kind: string): kind is RolloutEventKind => rolloutEventKinds.some((known) => known === kind);

/** Whether the cluster is in this rollout. The record of the cluster is the lock of its rollout. */
export const isInRollout = ({ rollout }: Pick<Cluster, 'rollout'>, operationId: string): boolean =>
  rollout?.operationId === operationId;

/** Whether a rollout of the cluster is in progress or waits, so that its spec may change without another command. */
export const isChanging = ({ rollout, nextRollout }: Pick<Cluster, 'rollout' | 'nextRollout'>): boolean =>
  rollout !== undefined || nextRollout !== undefined;

/**
 * Whether a rollout ends an incarnation before it starts another one. Nothing may then refuse the start because of the time:
 * the cluster would have lost what it ran.
 */
export const endsIncarnation = (from: RolloutRequest['data']['from']): boolean =>
  from !== undefined && from.suspended !== true;

/** The cluster after its rollout has ended. */
export const withoutRollout = ({ rollout: _rollout, ...cluster }: Cluster): Cluster => cluster;

/** The cluster after the rollout that waited has begun or ended. */
export const withoutNextRollout = ({ nextRollout: _nextRollout, ...cluster }: Cluster): Cluster => cluster;

/** The cluster with the rollout that begins when the one in progress has ended. */
export const withNextRollout = (cluster: Cluster, { operationId, kind, createdAt: at }: StoredOperation): Cluster =>
  isRolloutKind(kind) ? { ...cluster, nextRollout: { operationId, kind, at }, updatedAt: at } : cluster;

/** The result of a rollout after it has entered a phase. A phase that it is in already does not begin again. */
export const enterPhase = (
  rollout: RolloutResult,
  phase: RolloutPhaseName,
  at: Date,
): Pick<RolloutResult, 'phase' | 'phases'> =>
  rollout.phase === phase
    ? { phase, phases: rollout.phases }
    : { phase, phases: [...rollout.phases, { name: phase, at: at.toISOString() }] };

/** When a rollout was planned, and began: not before others had ended. */
export const findBeginning = ({ phases }: RolloutResult, createdAt: string): Date =>
  new Date(phases.find(({ name }) => name === 'Checking')?.at ?? createdAt);

interface BegunRollout extends Pick<RolloutResult, 'from' | 'job' | 'specOf' | 'rescale'> {
  readonly class?: ChangeClass | undefined;
  readonly at: Date;
  /** The phase in which it waited. */
  readonly waited?: RolloutResult | undefined;
}

/** A rollout in its first phase after that in which it may have waited. */
export const newRolloutResult = ({ at, class: changeClass, waited, ...begun }: BegunRollout): RolloutResult => ({
  phase: 'Checking',
  phases: [...(waited?.phases ?? []), { name: 'Checking', at: at.toISOString() }],
  ...omitUndefined({ ...begun, class: changeClass === 'restart' ? undefined : changeClass }),
});

/** A rollout that waits for the end of another one. */
export const newWaitingResult = (at: Date): RolloutResult => ({
  phase: 'WaitingForRollout',
  phases: [{ name: 'WaitingForRollout', at: at.toISOString() }],
});

const phaseMessages: Readonly<Record<RolloutPhaseName, string>> = {
  WaitingForRollout: 'Another rollout is in progress.',
  Checking: 'The new objects are checked.',
  Rescaling: 'The running job gets another parallelism.',
  Snapshotting: 'The old incarnation is stopped.',
  Starting: 'The new incarnation starts.',
  Verifying: 'The new incarnation is watched.',
  RollingBack: 'The new incarnation is not stable, and the last stable revision starts again.',
};

interface WaitingCommand {
  readonly waiting: RolloutKind;
  readonly ifRevision: number | undefined;
  /** The rollout in progress. */
  readonly kind: RolloutKind;
}

/**
 * Whether a rollout that waits ends the one in progress while that starts or watches a revision. A restart brings no other
 * spec, so that its end would start the same one again. With `ifRevision` the rollback would be refused after the end.
 */
export const endsRollouts = ({ waiting, ifRevision, kind }: WaitingCommand): boolean =>
  waiting === 'rollback' && ifRevision === undefined && kind !== 'restart';

/** The reason of a rollout that such a rollback has ended. */
export const rollbackRequested = 'RollbackRequested';

/** The condition `Progressing` of a cluster in this phase. */
export const toProgressing = (phase: RolloutPhaseName): ConditionUpdate => ({
  type: 'Progressing',
  status: 'True',
  reason: phase,
  message: phaseMessages[phase],
});

/** The cluster with the progress of its rollout. */
export const withProgress = (cluster: Cluster, operation: StoredOperation, at: Date): Cluster => {
  const { operationId, kind, rollout } = operation;
  if (rollout === undefined || !isRolloutKind(kind)) return cluster;
  const { phase, phases, from, to } = rollout;
  const progress = { operationId, kind, phase, phases, ...omitUndefined({ from, to }) };
  return { ...withCondition(cluster, toProgressing(phase), at), rollout: progress, updatedAt: at.toISOString() };
};

/** The event about a rollout that has entered a phase, or has ended. Without events for other operations. */
export const listRolloutEvents = (
  operation: StoredOperation,
  { labels }: Pick<Cluster, 'labels'>,
): readonly OutboxEvent[] => {
  const { operationId, target, clusterId, kind, rollout, principal, problem, updatedAt } = operation;
  if (rollout === undefined || !hasPhases(kind)) return [];
  const state = isTerminalOperation(operation) ? operation.state : 'IN_PROGRESS';
  // A terminal state is none of these, which the compiler does not infer.
  if (state === 'QUEUED' || state === 'PENDING') return [];
  const id = `${subjectOf({ target, clusterId })}/rollouts/${operationId}/${state}/${rollout.phases.length}`;
  const fields = { id, target, clusterId, operationId, principal, kind, state };
  return [toRolloutEvent({ ...fields, ...rollout, ...omitUndefined({ problem }), labels, at: updatedAt })];
};

/** The condition `Progressing` of a cluster whose rollout has ended. */
export const toEndedProgressing = (message: string, reason: 'RolloutEnded' | 'RolloutFailed'): ConditionUpdate => ({
  type: 'Progressing',
  status: 'False',
  reason,
  message,
});

/** Why a cluster runs a stable revision after a rollout, or none. `RolledBack`: the revision was stable before the rollout. */
export type StabilityReason = 'Verified' | 'RolledBack' | 'RolloutFailed';

/** The condition `Stable` of a cluster whose rollout has ended. */
export const toStability = (reason: StabilityReason, message: string): ConditionUpdate => ({
  type: 'Stable',
  status: reason === 'RolloutFailed' ? 'False' : 'True',
  reason,
  message,
});

/** The fault of a command that has to wait until a rollout has ended. */
export const newRolloutFault = ({ clusterId, target, rollout }: Cluster): Fault =>
  new Fault(
    'not-ready',
    `Operation ${rollout?.operationId ?? ''} changes cluster ${clusterId} in target ${target} (${rollout?.kind ?? ''}, ${rollout?.phase ?? ''}). Retry when it has ended.`,
    { reason: 'WaitingForRollout', retryAfterSeconds: 15, ...omitUndefined({ operationId: rollout?.operationId }) },
  );

/** The fault of a command of a rollout whose place another command has taken. */
export const newLeftRolloutFault = ({ clusterId, target }: Cluster): Fault =>
  new Fault('superseded', `Cluster ${clusterId} in target ${target} is no longer in the rollout.`);

/** The states with which a stop of this incarnation has ended its jobs. */
export const listFinalStates = (operationId: string, jobs: readonly Job[]): readonly string[] =>
  jobs
    .filter((job) => job.clusterOperationId === operationId && job.stoppedWithCluster === true)
    .flatMap((job) => findFinalState(job) ?? []);

/** The snapshot of an ended application. Undefined when its stop has taken none. */
export const findSnapshot = (
  { mode, operationId }: Pick<Cluster, 'mode' | 'operationId'>,
  jobs: readonly Job[],
  at: Date,
): Snapshot | undefined => {
  const path = mode === 'application' ? listFinalStates(operationId, jobs).at(-1) : undefined;
  if (path === undefined) return undefined;
  return { kind: toSnapshotKind(path), path, at: at.toISOString() };
};

/** Why no rollout can start from the last checkpoints of a cluster: Flink deletes them when it ends. */
export const findLastStateRefusal = ({
  clusterId,
  target,
  highAvailabilityDirectory,
  retainsCheckpoints,
}: Pick<Cluster, 'clusterId' | 'target' | 'highAvailabilityDirectory' | 'retainsCheckpoints'>): string | undefined =>
  highAvailabilityDirectory !== undefined || retainsCheckpoints === true
    ? undefined
    : `Flink deletes the checkpoints of cluster ${clusterId} in target ${target} when it ends, so that last-state is not possible. Apply high-availability.type: kubernetes, or execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION, with state: savepoint first.`;
