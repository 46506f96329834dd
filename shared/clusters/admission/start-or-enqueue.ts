import { Fault, toFinalFault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { findPauseReason, newQuotaReason, startingReason } from '#shared/clusters/model/admission/admission.ts';
import type { PendingReason, QueuedCommand, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import { isLimited, Usage } from '#shared/clusters/model/admission/quota.ts';
import { toReadyKey } from '#shared/clusters/model/admission/ready-key.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, isContention as isTransient, withPayload } from '#shared/clusters/store/transact.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';
import { policies, repeat } from '#shared/retries.ts';

import { assertMayStart, findPendingReason, shareReads } from './pending.ts';
import { listReplaced } from './queued-command.ts';

/** A command that is ready to be recorded. */
interface NewCommand {
  readonly command: QueuedCommand;
  readonly target: NamedTarget;
  /** The head of the queue of the target, which may be read together with other records. */
  readonly queueHead: QueueHead;
  /** The session of a submit. */
  readonly session?: Cluster;
  /** Builds the records of the command, for a start or with the reason to wait. */
  readonly buildChange: (pendingReason: PendingReason | undefined) => Change;
  /** The body, or the part of it that may hold secrets and is needed later. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Which commands need the payload: those that have to wait, or all. */
  readonly storesPayload: 'queued' | 'always';
}

/**
 * Records a new command. It joins the admission queue of a target with limits, because the admission pass alone decides
 * there. Without limits it starts, unless it has to wait for something besides capacity.
 *
 * @returns Why the command waits. Undefined when it started.
 * @throws Fault `over-limit` when the command can never fit into the target, `limit-reached` when the queue is full.
 * @throws Fault `not-started` after the deadline of the command, `wrong-state` when its session is ending.
 * @throws Fault `conflict` after a concurrent write, also of the target.
 */
export const startOrEnqueue = async (newCommand: NewCommand, ports: Ports): Promise<PendingReason | undefined> => {
  const { command, target, queueHead: head } = newCommand;
  assertMayStart(command, target, ports.now());
  const dependencyReason = await findDependencyReason(newCommand, ports);
  const isLimitedTarget = isLimited(target);
  const waitReason =
    dependencyReason ?? findPauseReason(head) ?? (isLimitedTarget ? findQuotaReason(head, command, target) : undefined);
  if (waitReason === undefined && !isLimitedTarget) {
    await start(newCommand, ports);
    return undefined;
  }
  assertNotFull(head, target, waitReason);
  const pendingReason = waitReason ?? newTurnOrStart(head);
  const isReady = dependencyReason === undefined;
  await enqueue(newCommand, { pendingReason, isReady }, ports);
  const fields = { target: target.name, operationId: command.operationId };
  // The command is recorded. Without the request, the pass of the next minute decides about it.
  await isolate({ message: 'admission not requested', fields, ports }, async () => {
    await ports.store.updateApproximateSize(target.name, { by: 1 });
    if (isReady) await requestAdmission(newCommand, ports);
    else if (await hasChanged(newCommand, ports)) await ports.admissionQueue.send(target.name);
  });
  return pendingReason;
};

/** The reason of a command that fits, which the next admission pass decides about. */
const newTurnOrStart = ({ approximateSize }: QueueHead): PendingReason =>
  approximateSize > 0 ? { reason: 'WaitingForTurn', message: 'Other commands are queued, too.' } : startingReason;

/** Why the command has to wait for a quota. Undefined when it may fit, and while released capacity is not settled. */
const findQuotaReason = (
  { usage, released }: QueueHead,
  command: QueuedCommand,
  target: NamedTarget,
): PendingReason | undefined =>
  usage === undefined || released.length > 0 || command.replaces !== undefined
    ? undefined
    : newQuotaReason(command, Usage.from(usage), target);

/**
 * What the command waits for besides capacity. A command whose dependency has failed is recorded as well, and fails in
 * the admission queue, because other commands may depend on it.
 */
const findDependencyReason = async (
  { command, target, session }: NewCommand,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  const reads = shareReads(target, ports);
  try {
    return await findPendingReason(command, session === undefined ? reads : { ...reads, session: async () => session });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'dependency-failed') throw error;
    return { reason: 'WaitingForDependency', message: error.message };
  }
};

/** Starts the command. Without limits the starts are independent of each other. @throws Fault `conflict` */
const start = async (
  { command, target, buildChange, payload, storesPayload }: NewCommand,
  ports: Ports,
): Promise<void> => {
  const change: Change = {
    ...buildChange(undefined),
    // The session of a submit keeps its target from being removed.
    ...(command.kind === 'deploy' ? { unchangedTarget: target } : {}),
    admitted: [command],
    released: listReplaced(command),
  };
  const { operationId } = command;
  const write = () => commitRepeatedly(change, ports);
  await (storesPayload === 'always' ? withPayload({ operationId, payload }, ports, write) : write());
};

/** Writes the change, also while other commands write records that it checks. */
const commitRepeatedly = (change: Change, ports: Ports): Promise<void> =>
  repeat(() => commit(change, ports), { ...ports, policy: policies.contention, isTransient });

/** How many commands that fit may be in a full queue, because the next admission pass starts them. */
const maxBurst = 1_000;

/**
 * @param waitReason Undefined when the command fits.
 * @throws Fault `limit-reached`
 */
const assertNotFull = (
  { approximateSize: queued }: QueueHead,
  { name, maxQueued }: NamedTarget,
  waitReason: PendingReason | undefined,
): void => {
  if (queued < (waitReason === undefined ? maxQueued + maxBurst : maxQueued)) return;
  throw new Fault(
    'limit-reached',
    `The admission queue of target ${name} is full: ${queued} commands wait. Retry later.`,
    { reason: 'QueueFull', retryAfterSeconds: 30 },
  );
};

interface QueueEntry {
  readonly pendingReason: PendingReason;
  /** The command waits for capacity only. */
  readonly isReady: boolean;
}

const enqueue = async (
  { command, target, buildChange, payload }: NewCommand,
  { pendingReason, isReady }: QueueEntry,
  ports: Ports,
): Promise<void> => {
  const { operationId } = command;
  const readyKey = isReady ? toReadyKey(command) : undefined;
  const { operations = [], ...records } = buildChange(pendingReason);
  const change: Change = {
    ...records,
    operations: operations.map(({ value, previous }) => ({
      value: { ...value, ...omitUndefined({ readyKey }) },
      previous,
    })),
    queued: [{ value: command, readyKey, previous: undefined }],
    unchangedTarget: target,
  };
  await withPayload({ operationId, payload }, ports, () => commitRepeatedly(change, ports));
};

/**
 * Requests an admission pass for a command that waits for capacity. No pass starts a command that waits for a quota, or
 * while starts are paused: the release of capacity and the resumption request passes. What the command waited for before it
 * joined may have changed in the meantime.
 */
const requestAdmission = async ({ command, target, queueHead }: NewCommand, ports: Ports): Promise<void> => {
  const waits = (head: QueueHead) =>
    head.paused !== undefined || (isLimited(target) && findQuotaReason(head, command, target) !== undefined);
  if (waits(queueHead) && waits(await ports.store.queueHead(target.name))) return;
  await ports.admissionQueue.send(target.name, { onlyReady: true });
};

/** Whether what the command waits for besides capacity has changed while it joined the queue. */
const hasChanged = async ({ command, target }: NewCommand, ports: Ports): Promise<boolean> => {
  try {
    return (await findPendingReason(command, shareReads(target, ports))) === undefined;
  } catch (error) {
    toFinalFault(error);
    return true;
  }
};
