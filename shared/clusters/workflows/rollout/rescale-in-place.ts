import { toOwnKey } from '#events/idempotency-key.ts';
import { commands } from '#events/commands/index.ts';
import { lenient } from '#events/lenient.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault, parseWritten, toFinalFault } from '#events/problems/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { rescale } from '#shared/clusters/commands/rescale.ts';
import { reviseInPlace } from '#shared/clusters/model/in-place.ts';
import { findBeginning } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { readRollout, recordRolloutPhase, type RolloutRecords } from './records.ts';
import { problemToFailure, type RolloutState, toFailure, toNext } from './rollout-state.ts';

/**
 * Step of the rollout machine: gives the running job another parallelism, and waits until it runs with that. A rescale that
 * fails restores what the job had, so that the cluster runs its revision as before.
 */
export const rescaleInPlace = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records =
    state.rescaleId === undefined
      ? await recordRolloutPhase(state.operationId, 'Rescaling', ports)
      : await readRollout(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  if (records.operation.rollout.to !== undefined) return toNext(state, 'done');
  if (state.rescaleId === undefined) {
    const given = await giveRescale(records, ports);
    return given instanceof Fault
      ? toNext(state, 'failed', { failure: toFailure(given) })
      : toNext(state, 'waiting', { rescaleId: given });
  }
  const { value: rescaled } = await getOperation(state.rescaleId, ports.store);
  if (!isTerminalOperation(rescaled)) return toNext(state, 'waiting');
  if (rescaled.state !== 'SUCCEEDED')
    return toNext(state, 'failed', { failure: problemToFailure(rescaled.problem, 'The rescale was canceled.') });
  return recordRevision(state, records, ports);
};

/** @returns The ID of the operation of the rescale, or why it is refused. @throws Fault that is retryable. */
const giveRescale = async ({ operation, request, step }: RolloutRecords, ports: Ports): Promise<string | Fault> => {
  const { target, clusterId, operationId, principal } = operation.value;
  const data = parseWritten(lenient(commands.rescale.data, 'drop'), { kind: 'rescale', value: request.rescale });
  const key = toOwnKey('rollout', operationId, 'rescale');
  const command = {
    kind: 'rescale',
    target,
    clusterId,
    data,
    key,
    origin: 'reconciler',
    principal,
    rollout: step,
  } as const;
  try {
    return (await accept(rescale, command, ports)).operation.operationId;
  } catch (error) {
    // Capacity may be missing for hours. A restart waits for it in the admission queue.
    const isFull = error instanceof Fault && error.code === 'limit-reached';
    const { code, message, reason } = isFull ? error : toFinalFault(error);
    return new Fault(code, `${message} ${wayOut}`, { reason });
  }
};

const wayOut = 'Nothing has changed. To restart the cluster instead, apply the spec with `rollout.restart: true`.';

/** Records the new revision, which runs now. Its lifetime counts from the beginning of the rollout, as it was checked. */
const recordRevision = async (
  state: RolloutState,
  { operation: { value, rollout }, request, cluster }: RolloutRecords,
  ports: Ports,
): Promise<RolloutState> => {
  const target = await ports.targets.get(value.target);
  const number = cluster?.value.revision ?? 0;
  const current = (await ports.store.revision(value, number))?.value;
  const before = current && (await readRevisionSpec(current.operationId, ports));
  const after = await readRevisionSpec(value.operationId, ports);
  if (cluster === undefined || current === undefined || before === undefined || after === undefined) {
    const fault = new Fault(
      'not-found',
      `The job was rescaled, but the spec of revision ${number} is no longer stored. Apply the spec with \`rollout.restart: true\`.`,
    );
    return toNext(state, 'failed', { failure: toFailure(fault) });
  }
  const change = { current, before, after, target, now: findBeginning(rollout, value.createdAt) };
  const { revision } = reviseInPlace(cluster.value, change, value);
  const recorded = await recordRolloutPhase(value.operationId, 'Rescaling', ports, {
    fields: { to: revision.number },
    changes: async () => ({ revisions: [{ value: revision, previous: undefined }] }),
    update: (known) => withParallelism(reviseInPlace(known, change, value).cluster, request.rescale?.parallelism),
  });
  return toNext(state, recorded === undefined ? 'over' : 'done');
};

const withParallelism = (cluster: Cluster, parallelism: number | undefined): Cluster =>
  cluster.taskManagers === undefined || parallelism === undefined
    ? cluster
    : { ...cluster, taskManagers: { ...cluster.taskManagers, parallelism } };
