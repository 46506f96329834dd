import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { decideAdmissions, newTurnReason } from '#shared/clusters/model/admission/admission.ts';
import type { PendingReason, QueuedCommand, QueueSummary } from '#shared/clusters/model/admission/queue.ts';
import { assertFitsTarget, isLimited } from '#shared/clusters/model/admission/quota.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, isConflict, isContention as isTransient, withPayload } from '#shared/clusters/store/transact.ts';
import { policies, repeat } from '#shared/retries.ts';

import { findPendingReason } from './pending.ts';
import { listReplaced } from './queued-command.ts';

/** A command that is ready to be recorded. */
interface NewCommand {
  readonly command: QueuedCommand;
  readonly target: NamedTarget;
  /** The queue as {@link readQueueHead} returned it, which may be read together with other records. */
  readonly queueHead: QueueSummary;
  /** The session of a submit. */
  readonly session?: Cluster;
  /** Builds the records of the command, for a start or with the reason to wait. It may be called twice. */
  readonly buildChange: (pendingReason: PendingReason | undefined) => Change;
  /** The body, or the part of it that may hold secrets and is needed later. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Which commands need the payload: those that have to wait, or all. */
  readonly storesPayload: 'queued' | 'always';
}

/**
 * Reads what decides whether a new command may start. Without limits only a pause can hold it up, so that the admitted
 * commands are not read.
 */
export const readQueueHead = async (target: NamedTarget, { store }: Pick<Ports, 'store'>): Promise<QueueSummary> =>
  isLimited(target)
    ? store.queueSummary(target.name)
    : { ...(await store.queueControl(target.name)), admitted: [], queued: 0 };

/**
 * Records a new command: it starts if it may start now, and joins the admission queue of its target otherwise.
 *
 * @returns Why the command waits. Undefined when it started.
 * @throws Fault `over-limit` when the command can never fit into the target, `limit-reached` when the queue is full.
 * @throws Fault `not-started` after the deadline of the command, `wrong-state` when its session is ending.
 * @throws Fault `conflict` after a concurrent write, also of the target.
 */
export const startOrEnqueue = async (newCommand: NewCommand, ports: Ports): Promise<PendingReason | undefined> => {
  const { command, target, queueHead } = newCommand;
  assertFitsTarget(command, target);
  const dependencyReason = await findDependencyReason(newCommand, ports);
  const decide = (current: QueueSummary) =>
    decidePendingReason(newCommand, current, { dependencyReason, now: ports.now() });
  const decided = decide(queueHead);
  if (decided === undefined && (await tryStart(newCommand, queueHead.queueVersion, ports))) return undefined;
  assertNotFull(isLimited(target) ? queueHead : await ports.store.queueSummary(target.name), target);
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
  { command, target, session }: NewCommand,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  try {
    return await findPendingReason(command, target, ports, session);
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
    // The session of a submit keeps its target from being removed.
    ...(command.kind === 'deploy' ? { unchangedTarget: target } : {}),
    admitted: [command],
    released: listReplaced(command),
  };
  const { operationId } = command;
  const write = () => repeat(() => commit(change, ports), { ...ports, policy: policies.contention, isTransient });
  try {
    await (storesPayload === 'always' ? withPayload({ operationId, payload }, ports, write) : write());
    return true;
  } catch (error) {
    // Without limits nothing but the command itself decides, so that it is recorded again.
    if (!isConflict(error) || !isLimited(target)) throw error;
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
  { command, target, buildChange, payload }: NewCommand,
  pendingReason: PendingReason,
  ports: Ports,
): Promise<void> => {
  const { operationId } = command;
  const queued = { value: command, previous: undefined };
  const change: Change = { ...buildChange(pendingReason), queued, unchangedTarget: target };
  const write = () => repeat(() => commit(change, ports), { ...ports, policy: policies.contention, isTransient });
  await withPayload({ operationId, payload }, ports, write);
  await ports.store.updateApproximateSize(target.name, { by: 1 });
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
