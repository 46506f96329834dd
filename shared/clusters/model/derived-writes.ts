import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation, type Verdict } from '#events/operation.ts';

import type { StoredOperation } from './operation.ts';
import { type OutboxEvent, toVerdictEvent, type VerdictRecord } from './outbox.ts';
import type { Change, CommandRef } from './records.ts';

/** What follows from a change: who leaves the line, whose part of the target is free again, and which verdicts it is. */
export interface DerivedWrites {
  readonly dequeued: readonly CommandRef[];
  readonly released: readonly CommandRef[];
  readonly events: readonly OutboxEvent[];
}

/**
 * A deploy holds its part until its cluster is over; one that did not come up, until what was created is removed. A
 * submit holds its part until its job ends.
 */
export const deriveWrites = (change: Change): DerivedWrites => {
  const cluster = change.cluster?.value;
  const operations = (change.operations ?? []).map(({ value }) => value).filter(isTerminalOperation);
  const jobs = (change.jobs ?? []).flatMap(({ value: job }) =>
    job.operationId !== undefined && (isTerminalJob(job) || job.state === 'SUSPENDED')
      ? [{ ...job, operationId: job.operationId, isSubmitted: job.operationId !== job.clusterOperationId }]
      : [],
  );
  const submitted = jobs.filter(({ isSubmitted }) => isSubmitted);
  const lost = operations.filter(({ kind, state }) => kind === 'submit' && state !== 'SUCCEEDED');
  const over = cluster !== undefined && isTerminalCluster(cluster) ? [cluster] : [];
  const at = (cluster ?? operations[0])?.updatedAt ?? '';
  return {
    dequeued: operations.filter(({ kind }) => kind === 'deploy' || kind === 'submit').map(commandRefOf),
    released: [...over.filter((one) => !awaitsCleanup(one)), ...lost, ...submitted].map(commandRefOf),
    events: firstOfEach([
      ...operations.flatMap((operation) => {
        const verdict = verdictOfOperation(operation, cluster?.mode);
        const message = operation.problem?.detail;
        return verdict === undefined ? [] : [{ ...commandRefOf(operation), verdict, message, at: operation.updatedAt }];
      }),
      ...over
        .filter(({ mode }) => mode === 'application')
        .map(({ state, message, ...rest }) => ({ ...commandRefOf(rest), verdict: asVerdict(state), message, at })),
      ...submitted.map(({ state, message, ...rest }) => ({
        ...commandRefOf(rest),
        verdict: asVerdict(state),
        message,
        at: rest.updatedAt,
      })),
    ]).map(toVerdictEvent),
  };
};

/** A cluster that did not come up: its cleanup is still to come. One that failed by its program is gone by the time that is recorded. */
const awaitsCleanup = ({ state, stopOperationId }: Pick<Cluster, 'state' | 'stopOperationId'>): boolean =>
  state === 'FAILED' && stopOperationId === undefined;

/** A deploy that fails ends its cluster, too. */
const firstOfEach = (verdicts: readonly VerdictRecord[]): readonly VerdictRecord[] =>
  verdicts.filter((one, index) => verdicts.findIndex(({ operationId }) => operationId === one.operationId) === index);

const commandRefOf = ({ target, operationId }: CommandRef): CommandRef => ({ target, operationId });

/** What started an application or a job has no verdict of its own once that runs. */
const verdictOfOperation = (
  { kind, state }: StoredOperation,
  mode: 'session' | 'application' | undefined,
): Verdict | undefined => {
  if (state === 'FAILED' || state === 'CANCELED') return state;
  return kind === 'submit' || (kind === 'deploy' && mode !== 'session') ? undefined : 'FINISHED';
};

/** What was stopped, or kept to be recovered later, did not finish. */
const asVerdict = (state: string): Verdict => (state === 'FINISHED' || state === 'FAILED' ? state : 'CANCELED');
