import { toOwnKey } from '#events/idempotency-key.ts';
import { hasIncarnation, isIdleCluster, isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RolloutOptions, RolloutStep, StopData } from '#events/commands/index.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { stop } from '#shared/clusters/commands/stop.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { listFinalStates } from '#shared/clusters/model/rollout.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { jobLostState } from '#shared/clusters/workflows/lost-state.ts';

import { readRollout, recordRolloutPhase, type RolloutRecords } from './records.ts';
import { problemToFailure, type RolloutFailure, type RolloutState, toFailure, toNext } from './rollout-state.ts';

/** Step of the rollout machine: stops the old incarnation with the state that the rollout asks for, and waits for its end. */
export const endIncarnation = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records =
    state.stopId === undefined
      ? await recordRolloutPhase(state.operationId, 'Snapshotting', ports)
      : await readRollout(state.operationId, ports);
  if (records?.cluster === undefined) return toNext(state, 'over');
  if (isIdleCluster(records.cluster.value)) return recordSnapshot(state, ports);
  if (state.stopId === undefined) return stopOld(state, records, ports);
  return assessStop(state, { records, stopId: state.fallbackId ?? state.stopId }, ports);
};

const recordSnapshot = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readRollout(state.operationId, ports);
  const stateBytes = records === undefined ? undefined : await measureState(records, ports);
  const snapshot = records?.cluster?.value.snapshot;
  const isReplaced =
    snapshot?.kind === 'checkpoint' && records?.request.options.state === 'savepoint' && state.fallbackId === undefined;
  const fallbackReason = isReplaced ? deploymentDeleted : undefined;
  const stateDropped = records === undefined ? undefined : await findDroppedState(records, ports);
  const fields = omitUndefined({ snapshot, stateBytes, fallbackReason, stateDropped });
  const recorded = await recordRolloutPhase(state.operationId, 'Snapshotting', ports, {
    fields,
    changes: keepLifetime,
  });
  if (recorded === undefined) return toNext(state, 'over');
  return toNext(state, recorded.request.spec === undefined ? 'suspended' : 'done');
};

const deploymentDeleted = 'The Deployment was deleted before the savepoint was complete.';

/**
 * Whether the old incarnation has ended without the state that the next one would start from. Jobs of a session may have lost
 * theirs one by one, which their records say.
 */
const findDroppedState = async (
  { operation: { value: operation }, cluster, request: { from, options } }: RolloutRecords,
  { store }: Ports,
): Promise<true | undefined> => {
  if (options.state === 'none') return true;
  if (options.fallback !== 'none' || from?.mode !== 'application' || cluster?.value.snapshot !== undefined)
    return undefined;
  const jobs = await store.jobs(operation);
  return jobs.some(({ value }) => value.clusterOperationId === from.operationId) ? true : undefined;
};

/** The stable revision keeps the lifetime of the cluster, also that of an `extend` while its savepoint was taken. */
const keepLifetime = async ({ request: { from }, cluster }: RolloutRecords) =>
  from === undefined ? {} : { request: { from: { ...from, ...omitUndefined({ lifetime: cluster?.value.lifetime }) } } };

/** The size of the snapshots that the old incarnation ended with, as the catalogue has it. Undefined when it has none. */
const measureState = async (
  { operation: { value: operation }, request: { from } }: RolloutRecords,
  { store }: Ports,
): Promise<number | undefined> => {
  if (from === undefined) return undefined;
  const jobs = (await store.jobs(operation)).map(({ value }) => value);
  const paths = new Set(listFinalStates(from.operationId, jobs));
  if (paths.size === 0) return undefined;
  const { items } = await store.snapshots(operation, { limit: maxSnapshots });
  const sizes = items.flatMap(({ value: { path = '', sizeBytes } }) =>
    paths.has(path) && sizeBytes !== undefined ? [sizeBytes] : [],
  );
  return sizes.length < paths.size ? undefined : sizes.reduce((sum, size) => sum + size, 0);
};

/** The newest snapshots of a cluster, among which are those of its last stop. */
const maxSnapshots = 100;

const stopOld = async (state: RolloutState, records: RolloutRecords, ports: Ports): Promise<RolloutState> => {
  const given = await giveStop(toStop(records.request.options.state, records, 'stop'), ports);
  return given instanceof Fault
    ? toNext(state, 'failed', { failure: toFailure(given) })
    : toNext(state, 'waiting', { stopId: given });
};

/** The stop that ends the old incarnation with this state. A savepoint with the fallback `none` may fail in the same stop. */
const toStop = (
  source: RolloutOptions['state'],
  { request: { options, spec }, operation, step }: RolloutRecords,
  name: string,
): GivenStop => {
  const { fallback, savepointDirectory } = options;
  const isRequired = source !== 'none' && fallback !== 'none';
  const savepoint = source !== 'savepoint' ? 'none' : isRequired ? 'required' : 'best-effort';
  return {
    operation,
    name,
    data: { savepoint, ha: 'purge', reason: 'Rollout', ...omitUndefined({ savepointDirectory }) },
    rollout: {
      ...step,
      end: spec === undefined ? 'SUSPENDED' : 'UPGRADING',
      ...(isRequired ? { requiresSnapshot: true } : {}),
      ...(source === 'last-state' ? { lastState: true } : {}),
      ...(source === 'savepoint' && fallback === 'last-state' ? { hasFallback: true } : {}),
    },
  };
};

/** What the rollout takes the state from after its stop has failed. A stop has failed before it ended anything. */
const findFallback = ({ state, fallback }: RolloutOptions): RolloutOptions['state'] | undefined =>
  (state === 'savepoint' && fallback === 'last-state') || (state === 'last-state' && fallback === 'none')
    ? fallback
    : undefined;

const stopAgain = async (
  state: RolloutState,
  { source, reason }: { readonly source: RolloutOptions['state']; readonly reason: string | undefined },
  ports: Ports,
): Promise<RolloutState> => {
  const fields = omitUndefined({ fallbackReason: reason });
  const records = await recordRolloutPhase(state.operationId, 'Snapshotting', ports, { fields });
  if (records === undefined) return toNext(state, 'over');
  const given = await giveStop(toStop(source, records, 'fallback'), ports);
  return given instanceof Fault
    ? toNext(state, 'failed', { failure: toFailure(given) })
    : toNext(state, 'waiting', { fallbackId: given });
};

export interface GivenStop {
  readonly operation: RolloutRecords['operation'];
  readonly data: StopData;
  readonly rollout: RolloutStep;
  /** Names the stop among those of the rollout. */
  readonly name: string;
}

/** Gives a stop of the rollout. @returns The ID of its operation, or why it is refused. @throws Fault that is retryable. */
export const giveStop = async (
  { operation: { value }, data, rollout, name }: GivenStop,
  ports: Ports,
): Promise<string | Fault> => {
  const { target, clusterId, operationId, principal } = value;
  const key = toOwnKey('rollout', operationId, name);
  const command = { kind: 'stop', target, clusterId, data, key, origin: 'reconciler', principal, rollout } as const;
  try {
    return (await accept(stop, command, ports)).operation.operationId;
  } catch (error) {
    return toFinalFault(error);
  }
};

const assessStop = async (
  state: RolloutState,
  { records, stopId }: { readonly records: RolloutRecords; readonly stopId: string },
  ports: Ports,
): Promise<RolloutState> => {
  const { value: stopOperation } = await getOperation(stopId, ports.store);
  const cluster = records.cluster?.value;
  if (cluster === undefined) return toNext(state, 'over');
  if (cluster.state === 'STOPPED')
    return toNext(state, 'failed', { failure: await newNoSnapshotFailure(cluster, ports) });
  if (isTerminalCluster(cluster)) {
    const why = cluster.message === undefined ? '' : ` ${cluster.message}`;
    const message = `The program ended (${cluster.state}) before its state was saved, so that no new revision started.${why}`;
    return toNext(state, 'failed', { failure: { code: 'rollout-failed', reason: 'ProgramEnded', message } });
  }
  if (!hasStopFailed(stopOperation, cluster)) return toNext(state, 'waiting');
  const { problem } = stopOperation;
  // What runs has no checkpoint with the state that was lost.
  const mayFallBack = state.fallbackId === undefined && problem?.reason !== jobLostState;
  const source = mayFallBack ? findFallback(records.request.options) : undefined;
  return source === undefined
    ? toNext(state, 'failed', { failure: problemToFailure(problem, 'The stop failed.') })
    : stopAgain(state, { source, reason: problem?.detail }, ports);
};

/** The stop of the rollout has found nothing to save. */
const newNoSnapshotFailure = async (cluster: Cluster, { store }: Ports): Promise<RolloutFailure> => {
  const jobs = await store.jobs(cluster);
  const isRecoverable = jobs.some(({ value }) => value.state === 'SUSPENDED');
  const what =
    'The old incarnation ended before its state was saved: its Deployment was deleted, or its job ended by itself.';
  const message = `${what} Nothing was started without it.${describeRemains(cluster, isRecoverable)}`;
  return { code: 'rollout-failed', reason: 'NoSnapshot', message };
};

/** What a person can still start from. */
const describeRemains = ({ checkpointDirectory }: Cluster, isRecoverable: boolean): string => {
  if (isRecoverable) return ' Its high-availability data was kept: an apply of the same spec recovers the job.';
  return checkpointDirectory === undefined
    ? ''
    : ` Checkpoints that Flink has retained are in ${checkpointDirectory}: apply with the newest one as job.restore.path.`;
};

/** Whether a stop has failed for good. One that failed after it began to remove objects is repeated, and the cluster stays STOPPING. */
export const hasStopFailed = (stopOperation: StoredOperation, cluster: Cluster): boolean =>
  isTerminalOperation(stopOperation) &&
  stopOperation.state !== 'SUCCEEDED' &&
  hasIncarnation(cluster) &&
  cluster.state !== 'STOPPING';
