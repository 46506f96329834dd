import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import {
  isKeptAfterFailure,
  listAdmitted,
  listClusters,
  listOperations,
  listQueued,
  listTransitions,
} from './stored.ts';
import { hasWaited } from './waiting-rollouts.ts';

/** Whether every operation has ended, and no cluster or command is in a state that it must leave. */
export const isAtRest = (world: ModelWorld): boolean =>
  world.isQuiet(listWaitingRollouts(world)) &&
  listOperations(world).every((operation) => isTerminalOperation(operation) || mayStayOpen(operation, world)) &&
  listClusters(world).every((cluster) => isTerminalCluster(cluster) || mayStayAlive(cluster)) &&
  listAdmitted(world).every((command) => mayStayAdmitted(command, world));

/** A cluster with an end of its lifetime must end. */
const mayStayAlive = ({ state, lifetime }: Cluster): boolean =>
  state === 'QUEUED' || state === 'SUSPENDED' || (state === 'RUNNING' && lifetime?.endsAt === undefined);

/** A command stays queued while other commands use the resources that it needs. */
const mayStayQueued = ({ state, kind, clusterId, operationId }: StoredOperation, world: ModelWorld): boolean => {
  if (state !== 'QUEUED' || !listQueued(world).some((command) => command.operationId === operationId)) return false;
  if (kind === 'submit')
    return listClusters(world).some((one) => one.clusterId === clusterId && one.state === 'QUEUED');
  return listAdmitted(world).filter((command) => command.kind === 'deploy').length >= (world.maxClusters ?? Infinity);
};

/** The rollouts whose deploy stays queued, and those that wait for them. */
const listWaitingRollouts = (world: ModelWorld): ReadonlySet<string> =>
  new Set(
    listClusters(world).flatMap(({ operationId, rollout, nextRollout }) => {
      const deploy = listOperations(world).find((operation) => operation.operationId === operationId);
      const isQueued = rollout !== undefined && deploy !== undefined && mayStayQueued(deploy, world);
      return isQueued ? [rollout, nextRollout].flatMap((one) => one?.operationId ?? []) : [];
    }),
  );

const mayStayOpen = (operation: StoredOperation, world: ModelWorld): boolean =>
  mayStayQueued(operation, world) || listWaitingRollouts(world).has(operation.operationId);

/** A command stays admitted while its cluster or job exists. */
const mayStayAdmitted = ({ kind, clusterId, operationId }: QueuedCommand, world: ModelWorld): boolean => {
  if (kind === 'deploy')
    return listClusters(world).some(
      (one) =>
        one.operationId === operationId &&
        (one.state === 'RUNNING' || (isKeptAfterFailure(one, world) && one.lifetime?.endsAt === undefined)),
    );
  const job = world.table.items.get(`target#local/cluster#${clusterId}|cluster#job#${operationId}`)?.['value'] as
    | Job
    | undefined;
  return job !== undefined && !isTerminalJob(job);
};

/** What a schedule has reached: the states of operations and clusters, and what lifetimes and restores did. */
export const listReached = (world: ModelWorld): readonly string[] => [
  ...listOperations(world).map(({ kind, state }) => `${kind} ${state}`),
  ...listClusters(world).map(({ mode, state }) => `${mode} ${state}`),
  ...listOperations(world).flatMap(({ kind, rollout }) =>
    rollout?.snapshot?.kind === 'checkpoint' ? [`${kind} from a checkpoint`] : [],
  ),
  ...listOperations(world).flatMap(({ rollout }) => (rollout?.rolledBackTo === undefined ? [] : ['rolled back'])),
  ...listOperations(world).flatMap(({ rollout }) =>
    rollout?.suspended === undefined ? [] : ['suspended after a failure'],
  ),
  ...listOperations(world).flatMap((operation) =>
    hasWaited(operation) ? [`rollout ${operation.state} after it waited`] : [],
  ),
  ...listOperations(world).flatMap(({ rollout, state }) =>
    rollout?.class === undefined ? [] : [`${rollout.class} in place ${state}`],
  ),
  ...listTransitions(world)
    .filter(({ to, reason }) => to === 'STOPPING' && reason === 'LifetimeEnded')
    .map(() => 'lifetime ended'),
  ...world.bus.warnings.map(() => 'lifetime warned'),
  ...listOperations(world).flatMap(({ restoredJobs = [], state }) =>
    restoredJobs.map(() => `job restored, deploy ${state}`),
  ),
];

export const checkRest = (world: ModelWorld) => [
  ...listAdmitted(world)
    .filter((command) => !mayStayAdmitted(command, world))
    .map(({ kind, clusterId }) => `a ${kind} of ${clusterId} is admitted and never released`),
  ...listOperations(world)
    .filter((operation) => !isTerminalOperation(operation) && !mayStayOpen(operation, world))
    .map(({ kind, clusterId, state }) => `the ${kind} of ${clusterId} stays ${state}`),
  ...listClusters(world)
    .filter((cluster) => !isTerminalCluster(cluster) && !mayStayAlive(cluster))
    .map(
      ({ clusterId, state, lifetime }) =>
        `${clusterId} stays ${state}. Its lifetime ends at ${lifetime?.endsAt ?? 'no time'}.`,
    ),
  ...(world.isQuiet(listWaitingRollouts(world)) ? [] : ['messages, executions or events are still on their way']),
];
