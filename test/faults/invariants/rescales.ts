import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listAdmitted, listClusters, listOperations } from './stored.ts';

/**
 * A job that runs requires what its last rescale required, or what it required before a rescale that failed. Its command
 * holds the capacity for that, and no capacity that a rollout has reserved. A JobManager that restarts without high availability starts again.
 */
export const checkRescales = (world: ModelWorld, byHand: ReadonlySet<string>): readonly string[] =>
  byHand.size > 0
    ? []
    : listClusters(world)
        .filter(({ state, rollout }) => state === 'RUNNING' && rollout === undefined)
        .flatMap(({ clusterId, operationId, mode, taskManagers }) =>
          world.kubernetes.clusters.listRunningJobs(clusterId).flatMap(([jobId, parallelism]) => {
            const wanted = findWanted(listRescales(world, operationId, jobId));
            const holder = mode === 'application' ? operationId : jobId;
            const held = listAdmitted(world).find((command) => command.operationId === holder)?.demand.cpu;
            const { cpu = 0, slots = 1 } = taskManagers ?? {};
            const needed = Math.ceil(parallelism / slots) * cpu + (mode === 'application' ? 1 : 0);
            return [
              ...(wanted === undefined || wanted === parallelism
                ? []
                : [`job ${jobId} of ${clusterId} requires parallelism ${parallelism} in place of ${wanted}`]),
              // A queued submit may start on a session of another size than the one that it was recorded for.
              ...((wanted === undefined && mode === 'session') || held === undefined || held === needed
                ? []
                : [`job ${jobId} of ${clusterId} holds ${held} CPUs in place of ${needed}`]),
            ];
          }),
        );

/** The rescales of a job, in order. */
const listRescales = (world: ModelWorld, clusterOperationId: string, jobId: string): readonly StoredOperation[] =>
  listOperations(world)
    .filter((one) => one.kind === 'rescale' && one.jobId === jobId && one.clusterOperationId === clusterOperationId)
    .toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1));

/** The parallelism that the last rescale leaves. */
const findWanted = (rescales: readonly StoredOperation[]): number | undefined => {
  const last = rescales.at(-1);
  const request = last === undefined ? undefined : findRequest(last, 'rescale');
  return (last?.state === 'SUCCEEDED' ? request?.after : request?.before)?.[0]?.max;
};
