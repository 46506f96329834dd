import type { Cluster, Operation, QueueView } from '../api/types.ts';
import { isTerminalState } from './states.ts';

/** A step of an operation. */
export interface Step {
  readonly name: string;
  readonly state: 'done' | 'current' | 'failed' | 'canceled';
  /** When the step was complete, or, of the current one, when it began. ISO 8601. */
  readonly at: string;
  /** When the step before was complete. Absent: this is the first one. */
  readonly since?: string;
  readonly detail?: string;
}

const names: Readonly<Record<string, string>> = {
  Scheduled: 'JobManager scheduled',
  Pulling: 'Image is being pulled',
  Started: 'Container started',
  RestUp: 'REST API responds',
  WaitingForRollout: 'Waited for another rollout',
  Checking: 'Objects checked',
  Rescaling: 'Job rescaled',
  Snapshotting: 'Old incarnation ended with its snapshot',
  Starting: 'New incarnation started',
  Verifying: 'New incarnation verified',
  RollingBack: 'Rolled back',
};

/** The steps of an operation from its request on, in the order in which they happened. */
export const listSteps = (operation: Operation): readonly Step[] => {
  const { state, createdAt, startedAt, phases = [], rollout, updatedAt, phase } = operation;
  const done = [
    { name: 'Requested', at: createdAt },
    ...(startedAt === undefined ? [] : [{ name: 'Admitted', at: startedAt }]),
    ...phases.map(({ name, at }) => ({ name: names[name] ?? name, at })),
    ...listRolloutSteps(rollout),
  ].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const steps = done.map((one, index): Step => ({ ...one, state: 'done', ...sinceOf(done[index - 1]) }));
  const last = done.at(-1);
  const detail = [...new Set([rollout?.phase, phase])].filter((part) => part !== undefined).join(': ');
  if (!isTerminalState('operation', state)) {
    const doing = { name: state === 'QUEUED' ? 'Queued' : 'In progress', state: 'current' as const };
    return [...steps, { ...doing, at: last?.at ?? createdAt, detail }];
  }
  const end = { SUCCEEDED: 'done', FAILED: 'failed', CANCELED: 'canceled' } as const;
  const how = end[state as keyof typeof end]; // The terminal states.
  return [...steps, { name: state, state: how, at: updatedAt, ...sinceOf(last) }];
};

const sinceOf = (before: { readonly at: string } | undefined): Pick<Step, 'since'> =>
  before === undefined ? {} : { since: before.at };

/** A phase of a rollout ends when the next one begins. */
const listRolloutSteps = (rollout: Operation['rollout']): readonly { readonly name: string; readonly at: string }[] =>
  (rollout?.phases ?? []).flatMap(({ name }, index, all) => {
    const next = all[index + 1];
    if (next === undefined) return [];
    const isWithout = name === 'Snapshotting' && rollout?.stateDropped === true;
    return [{ name: isWithout ? 'Old incarnation ended without a snapshot' : (names[name] ?? name), at: next.at }];
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

/** Operations that the page has read, that wait, and that deployed or change the live clusters. The newest first. */
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

const listOfCluster = ({ clusterId, operationId, createdAt, rollout }: Cluster): readonly KnownOperation[] => [
  { operationId, clusterId, kind: 'deploy', at: createdAt },
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
