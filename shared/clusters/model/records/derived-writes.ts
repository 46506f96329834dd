import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation, type Verdict } from '#events/records/operation.ts';
import { toSnapshotEvent } from '#events/records/transitions.ts';
import { hasFailedWithoutStop } from '#shared/clusters/model/cluster-states.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';

import { listSnapshotChanges } from './snapshot-changes.ts';
import { type OutboxEvent, toVerdictEvent, type VerdictRecord } from './outbox.ts';
import type { Change, CommandRef, QueuedRef } from './records.ts';

/** What has to be written together with a change. */
interface DerivedWrites {
  /** Commands that leave the admission queue. */
  readonly dequeued: readonly QueuedRef[];
  /** Commands whose capacity becomes free. */
  readonly released: readonly CommandRef[];
  readonly events: readonly OutboxEvent[];
}

/**
 * Derives the writes that follow from a change of records.
 *
 * A deploy holds its capacity of the target until its cluster is terminal or SUSPENDED, or until the cleanup after a failed start has
 * removed its objects. A submit holds its capacity until its job ends.
 */
export const deriveWrites = (change: Change): DerivedWrites => {
  const operations = (change.operations ?? []).map(({ value }) => value).filter(isTerminalOperation);
  const jobs = listEndedSubmittedJobs(change);
  const cluster = change.cluster?.value;
  const endedCluster = cluster !== undefined && isTerminalCluster(cluster) ? cluster : undefined;
  const idleCluster = findIdleCluster(change);
  return {
    dequeued: operations.filter(({ kind }) => kind === 'deploy' || kind === 'submit').map(toQueuedRef),
    released: [
      ...(endedCluster === undefined || hasFailedWithoutStop(endedCluster) ? [] : [endedCluster]),
      // An UPGRADING cluster keeps its capacity for its next incarnation.
      ...(idleCluster?.state === 'SUSPENDED' ? [idleCluster] : []),
      ...operations.filter(({ kind, state }) => kind === 'submit' && state !== 'SUCCEEDED'),
      ...jobs,
    ].map(toCommandRef),
    events: [
      ...listSnapshotChanges(change, operations).map(toSnapshotEvent),
      ...selectFirstVerdicts([
        ...operations.flatMap((operation) => toOperationVerdict(operation, cluster?.mode)),
        ...[endedCluster, idleCluster].flatMap((ended) =>
          ended?.mode === 'application' ? [toVerdictRecord(ended)] : [],
        ),
        ...jobs.map(toVerdictRecord),
      ]).map(toVerdictEvent),
    ],
  };
};

/** The cluster whose incarnation ends with the change, while its ID stays taken. */
const findIdleCluster = ({ cluster, events = [] }: Change): Cluster | undefined => {
  if (cluster === undefined || isTerminalCluster(cluster.value) || hasIncarnation(cluster.value)) return undefined;
  const hasEnded = events.some(
    ({ type, detail }) => type === 'Flink Cluster State Change' && detail.to === cluster.value.state,
  );
  return hasEnded ? cluster.value : undefined;
};

type SubmittedJob = Job & { readonly operationId: string };

/** The jobs of a change that came from a submit and run no longer. An application's job came from its deploy. */
const listEndedSubmittedJobs = ({ jobs = [] }: Change): readonly SubmittedJob[] =>
  jobs.flatMap(({ value: job }) => {
    const { operationId, clusterOperationId } = job;
    const hasEnded = isTerminalJob(job) || job.state === 'SUSPENDED';
    return hasEnded && operationId !== undefined && operationId !== clusterOperationId ? [{ ...job, operationId }] : [];
  });

/** A deploy that fails ends its cluster as well: both verdicts are those of the deploy, and the first one stays. */
const selectFirstVerdicts = (verdicts: readonly VerdictRecord[]): readonly VerdictRecord[] =>
  verdicts.filter(
    (verdict, index) => verdicts.findIndex(({ operationId }) => operationId === verdict.operationId) === index,
  );

const toCommandRef = ({ target, operationId }: CommandRef): CommandRef => ({ target, operationId });

const toQueuedRef = ({ readyKey, ...command }: StoredOperation): QueuedRef => ({ ...toCommandRef(command), readyKey });

const toOperationVerdict = (
  operation: StoredOperation,
  mode: Cluster['mode'] | undefined,
): readonly VerdictRecord[] => {
  const verdict = findOperationVerdict(operation, mode);
  const { problem, updatedAt } = operation;
  return verdict === undefined
    ? []
    : [{ ...toCommandRef(operation), verdict, message: problem?.detail, at: updatedAt }];
};

/** A submit, or the deploy of an application, that succeeded has no verdict before its program ends. */
const findOperationVerdict = (
  { kind, state }: StoredOperation,
  mode: Cluster['mode'] | undefined,
): Verdict | undefined => {
  if (state === 'FAILED' || state === 'CANCELED') return state;
  return kind === 'submit' || (kind === 'deploy' && mode !== 'session') ? undefined : 'FINISHED';
};

const toVerdictRecord = (program: Cluster | SubmittedJob): VerdictRecord => {
  const { state, message, updatedAt } = program;
  return { ...toCommandRef(program), verdict: toVerdict(state), message, at: updatedAt };
};

/** A program that was stopped or suspended did not finish. */
const toVerdict = (state: string): Verdict => (state === 'FINISHED' || state === 'FAILED' ? state : 'CANCELED');
