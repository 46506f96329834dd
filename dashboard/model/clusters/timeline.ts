import type { Cluster, Operation, Transition } from '../../api/types.ts';
import { isTerminalState } from '../states.ts';

/** A step in the life of an incarnation of a cluster. */
export interface TimelineStep {
  readonly name: string;
  /** ISO 8601. Absent: not reached yet. */
  readonly at?: string | undefined;
  readonly status: 'success' | 'in-progress' | 'pending' | 'error' | 'stopped' | 'warning';
  readonly detail?: string | undefined;
}

const phaseNames: Readonly<Record<NonNullable<Operation['phases']>[number]['name'], string>> = {
  Scheduled: 'JobManager has a node',
  Pulling: 'Node pulls the image',
  Started: 'Container started',
  RestUp: "Flink's REST API responds",
};

const endNames: Readonly<Partial<Record<Cluster['state'], string>>> = {
  STOPPED: 'STOPPED: all objects are gone',
  FINISHED: 'FINISHED: all objects are gone',
  CANCELED: 'CANCELED: all objects are gone',
};

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
  // Kubernetes cuts times to seconds, so that a phase may seem to precede the request.
  const orderOf = ({ at }: ReachedStep) => Math.max(Date.parse(at), Date.parse(begin));
  const deploySteps = operation === undefined ? [] : toDeploySteps(operation);
  const steps = [
    ...deploySteps,
    ...changes
      // The deploy says when it was requested.
      .filter(({ to }) => deploySteps.length === 0 || to !== 'REQUESTED')
      .map(({ to, at, reason, message }) => ({
        name: endNames[to] ?? to,
        at,
        status: statusOf(to),
        detail: [reason, message].filter(Boolean).join(': ') || undefined,
      })),
  ].toSorted((one, other) => orderOf(one) - orderOf(other));
  return [...steps, ...nextSteps(cluster, operation)];
};

type ReachedStep = TimelineStep & { readonly at: string };

const toDeploySteps = ({
  createdAt,
  startedAt,
  phases = [],
  origin,
  problem,
  updatedAt,
}: Operation): readonly ReachedStep[] => [
  { name: 'Requested', at: createdAt, status: 'success', detail: `by ${origin}` },
  ...(startedAt === undefined ? [] : [{ name: 'Admitted', at: startedAt, status: 'success' } as const]),
  ...phases.map(({ name, at }) => ({ name: phaseNames[name], at, status: 'success' }) as const),
  ...(problem === undefined
    ? []
    : [{ name: 'Deploy failed', at: updatedAt, status: 'error', detail: problem.detail } as const]),
];

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
  return [
    {
      name: cluster.rollout?.phase ?? phaseOf(operation) ?? 'Next phase',
      status: state === 'QUEUED' ? 'pending' : 'in-progress',
    },
    { name: 'RUNNING', status: 'pending' },
  ];
};

/** What an operation waits for. The phase of one that has ended is its last one. */
const phaseOf = (operation: Operation | undefined): string | undefined =>
  operation === undefined || isTerminalState('operation', operation.state) ? undefined : operation.phase;
