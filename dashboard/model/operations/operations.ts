import type { Cluster, Operation, QueueView } from '../../api/types.ts';
import { describeWait, findOutcome, phaseNames, rolloutNames } from '../phases.ts';
import { isTerminalState } from '../states.ts';

/** A step of an operation. */
export interface Step {
  readonly name: string;
  readonly state: 'done' | 'current' | 'failed' | 'canceled';
  /** When the step was complete, or, of the current one, when it began. ISO 8601. */
  readonly at: string;
  /** When the step before was complete. Absent: this is the first one. */
  readonly since?: string;
  readonly detail?: string | undefined;
}

/** What a phase of a rollout is called when it is complete. */
const names: Readonly<Record<string, string>> = {
  WaitingForRollout: 'Waited for another rollout',
  Checking: 'Objects checked',
  Rescaling: 'Job rescaled',
  Snapshotting: 'Old incarnation ended with its snapshot',
  Starting: 'New incarnation started',
  Verifying: 'New incarnation stable',
};

/** The steps of an operation from its request on, in the order in which they happened. */
export const listSteps = (operation: Operation): readonly Step[] => {
  const { state, createdAt, startedAt, phases = [], rollout, updatedAt, phase } = operation;
  const done = [
    toDone(phaseNames.Requested, createdAt),
    ...(startedAt === undefined ? [] : [toDone(phaseNames.Admitted, startedAt)]),
    // The times of Kubernetes are whole seconds, so that a phase may seem to be before the request.
    ...[
      ...phases.map(({ name, at }) => ({ name: phaseNames[name], at, state: findOutcome(name, operation) })),
      ...listRolloutSteps(rollout),
    ].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at)),
  ];
  const steps = done.map((one, index): Step => ({ ...one, ...sinceOf(done[index - 1]) }));
  const last = done.at(-1);
  if (!isTerminalState('operation', state)) {
    const at = last?.at ?? createdAt;
    if (state === 'QUEUED') return [...steps, { ...describeWait(operation), state: 'current', at }];
    const name = rollout === undefined ? 'In progress' : rolloutNames[rollout.phase];
    return [...steps, { name, state: 'current', at, detail: phase === rollout?.phase ? undefined : phase }];
  }
  const hasRolledBack = rollout?.rolledBackTo !== undefined || rollout?.job?.rolledBackTo !== undefined;
  return [
    ...steps,
    {
      name: hasRolledBack ? `${endNames[state] ?? state}, and rolled back` : (endNames[state] ?? state),
      state: ends[state] ?? 'done',
      at: updatedAt,
      ...sinceOf(last),
    },
  ];
};

const endNames: Readonly<Record<string, string>> = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', CANCELED: 'Canceled' };

const ends: Readonly<Record<string, Step['state']>> = { SUCCEEDED: 'done', FAILED: 'failed', CANCELED: 'canceled' };

const toDone = (name: string, at: string): Done => ({ name, at, state: 'done' });

const sinceOf = (before: { readonly at: string } | undefined): Pick<Step, 'since'> =>
  before === undefined ? {} : { since: before.at };

type Done = Pick<Step, 'name' | 'at' | 'state'>;

/** Names of phases after which the rollout was rolled back. */
const failedNames: Readonly<Record<string, string>> = {
  Starting: 'New incarnation did not start',
  Verifying: 'New incarnation was not stable',
};

/** A phase of a rollout ends when the next one begins. */
const listRolloutSteps = (rollout: Operation['rollout']): readonly Done[] =>
  (rollout?.phases ?? []).flatMap(({ name }, index, all): readonly Done[] => {
    const next = all[index + 1];
    if (next === undefined) return [];
    if (next.name === 'RollingBack') return [{ name: failedNames[name] ?? name, state: 'failed', at: next.at }];
    const isWithout = name === 'Snapshotting' && rollout?.stateDropped === true;
    const text = isWithout ? 'Old incarnation ended without a snapshot' : (names[name] ?? name);
    return [{ name: text, state: 'done', at: next.at }];
  });

/** An operation that the page knows, without what only a read of it tells. */
export interface KnownOperation {
  readonly operationId: string;
  readonly clusterId: string;
  readonly kind: string;
  /** Absent: it is not known without a read. */
  readonly state?: string;
  readonly at: string;
}

/** Operations that the page has read, that wait, and that deployed, change or stopped the clusters. The newest first. */
export const collectOperations = (
  read: readonly Operation[],
  queue: QueueView | undefined,
  clusters: readonly Cluster[],
): readonly KnownOperation[] => {
  const found = [
    ...clusters.flatMap(listOfCluster),
    ...(queue?.queued ?? []).map(({ operationId, clusterId, kind, since }) => ({
      operationId,
      clusterId,
      kind,
      state: 'QUEUED',
      at: since,
    })),
    ...read.map(({ operationId, clusterId, kind, state, createdAt }) => ({
      operationId,
      clusterId,
      kind,
      state,
      at: createdAt,
    })),
  ];
  // The last one of an ID knows most.
  return [...new Map(found.map((one) => [one.operationId, one])).values()].toSorted(
    (one, other) => Date.parse(other.at) - Date.parse(one.at),
  );
};

/** A cluster that ended earlier is history. */
const recentMs = 86_400_000;

/** The clusters whose operations are recent: those that live, and those that ended during the last day. */
export const findRecentClusters = (clusters: readonly Cluster[], nowMs: number): readonly Cluster[] =>
  clusters.filter(
    ({ state, updatedAt }) => !isTerminalState('cluster', state) || nowMs - Date.parse(updatedAt) < recentMs,
  );

const listOfCluster = (cluster: Cluster): readonly KnownOperation[] => {
  const { clusterId, operationId, stopOperationId, createdAt, updatedAt, rollout } = cluster;
  return [
    { operationId, clusterId, kind: 'deploy', at: createdAt },
    // Only a read of the stop tells when it was requested.
    ...(stopOperationId === undefined
      ? []
      : [{ operationId: stopOperationId, clusterId, kind: 'stop', at: updatedAt }]),
    ...(rollout === undefined
      ? []
      : [
          {
            operationId: rollout.operationId,
            clusterId,
            kind: rollout.kind,
            state: 'IN_PROGRESS',
            at: rollout.phases[0]?.at ?? createdAt,
          },
        ]),
  ];
};
