import { findFinalState, isTerminalJob, type Job } from '#events/records/job.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { toStopSnapshotId, toStopTriggerId } from '#shared/clusters/model/snapshot.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listClusters, listClusterTransitions, listOperations, listTransitions } from './stored.ts';

/** What holds for every rollout: one incarnation at a time, no lost state, and a named end. */
export const checkRollouts = (world: ModelWorld, byHand: ReadonlySet<string>): readonly string[] => {
  const operations = listOperations(world);
  const rollouts = operations.filter((operation) => findRolloutRequest(operation) !== undefined);
  return [
    ...(byHand.size === 0 ? world.kubernetes.clusters.overlaps : []).map(
      (name) => `two incarnations of ${name} ran at once`,
    ),
    ...world.kubernetes.clusters.checkpoints.missing.map((job) => `job ${job} started from a snapshot that is gone`),
    ...checkLastStates(world, byHand),
    ...[...world.kubernetes.clusters.savepoints.final].flatMap(([id, paths]) =>
      paths.length > 1 ? [`request ${id} has ended its job with ${paths.join(', then with ')}`] : [],
    ),
    ...checkLocks(world, operations),
    ...listRolloutRevisions(world).flatMap((revision) => checkStart(revision, world, operations)),
    ...rollouts.flatMap((operation) => checkEnd(operation, world)),
    ...listClusters(world).flatMap((cluster) =>
      cluster.state === 'SUSPENDED' ? checkSuspended(cluster.operationId, cluster.snapshot?.path, world) : [],
    ),
  ];
};

/**
 * A rollout with `last-state` takes the last state of each job, which Flink would recover it from. A Deployment that a person puts
 * in place of Drey's has the same high-availability data, so that it runs the same job on.
 */
const checkLastStates = ({ table, kubernetes }: ModelWorld, byHand: ReadonlySet<string>) =>
  [...table.items.values()]
    .filter(({ sk }) => sk.startsWith('cluster#job#'))
    .map(({ value }) => value as Job)
    .filter(({ clusterId }) => ![...byHand].some((text) => text.startsWith(`kubectl replace deployment ${clusterId},`)))
    .flatMap(({ jobId, finalCheckpoint }) => {
      const { last: states, lastOfEnded } = kubernetes.clusters.checkpoints;
      const last = lastOfEnded.get(jobId) ?? states.get(jobId);
      return finalCheckpoint === undefined || finalCheckpoint === last
        ? []
        : [`job ${jobId} ended with ${last ?? 'no state'}, and its final checkpoint is ${finalCheckpoint}`];
    });

/** No cluster stays locked by a rollout that has ended. */
const checkLocks = (world: ModelWorld, operations: readonly StoredOperation[]) =>
  listClusters(world).flatMap(({ clusterId, rollout }) => {
    const operation = operations.find(({ operationId }) => operationId === rollout?.operationId);
    return operation !== undefined && isTerminalOperation(operation)
      ? [`${clusterId} is locked by the ${operation.kind} ${operation.operationId}, which is ${operation.state}`]
      : [];
  });

const listRolloutRevisions = ({ table }: ModelWorld): readonly StoredRevision[] =>
  [...table.items.values()]
    .filter(({ sk }) => sk.startsWith('revision#'))
    .map(({ value }) => value as StoredRevision)
    .filter(({ rolloutOperationId }) => rolloutOperationId !== undefined);

const listJobs = ({ table }: ModelWorld, operationId: string): readonly Job[] =>
  [...table.items.values()]
    .filter(({ sk }) => sk.startsWith('cluster#job#'))
    .map(({ value }) => value as Job)
    .filter(({ clusterOperationId }) => clusterOperationId === operationId);

/** An application starts from the state that the incarnation before it ended with, unless a caller gave up its state. */
const checkStart = (
  { number, clusterId, operationId, rolloutOperationId, restoredFrom, mode }: StoredRevision,
  world: ModelWorld,
  operations: readonly StoredOperation[],
): readonly string[] => {
  // A change in place starts nothing.
  if (operationId === rolloutOperationId) return [];
  const recovered = world.kubernetes.clusters.recovered.get(operationId);
  const resurrected =
    recovered === undefined
      ? []
      : [`revision ${number} of ${clusterId} recovered job ${recovered} of another incarnation`];
  const rollout = operations.find((one) => one.operationId === rolloutOperationId);
  const request = rollout === undefined ? undefined : findRolloutRequest(rollout)?.data;
  const { from, options } = request ?? {};
  // An apply after the end of its cluster is a deploy, which recovers the data that high availability was to keep.
  if (rollout !== undefined && from === undefined) return [];
  if (mode !== 'application' || from === undefined || options === undefined) return resurrected;
  if (options.state === 'none' || options.fallback === 'none') return resurrected;
  const jobs = listJobs(world, from.operationId);
  // A cluster that was suspended without its state, as its caller asked, has none.
  if (jobs.length === 0 || (from.suspended === true && from.snapshot === undefined)) return resurrected;
  const snapshot = from.snapshot?.path ?? rollout?.rollout?.snapshot?.path;
  const isOfSource = from.suspended === true || jobs.some((job) => findFinalState(job) === restoredFrom);
  const ended = listSavepointsOf(rollout, jobs, world);
  const isLast = ended.length === 0 || ended.includes(restoredFrom ?? '');
  return restoredFrom !== undefined && restoredFrom === snapshot && isOfSource && isLast
    ? resurrected
    : [
        ...resurrected,
        `revision ${number} of ${clusterId} starts from ${restoredFrom ?? 'nothing'}, and its state is ${[...ended, snapshot ?? 'lost'].join(', ')}`,
      ];
};

/** The savepoints that Flink has completed for the stops of a rollout, whether or not Drey knows of them. */
const listSavepointsOf = (
  rollout: StoredOperation | undefined,
  jobs: readonly Job[],
  world: ModelWorld,
): readonly string[] =>
  rollout === undefined
    ? []
    : listStops(rollout, world).flatMap(({ operationId }) =>
        jobs.flatMap(
          ({ jobId }) => world.kubernetes.clusters.savepoints.final.get(toStopTriggerId(operationId, jobId)) ?? [],
        ),
      );

/** A failed rollout says why, and what runs. */
const checkEnd = (operation: StoredOperation, world: ModelWorld): readonly string[] => {
  const { operationId, kind, clusterId, state, problem, rollout } = operation;
  if (state === 'SUCCEEDED' || !isTerminalOperation({ state })) return [];
  const name = `the ${kind} ${operationId} of ${clusterId}`;
  if (problem === undefined || problem.detail === '') return [`${name} is ${state} without a reason`];
  if (state === 'FAILED' && hasLeftSavepoint(operation, world))
    return [`${name} has ended ${clusterId} with a savepoint, and neither started nor suspended it`];
  const states = listClusterTransitions(clusterId, world);
  if (rollout?.suspended === true && !states.some(({ to }) => to === 'SUSPENDED'))
    return [`${name} says that its cluster is SUSPENDED, which it never was`];
  return rollout?.rolledBackTo !== undefined &&
    !listRolloutRevisions(world).some((one) => one.rolloutOperationId === operationId)
    ? [`${name} says that it was rolled back, and has deployed nothing`]
    : [];
};

/** Whether the rollout failed in its first phases although the application has ended with the savepoint that it asked for. */
const hasLeftSavepoint = (operation: StoredOperation, world: ModelWorld): boolean => {
  const { from } = findRolloutRequest(operation)?.data ?? {};
  const { phase, suspended } = operation.rollout ?? {};
  return (
    phase === 'Snapshotting' &&
    suspended === undefined &&
    !isSuspendedByStop(operation, world) &&
    !isStoppedByCaller(operation, world) &&
    from?.mode === 'application' &&
    listJobs(world, from.operationId).some(
      (job) =>
        job.stoppedWithCluster === true &&
        findFinalState(job) !== undefined &&
        isTerminalJob(job) &&
        isEndedBy(job, operation, world),
    )
  );
};

const listStops = ({ operationId }: StoredOperation, world: ModelWorld): readonly StoredOperation[] =>
  listOperations(world).filter(
    ({ request }) => request?.kind === 'stop' && request.rollout?.operationId === operationId,
  );

/**
 * Whether the final state of a job is the snapshot of a stop of this rollout. A later one may have ended the job. The reason tells
 * what the record of the stop lacks when that protection is off.
 */
const isEndedBy = (job: Job, { operationId }: StoredOperation, world: ModelWorld): boolean =>
  listOperations(world).some(
    (stop) =>
      stop.request?.kind === 'stop' &&
      stop.request.data.reason === 'Rollout' &&
      (stop.request.rollout ?? { operationId }).operationId === operationId &&
      world.table.values<StoredSnapshot>(
        `target#local/cluster#${job.clusterId}|snapshot#${toStopSnapshotId(stop.operationId, job.jobId)}`,
      )[0]?.path === findFinalState(job),
  );

/** Whether the stop of a rollout that had failed by then has suspended its cluster. */
const isSuspendedByStop = (operation: StoredOperation, world: ModelWorld): boolean => {
  const stops = listStops(operation, world);
  return listTransitions(world).some(
    ({ to, operationId: by }) => to === 'SUSPENDED' && stops.some((stop) => stop.operationId === by),
  );
};

/** Whether the first thing that became of the cluster after the failure of the rollout is its end by the stop of a caller. */
const isStoppedByCaller = ({ clusterId, updatedAt }: StoredOperation, world: ModelWorld): boolean => {
  const next = listClusterTransitions(clusterId, world).find(({ at }) => at >= updatedAt);
  return listOperations(world).some(
    ({ operationId, request }) =>
      operationId === next?.operationId && request?.kind === 'stop' && request.rollout === undefined,
  );
};

/** A SUSPENDED application has the savepoint that it ended with, unless a caller gave up its state. */
const checkSuspended = (operationId: string, path: string | undefined, world: ModelWorld): readonly string[] => {
  const saved = listJobs(world, operationId).flatMap((job) =>
    job.stoppedWithCluster === true ? (findFinalState(job) ?? []) : [],
  );
  const cluster = listClusters(world).find((one) => one.operationId === operationId);
  return cluster?.mode === 'application' && saved.length > 0 && path === undefined
    ? [`${cluster.clusterId} is SUSPENDED without its savepoint ${saved.join(', ')}`]
    : [];
};
