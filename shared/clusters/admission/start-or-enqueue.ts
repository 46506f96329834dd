import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { decideAdmissions, newTurnReason } from '#shared/clusters/model/admission/admission.ts';
import type { PendingReason, QueuedCommand, QueueSummary } from '#shared/clusters/model/admission/queue.ts';
import { assertFitsTarget, isLimited } from '#shared/clusters/model/admission/quota.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, isConflict, withPayload } from '#shared/clusters/store/transact.ts';

import { endQueued } from './end-queued.ts';
import { findPendingReason } from './pending.ts';
import { listReplaced } from './queued-command.ts';

/** A command that is ready to be recorded. */
interface NewCommand {
  readonly command: QueuedCommand;
  readonly target: NamedTarget;
  /** Builds the records of the command, for a start or with the reason to wait. It may be called twice. */
  readonly buildChange: (pendingReason: PendingReason | undefined) => Change;
  /** The body, or the part of it that may hold secrets and is needed later. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Which commands need the payload: those that have to wait, or all. */
  readonly storesPayload: 'queued' | 'always';
}

/**
 * Records a new command: it starts if it may start now, and joins the admission queue of its target otherwise.
 *
 * @returns Why the command waits. Undefined when it started.
 * @throws Fault `over-limit` when the command can never fit into the target, `limit-reached` when the queue is full.
 * @throws Fault `not-started` after the deadline of the command, `wrong-state` when its session is ending.
 * @throws Fault `not-found` when the target was removed, `conflict` after a concurrent write.
 */
export const startOrEnqueue = async (newCommand: NewCommand, ports: Ports): Promise<PendingReason | undefined> => {
  const { command, target } = newCommand;
  assertFitsTarget(command, target);
  const [summary, dependencyReason] = await Promise.all([
    ports.store.queueSummary(target.name),
    findDependencyReason(command, target, ports),
  ]);
  const decide = (current: QueueSummary) =>
    decidePendingReason(newCommand, current, { dependencyReason, now: ports.now() });
  const decided = decide(summary);
  if (decided === undefined && (await tryStart(newCommand, summary.queueVersion, ports))) return undefined;
  assertNotFull(summary, target);
  const pendingReason = decided ?? {
    reason: 'WaitingForTurn',
    message: 'Another command started at the same time.',
  };
  await enqueue(newCommand, pendingReason, ports);
  await requestAdmission(decide(await ports.store.queueSummary(target.name)), target, ports);
  return pendingReason;
};

/**
 * What the command waits for besides capacity. A command whose dependency has failed is recorded as well, and fails in
 * the admission queue, because other commands may depend on it.
 */
const findDependencyReason = async (
  command: QueuedCommand,
  target: NamedTarget,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  try {
    return await findPendingReason(command, target, ports);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'dependency-failed') throw error;
    return { reason: 'WaitingForDependency', message: error.message };
  }
};

/**
 * Why the command cannot start now. While other commands are queued for a target with limits, the admission pass decides
 * about all of them. Without limits, no other command can hold it up.
 */
const decidePendingReason = (
  { command, target }: NewCommand,
  { admitted, paused, queued }: QueueSummary,
  { dependencyReason, now }: { readonly dependencyReason: PendingReason | undefined; readonly now: Date },
): PendingReason | undefined => {
  const pendingReasons = new Map(dependencyReason === undefined ? [] : [[command.operationId, dependencyReason]]);
  const options = { target, paused: paused !== undefined, pendingReasons, now };
  const [decision] = decideAdmissions([command], admitted, options);
  return decision?.pendingReason ?? (queued > 0 && isLimited(target) ? newTurnReason(queued) : undefined);
};

/**
 * Starts the command, unless a concurrent admission changed the queue version: the admission pass decides then. Without
 * limits the starts are independent of each other.
 */
const tryStart = async (
  { command, target, buildChange, payload, storesPayload }: NewCommand,
  queueVersion: number | undefined,
  ports: Ports,
): Promise<boolean> => {
  const queueControl = { target: target.name, paused: undefined, previous: queueVersion };
  const change: Change = {
    ...buildChange(undefined),
    ...(isLimited(target) ? { queueControl } : {}),
    admitted: [command],
    released: listReplaced(command),
  };
  const { operationId } = command;
  const write = () => commit(change, ports);
  try {
    await (storesPayload === 'always' ? withPayload({ operationId, payload }, ports, write) : write());
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return false;
  }
};

/** @throws Fault `limit-reached` */
const assertNotFull = ({ queued }: QueueSummary, { name, maxQueued }: NamedTarget): void => {
  if (queued < maxQueued) return;
  throw new Fault(
    'limit-reached',
    `The admission queue of target ${name} is full: ${queued} commands wait. Retry later.`,
    { reason: 'QueueFull', retryAfterSeconds: 30 },
  );
};

const enqueue = async (
  { command, buildChange, payload }: NewCommand,
  pendingReason: PendingReason,
  ports: Ports,
): Promise<void> => {
  const { operationId, target } = command;
  const write = () => commit({ ...buildChange(pendingReason), queued: { value: command, previous: undefined } }, ports);
  await withPayload({ operationId, payload }, ports, write);
  await assertTargetExists(command, ports);
  await ports.store.updateApproximateSize(target, { by: 1 });
};

/**
 * Fails the command when its target was removed in the meantime. The removal of a target checks its queue after it has
 * removed the target, so that one of the two sees the other.
 *
 * @throws Fault `not-found`
 */
const assertTargetExists = async (command: QueuedCommand, ports: Ports): Promise<void> => {
  try {
    await ports.targets.getLatest(command.target);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found')
      await endQueued(command, { state: 'FAILED', fault: error, principal: command.principal }, ports);
    throw error;
  }
};

/**
 * Requests an admission pass, because capacity may have become free, or a dependency may have finished, while the command
 * joined the queue. No pass can start a command that waits for a quota or while starts are paused.
 */
const requestAdmission = async (
  pendingReason: PendingReason | undefined,
  target: NamedTarget,
  ports: Ports,
): Promise<void> => {
  if (pendingReason?.reason === 'WaitingForQuota' || pendingReason?.reason === 'Paused') return;
  await ports.admissionQueue.send(target.name);
};
