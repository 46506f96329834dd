import type { Cluster, Operation, Transition } from '../../api/types.ts';
import { describeWait, findOutcome, type Phase, phaseNames, rolloutNames, sortPhases } from '../phases.ts';
import { isTerminalState } from '../states.ts';

/** A step in the life of an incarnation of a cluster. */
export interface TimelineStep {
  readonly name: string;
  /** ISO 8601. Absent: not reached yet. */
  readonly at?: string | undefined;
  readonly status: 'success' | 'in-progress' | 'pending' | 'error' | 'stopped' | 'warning';
  readonly detail?: string | undefined;
}

/**
 * The steps of the last incarnation in order: requested, the phases of its deploy, each change of its state, and what comes
 * next.
 *
 * @param operation The deploy of the incarnation. Undefined: it is no longer known.
 */
export const toTimeline = (
  cluster: Cluster,
  transitions: readonly Transition[],
  operation: Operation | undefined,
): readonly TimelineStep[] => {
  const begin = operation?.createdAt ?? cluster.createdAt;
  const changes = transitions
    .filter((one) => one.subject === 'cluster')
    .filter(({ at }) => Date.parse(at) >= Date.parse(begin));
  const deploySteps = operation === undefined ? [] : toDeploySteps(operation, cluster);
  const steps = sortPhases([
    ...deploySteps,
    ...changes
      // The deploy says when it was requested.
      .filter(({ to }) => deploySteps.length === 0 || to !== 'REQUESTED')
      // What it waits for now is the next step.
      .filter(({ to }) => to !== 'QUEUED' || cluster.state !== 'QUEUED')
      .map(({ to, at, reason, message }) => ({
        phase: to,
        at,
        status: statusOf(to),
        detail: [reason, message].filter(Boolean).join(': ') || undefined,
      })),
  ]);
  return [
    ...steps.map(({ phase, detail, ...step }, index) => ({
      name: phaseNames[phase],
      ...step,
      // A failure is told by the deploy and by the state.
      ...(detail === undefined || steps.slice(index + 1).some((later) => later.detail?.includes(detail) === true)
        ? {}
        : { detail }),
    })),
    ...nextSteps(cluster, operation),
  ];
};

type ReachedStep = Omit<TimelineStep, 'name' | 'at'> & { readonly phase: Phase; readonly at: string };

const toDeploySteps = (operation: Operation, { state }: Cluster): readonly ReachedStep[] => {
  const { createdAt, startedAt, phases = [], origin, problem, updatedAt } = operation;
  return [
    { phase: 'Requested', at: createdAt, status: 'success', detail: `by ${origin}` },
    ...(startedAt === undefined ? [] : [{ phase: 'Admitted', at: startedAt, status: 'success' } as const]),
    ...phases.map(({ name, at }) => ({ phase: name, at, status: outcomes[findOutcome(name, operation)] }) as const),
    // The state says it, too.
    ...(problem === undefined || state === 'FAILED'
      ? []
      : [{ phase: 'FAILED', at: updatedAt, status: 'error', detail: problem.detail } as const]),
  ];
};

const outcomes = { done: 'success', current: 'in-progress', failed: 'error' } as const;

const statusOf = (state: Cluster['state']): TimelineStep['status'] =>
  state === 'FAILED'
    ? 'error'
    : state === 'CANCELED' || state === 'STOPPED' || state === 'SUSPENDED'
      ? 'stopped'
      : 'success';

/** What the cluster does now, and what is to come. */
const nextSteps = (cluster: Cluster, operation: Operation | undefined): readonly TimelineStep[] => {
  const { state, lifetime } = cluster;
  if (isTerminalState('cluster', state) || state === 'SUSPENDED') return [];
  if (state === 'RUNNING')
    return lifetime?.endsAt === undefined
      ? []
      : [{ name: 'End of its lifetime', at: lifetime.endsAt, status: 'pending' }];
  if (state === 'STOPPING') return [{ name: 'All objects are gone', status: 'in-progress' }];
  const running = { name: phaseNames.RUNNING, status: 'pending' } as const;
  if (state === 'QUEUED') {
    const { createdAt: at } = operation ?? cluster;
    return [{ ...describeWait(operation ?? {}), at, status: 'pending' }, running];
  }
  const name = cluster.rollout === undefined ? phaseOf(operation) : rolloutNames[cluster.rollout.phase];
  return [{ name: name ?? 'Next phase', status: 'in-progress' }, running];
};

/** What an operation waits for. The phase of one that has ended is its last one. */
const phaseOf = (operation: Operation | undefined): string | undefined =>
  operation === undefined || isTerminalState('operation', operation.state) ? undefined : operation.phase;
