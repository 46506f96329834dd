import { isDeepStrictEqual } from 'node:util';

import { type Cluster, type ClusterState, type Condition, isTerminalCluster } from '#events/cluster.ts';
import type { DeployPhase, Operation, OperationState } from '#events/operation.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault, type Problem } from '#events/problem.ts';
import { policies, repeat } from '#shared/retries.ts';

import { deriveWrites } from '#shared/clusters/model/derived-writes.ts';
import type { Change, Ports, Store, StoredOperation, Versioned } from '#shared/clusters/ports/ports.ts';
import { withCondition } from '#shared/clusters/model/cluster.ts';

/** A transaction has a hundred items at the most, and a job that ends takes four: itself, transition, verdict, and what it held. */
export const maxJobsPerTransaction = 22;

/** @throws Fault `not-found` */
export const getCluster = async (clusterRef: ClusterRef, store: Store): Promise<Versioned<Cluster>> => {
  const found = await store.cluster(clusterRef);
  if (found === undefined)
    throw new Fault('not-found', `there is no cluster ${clusterRef.clusterId} in target ${clusterRef.target}`);
  return found;
};

const pageSize = 100;

/** All clusters of a target that are in one of the states. Eventually consistent. */
export const listClusters = async (
  target: string,
  states: readonly ClusterState[],
  store: Store,
): Promise<readonly Cluster[]> => {
  const found: Cluster[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.clusters(target, { states, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
};

/** @throws Fault `not-found` */
export const getOperation = async (operationId: string, store: Store): Promise<Versioned<StoredOperation>> => {
  const found = await store.operation(operationId);
  if (found === undefined) throw new Fault('not-found', `there is no operation ${operationId}`);
  return found;
};

/** What a function takes at the most behind an HTTP request or a message, and the API server for one request of it. */
const maxInFlightMs = 60_000;

/** Until when a process that read the records at that time may still do what they allowed it to. */
export const requestsInFlightUntil = (at: Date): string => new Date(at.getTime() + maxInFlightMs).toISOString();

type NewOperation = Omit<StoredOperation, 'state' | 'createdAt' | 'updatedAt' | 'deadline'>;

/** An operation as it begins: nothing is done yet, and by its deadline it has to be over. One that waits is QUEUED until its turn comes. */
export const newOperation = (fields: NewOperation, deadlineMs: number, now: Date): StoredOperation => ({
  ...fields,
  state: 'PENDING',
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  deadline: new Date(now.getTime() + deadlineMs).toISOString(),
});

/** Whether the objects of a deploy stay when it fails: its cluster is there to be looked at. */
export const keepsFailedObjects = ({ plan }: StoredOperation): boolean =>
  plan !== undefined && 'deploy' in plan && plan.deploy.onFailure === 'keep';

/** Whether something of a cluster is there that may cost, and is not being removed: also of one that failed and is kept to be looked at. */
export const holdsResources = async (cluster: Cluster, store: Store): Promise<boolean> => {
  if (cluster.state === 'STOPPING' || cluster.state === 'QUEUED') return false;
  if (!isTerminalCluster(cluster)) return true;
  // What failed behind a stop, by its program, is removed.
  if (cluster.state !== 'FAILED' || cluster.stopOperationId !== undefined) return false;
  return keepsFailedObjects((await getOperation(cluster.operationId, store)).value);
};

/** An operation as callers see it. */
export const toPublic = ({ plan: _plan, taskToken: _taskToken, ...operation }: StoredOperation): Operation => operation;

/** Writes a change with all that follows from it. @throws Fault `changed-meanwhile` */
export const commit = (change: Change, { store }: Pick<Ports, 'store'>): Promise<void> => {
  const { dequeued, released, verdicts } = deriveWrites(change);
  return store.commit({
    ...change,
    dequeued: [...(change.dequeued ?? []), ...dequeued],
    released: [...(change.released ?? []), ...released],
    verdicts: [...(change.verdicts ?? []), ...verdicts],
  });
};

/** Keeps a draft with what is written, and only with that. */
export const withPayload = async (
  operationId: string,
  payload: unknown,
  write: () => Promise<void>,
  { payloads }: Pick<Ports, 'payloads'>,
): Promise<void> => {
  await payloads.keep(operationId, payload);
  try {
    await write();
  } catch (error) {
    // Where no answer came it may be written after all.
    if (isConflict(error)) await payloads.remove(operationId);
    throw error;
  }
};

export const isConflict = (error: unknown): boolean => error instanceof Fault && error.code === 'conflict';

/**
 * Reads, decides, writes; again from the reading when somebody else wrote meanwhile.
 *
 * @param decide What to write, and what came of it; without a change nothing is written. It may be called several times.
 * @throws Fault `changed-meanwhile` when others were always faster.
 */
export const transact = async <T>(
  ports: Pick<Ports, 'store' | 'sleep' | 'random'>,
  decide: () => Promise<{ readonly change?: Change | undefined; readonly result: T }>,
): Promise<T> =>
  retryOnConflict(ports, async () => {
    const { change, result } = await decide();
    if (change !== undefined) await commit(change, ports);
    return result;
  });

/** Again when somebody else wrote meanwhile. */
export const retryOnConflict = <T>(
  { sleep, random }: Pick<Ports, 'sleep' | 'random'>,
  work: () => Promise<T>,
): Promise<T> =>
  repeat(work, {
    policy: policies.record,
    isTransient: isConflict,
    sleep,
    random,
  });

interface Progress {
  readonly state: OperationState;
  readonly phase?: string | undefined;
  readonly phases?: readonly DeployPhase[] | undefined;
  readonly problem?: Problem | undefined;
}

/** The operation as it is after a step. What it waited for is over when it is. */
export const advanceOperation = (
  { value, version }: Versioned<StoredOperation>,
  { state, phase, phases = [], problem }: Progress,
  now: Date,
) => {
  const { phase: _phase, ...rest } = value;
  const next: StoredOperation = {
    ...rest,
    state,
    updatedAt: now.toISOString(),
    ...(phase === undefined ? {} : { phase }),
    ...(phases.length === 0 ? {} : { phases: [...phases] }),
    ...(problem === undefined ? {} : { problem }),
  };
  return { value: next, previous: version };
};

/** Keeps what was seen of a cluster, where that is news, and if the cluster `holds` still what it was seen of. */
export const recordCondition = (
  clusterRef: ClusterRef,
  type: Condition['type'],
  seen: Pick<Condition, 'status' | 'reason' | 'message'>,
  ports: Ports,
  holds: (current: Cluster) => boolean = () => true,
): Promise<void> =>
  transact(ports, async () => {
    const { value, version } = await getCluster(clusterRef, ports.store);
    const next = holds(value) ? withCondition(value, type, seen, ports.now()) : value;
    return next === value
      ? { result: undefined }
      : { change: { cluster: { value: next, previous: version } }, result: undefined };
  });

/** Says what the operation waits for, and what it has reached. Only for people to read: when somebody else wrote meanwhile, theirs is newer. */
export const recordPhase = async (
  operation: Versioned<StoredOperation>,
  phase: string,
  { store, now }: Ports,
  phases: readonly DeployPhase[] = [],
): Promise<void> => {
  const { phase: known, phases: reached = [] } = operation.value;
  if (known === phase && (phases.length === 0 || isDeepStrictEqual(reached, phases))) return;
  try {
    await store.commit({ operations: [advanceOperation(operation, { state: 'IN_PROGRESS', phase, phases }, now())] });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
};
