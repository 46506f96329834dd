import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { decideAdmissions } from '#shared/clusters/model/admission.ts';
import type { PendingReason, QueuedCommand, QueueSummary } from '#shared/clusters/model/queue.ts';
import { assertFitsTarget, isLimited } from '#shared/clusters/model/quota.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, isConflict, withPayload } from '#shared/clusters/store/transact.ts';

import { endQueued } from './end-queued.ts';
import { findPendingReason } from './pending.ts';
import { releasedByReplacement } from './queued-command.ts';

/**
 * Records a command: started if its turn has come, else in the line of its target.
 *
 * @param changeOf What to record. It may be called twice.
 * @param draft What is needed of it when its turn comes, and not written down otherwise.
 * @returns What it waits for; undefined when it is started.
 * @throws Fault `over-limit` when it will never fit, `limit-reached` when the line is full, `not-started` when it came
 *   too late.
 */
export const startOrEnqueue = async (
  claim: QueuedCommand,
  target: NamedTarget,
  changeOf: (pendingReason: PendingReason | undefined) => Change,
  ports: Ports,
  payload?: Readonly<Record<string, unknown>>,
): Promise<PendingReason | undefined> => {
  assertFitsTarget(claim, target);
  const [queueState, awaited] = await Promise.all([
    ports.store.queueSummary(target.name),
    findPendingReasonAtEntry(claim, target, ports),
  ]);
  const pendingReason = pendingReasonOf(claim, queueState, awaited, { target, now: ports.now() });
  if (
    pendingReason === undefined &&
    (await isStarted(claim, target, queueState.queueVersion, changeOf(undefined), ports))
  )
    return undefined;
  if (queueState.queued >= target.maxQueued) {
    throw new Fault('limit-reached', `${queueState.queued} commands wait for target ${target.name} already`, {
      reason: 'LineFull',
      retryAfterSeconds: 30,
    });
  }
  const waits = pendingReason ?? { reason: 'WaitingForTurn', message: 'others come at the same time' };
  const write = () => commit({ ...changeOf(waits), queued: { value: claim, previous: undefined } }, ports);
  await (payload === undefined ? write() : withPayload(claim.operationId, payload, write, ports));
  await assertTargetExists(claim, ports);
  await ports.store.count(target.name, { by: 1 });
  // A place may have become free before it stood in line, or what it waits for may have ended.
  const still = pendingReasonOf(claim, await ports.store.queueSummary(target.name), awaited, {
    target,
    now: ports.now(),
  });
  if (still?.reason !== 'WaitingForQuota' && still?.reason !== 'Paused') await ports.admissionQueue.send(target.name);
  return waits;
};

/**
 * Whoever removes a target at the same time sees what waits for it, or is seen here.
 *
 * @throws Fault `not-found`; the command has failed then.
 */
const assertTargetExists = async (claim: QueuedCommand, ports: Ports): Promise<void> => {
  try {
    await ports.targets.current(claim.target);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found')
      await endQueued(claim, { state: 'FAILED', fault: error }, ports);
    throw error;
  }
};

/** What depends on one that has failed already is recorded all the same, and fails in the line: others may depend on it. */
const findPendingReasonAtEntry = async (
  claim: QueuedCommand,
  target: NamedTarget,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  try {
    return await findPendingReason(claim, target, ports);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'dependency-failed') throw error;
    return { reason: 'WaitingForDependency', message: error.message };
  }
};

/** Where others wait, whose turn it is among them is decided for all at once. */
const pendingReasonOf = (
  claim: QueuedCommand,
  { admitted, paused, queued }: QueueSummary,
  awaited: PendingReason | undefined,
  { target, now }: { readonly target: NamedTarget; readonly now: Date },
): PendingReason | undefined => {
  const pendingReasons = new Map(awaited === undefined ? [] : [[claim.operationId, awaited]]);
  const [turn] = decideAdmissions([claim], admitted, { target, paused: paused !== undefined, pendingReasons, now });
  return (
    turn?.pendingReason ?? (queued === 0 ? undefined : { reason: 'WaitingForTurn', message: `${queued} before it` })
  );
};

/** Not if somebody else was let in meanwhile: the line decides then. */
const isStarted = async (
  claim: QueuedCommand,
  target: NamedTarget,
  queueVersion: number | undefined,
  change: Change,
  ports: Ports,
): Promise<boolean> => {
  const approximateSize = isLimited(target)
    ? { queueVersion: { target: target.name, paused: undefined, previous: queueVersion } }
    : {};
  try {
    await commit({ ...change, ...approximateSize, admitted: [claim], released: releasedByReplacement(claim) }, ports);
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return false;
  }
};
