import { isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { assertStartsInTime } from '#shared/clusters/admission/pending.ts';
import { beginRollout, newPlannedResult } from '#shared/clusters/commands/rollouts/begin.ts';
import { readIntent, type RolloutIntent } from '#shared/clusters/commands/rollouts/intent.ts';
import { planRollout } from '#shared/clusters/commands/rollouts/plan-rollout.ts';
import { UnchangedCluster } from '#shared/clusters/commands/rollouts/unchanged.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRolloutRequest, type RolloutRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { withoutNextRollout } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { type RolloutState, toFailure, toLongWait, toNext } from './rollout-state.ts';

/** How often the end of the other rollout is looked for in the first half hour. */
const pauseSeconds = 15;

/**
 * Begins a rollout that has waited for another one: it is planned with the records of now, as its command would be.
 *
 * @returns What the step returns while the rollout waits, and when it does not begin. Undefined when it has begun.
 * @throws Fault that is retryable.
 */
export const beginWaiting = async (state: RolloutState, ports: Ports): Promise<RolloutState | undefined> => {
  try {
    return await transact<RolloutState | undefined>(ports, () => decideBeginning(state, ports));
  } catch (error) {
    if (error instanceof UnchangedCluster) return toNext(state, 'unchanged');
    // The stop of a rollout that has failed is still removing objects.
    if (error instanceof Fault && error.code === 'not-ready') return toLongWait(state, pauseSeconds);
    return toNext(state, 'failed', { failure: toFailure(toFinalFault(error)) });
  }
};

interface Decision {
  readonly change?: Change;
  readonly result: RolloutState | undefined;
}

const decideBeginning = async (state: RolloutState, ports: Ports): Promise<Decision> => {
  const { operationId } = state;
  const operation = await getOperation(operationId, ports.store);
  const request = findRolloutRequest(operation.value);
  if (isTerminalOperation(operation.value)) return { result: toNext(state, 'over') };
  if (request?.data.waiting === undefined) return { result: undefined };
  const records = await ports.store.clusterWithJobs(operation.value);
  if (records?.cluster.value.nextRollout?.operationId !== operationId) return { result: toNext(state, 'over') };
  if (records.cluster.value.rollout !== undefined) return { result: toLongWait(state, pauseSeconds) };
  return { change: await planBeginning(operation, { request, records }, ports), result: undefined };
};

interface WaitingRecords {
  readonly request: RolloutRequest;
  readonly records: ClusterRecords;
}

/** @throws Fault and UnchangedCluster as the command would at this moment. */
const planBeginning = async (
  operation: Versioned<StoredOperation>,
  { request, records }: WaitingRecords,
  ports: Ports,
): Promise<Change> => {
  const { operationId, rollout: waited } = operation.value;
  const intent = await readIntent(operation.value, request, ports);
  assertStateKept(intent, records);
  const now = ports.now();
  assertStartsInTime(intent.deadline, now);
  const target = await ports.targets.get(intent.target);
  const cluster = { ...records.cluster, value: withoutNextRollout(records.cluster.value) };
  const planned = await planRollout(intent, { target, records: { ...records, cluster }, operationId }, ports);
  const { revision } = cluster.value;
  const rollout = newPlannedResult(planned, { revision, at: now, ...omitUndefined({ waited }) });
  const fields = { request: planned.request, rollout };
  const begun = transitionOperation(operation, { state: 'IN_PROGRESS', phase: rollout.phase, fields }, now);
  return (await beginRollout({ operation: begun, cluster, planned, target }, ports)).change;
};

/**
 * An apply to a cluster that has ended is a deploy, which starts without the state of the cluster. The caller of this one has
 * not seen the end.
 *
 * @throws Fault `wrong-state`
 */
const assertStateKept = (
  { kind, options }: RolloutIntent,
  { cluster: { value: cluster }, jobs }: ClusterRecords,
): void => {
  if (!isTerminalCluster(cluster) || options.state === 'none') return;
  if (selectIncarnationJobs(cluster, jobs).length === 0) return;
  const { clusterId, target, state } = cluster;
  throw new Fault(
    'wrong-state',
    `Cluster ${clusterId} in target ${target} became ${state} while the ${kind} waited, so that it would start without its state. Repeat the command to deploy it, with the snapshot in restore.`,
  );
};
