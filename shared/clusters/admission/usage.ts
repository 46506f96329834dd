import { isDeepStrictEqual } from 'node:util';

import { Fault } from '#events/problems/problem.ts';
import type { Demand, NamedTarget } from '#events/records/target.ts';
import type { QueuedCommand, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import {
  assertFitsTarget,
  describeUsage,
  findExceededQuota,
  isLimited,
  isSameUsage,
  sumDemands,
  toStoredUsage,
  Usage,
} from '#shared/clusters/model/admission/quota.ts';
import type { Change, CommandRef } from '#shared/clusters/model/records/records.ts';
import type { CapacityChange } from '#shared/clusters/model/records/request.ts';
import { increases } from '#shared/clusters/model/rescale.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, isConflict, retryOnConflict, transact } from '#shared/clusters/store/transact.ts';

/**
 * How long every pass counts the admitted commands of a target whose limits are new. A function caches a target for 30 s, and
 * may start a command without limits up to a minute later. These starts do not change the usage.
 */
const countingMs = 2 * 60_000;

/**
 * The usage of a target. A new usage is counted and stored. It is empty on a target without limits, where it does not matter.
 *
 * @returns Undefined when it was stored, so that the head of the queue has to be read again.
 * @throws Fault `conflict`
 */
export const readUsage = async (target: NamedTarget, head: QueueHead, ports: Ports): Promise<Usage | undefined> => {
  if (!isLimited(target)) return new Usage();
  const { usage: stored } = head;
  const now = ports.now();
  if (stored !== undefined && now.getTime() - Date.parse(stored.since) > countingMs) return Usage.from(stored);
  const usage = new Usage(await ports.store.admittedCommands(target.name));
  const queueControl = controlWithUsage(target, head, { usage, now });
  if (isSameUsage(queueControl.usage, stored)) return usage;
  await commit({ queueControl }, ports);
  return undefined;
};

type QueueControl = NonNullable<Change['queueControl']>;

/** The write of a queue control on the condition that its head is current. What is not changed stays as it was read. */
export const changeQueueControl = (
  target: string,
  { paused, usage, reservations, queueVersion: previous }: QueueHead,
  changed: Partial<Pick<QueueControl, 'paused' | 'usage' | 'reservations'>>,
): QueueControl => ({ target, paused, usage, reservations, ...changed, previous });

/** The queue control with another usage, for the transaction of what has changed it. */
export const controlWithUsage = (
  target: NamedTarget,
  head: QueueHead,
  { usage, now }: { readonly usage: Usage; readonly now: Date },
): QueueControl => {
  const since = head.usage?.since ?? now.toISOString();
  return changeQueueControl(target.name, head, { usage: isLimited(target) ? toStoredUsage(usage, since) : undefined });
};

/** A settlement takes two items of a transaction for each command. */
const maxSettled = 45;

/**
 * Subtracts the demand of released commands from the usage, and removes what is left of them.
 *
 * @returns Whether there were any.
 * @throws Fault `conflict`
 */
export const settleReleased = async (target: NamedTarget, head: QueueHead, ports: Ports): Promise<boolean> => {
  const { usage: stored } = head;
  const operationIds = head.released.slice(0, maxSettled);
  if (operationIds.length === 0) return false;
  const isKept = isLimited(target) && stored !== undefined;
  const usage = isKept ? Usage.from(stored) : undefined;
  if (usage !== undefined)
    for (const command of await ports.store.admittedByIds(target.name, operationIds)) usage.remove(command);
  const next = usage === undefined || stored === undefined ? undefined : toStoredUsage(usage, stored.since);
  const settled = operationIds.map((operationId) => ({ target: target.name, operationId }));
  await commit({ queueControl: changeQueueControl(target.name, head, { usage: next }), settled }, ports);
  return true;
};

/** Changes the demand of an admitted command, and the usage with it. */
export const changeDemand = (command: CommandRef, demand: Demand, ports: Ports): Promise<void> =>
  transact(ports, async () => ({
    change: await writeDemand(
      command,
      { head: await ports.store.queueHead(command.target), next: () => demand },
      ports,
    ),
    result: undefined,
  }));

interface NextDemand {
  readonly head: QueueHead;
  readonly next: (command: QueuedCommand) => Demand;
}

/** The write of another demand of an admitted command, and of the usage with it. Undefined when nothing changes. */
const writeDemand = async (
  { target, operationId }: CommandRef,
  { head, next }: NextDemand,
  { store }: Pick<Ports, 'store'>,
): Promise<Pick<Change, 'admitted' | 'queueControl'> | undefined> => {
  const { usage } = head;
  const [command] = await store.admittedByIds(target, [operationId]);
  if (command === undefined) return undefined;
  const changed: QueuedCommand = { ...command, demand: next(command) };
  if (isDeepStrictEqual(command.demand, changed.demand)) return undefined;
  const changedUsage = usage && Usage.from(usage).without(command);
  changedUsage?.add(changed);
  const stored = changedUsage && usage && toStoredUsage(changedUsage, usage.since);
  return { admitted: [changed], queueControl: changeQueueControl(target, head, { usage: stored }) };
};

/** By how much the demand of a command changes. The amounts may be negative. */
export type DemandChange = Pick<Demand, 'cpu' | 'memoryMebibytes'>;

/** The write that changes the demand of an admitted command by an amount. Nothing is written for a command that holds none. */
export const writeDemandChange = async (
  command: CommandRef,
  by: DemandChange,
  { store }: Pick<Ports, 'store'>,
): Promise<Pick<Change, 'admitted' | 'queueControl'>> => {
  const next = ({ demand }: QueuedCommand) => addToDemand(demand, by);
  return (await writeDemand(command, { head: await store.queueHead(command.target), next }, { store })) ?? {};
};

/** The write that gives back what an operation has reserved for a command. */
export const releaseReserved = (
  { target }: Pick<CommandRef, 'target'>,
  { operationId, cpu, memoryMebibytes }: CapacityChange,
  ports: Pick<Ports, 'store'>,
): Promise<Pick<Change, 'admitted' | 'queueControl'>> =>
  writeDemandChange({ target, operationId }, { cpu: -cpu, memoryMebibytes: -memoryMebibytes }, ports);

/** A demand is never negative: the TaskManagers that a program needs may not all be part of the demand of its deploy. */
const addToDemand = (demand: Demand, { cpu, memoryMebibytes }: DemandChange): Demand => {
  const sum = sumDemands(demand, { clusters: 0, jobs: 0, cpu, memoryMebibytes });
  return { ...sum, cpu: Math.max(0, sum.cpu), memoryMebibytes: Math.max(0, sum.memoryMebibytes) };
};

/**
 * The write that reserves more capacity for an admitted command, which runs already. It does not wait in the admission queue.
 *
 * @throws Fault `over-limit` when the command can never have as much, `limit-reached` when the target or the team has not
 *   as much now, `conflict` after a concurrent write, or when the usage has to be read again.
 */
export const reserveDemand = async (
  { target, command: { operationId }, by }: ReservedDemand,
  ports: Ports,
): Promise<Pick<Change, 'admitted' | 'queueControl'>> => {
  const { head, usage } = await readSettledUsage(target, ports);
  const next = ({ demand, team }: QueuedCommand): Demand => {
    const increased = addToDemand(demand, by);
    assertFitsTarget({ demand: increased, team }, target);
    assertAvailable({ demand: { clusters: 0, jobs: 0, ...by }, team }, usage, target);
    return increased;
  };
  return (await writeDemand({ target: target.name, operationId }, { head, next }, ports)) ?? {};
};

interface ReservedDemand {
  readonly target: NamedTarget;
  readonly command: Pick<CommandRef, 'operationId'>;
  readonly by: DemandChange;
}

/** The usage without what was released. @throws Fault `conflict` when it was written, so that it has to be read again. */
const readSettledUsage = async (target: NamedTarget, ports: Ports) => {
  const head = await ports.store.queueHead(target.name);
  if (await settleReleased(target, head, ports)) throw newUsageConflict(target);
  const usage = await readUsage(target, head, ports);
  if (usage === undefined) throw newUsageConflict(target);
  return { head, usage };
};

interface Succession {
  readonly target: NamedTarget;
  /** The command whose capacity is taken over. */
  readonly held: Pick<CommandRef, 'operationId'>;
  readonly successor: Pick<QueuedCommand, 'demand' | 'team'>;
}

/** What a successor needs more, and the write that reserves it. */
interface ReservedSuccession {
  readonly capacity: CapacityChange;
  readonly changes: Pick<Change, 'admitted' | 'queueControl'>;
}

/**
 * The write that reserves for an admitted command what its successor needs more, so that the successor starts when it takes
 * the place of the command.
 *
 * @returns Undefined when the successor needs no more, and on a target without limits.
 * @throws Fault `over-limit` when the successor can never be admitted, `limit-reached` when it does not fit now, `conflict` after
 *   a concurrent write, or when the usage has to be read again.
 */
export const reserveSuccession = async (
  { target, held: { operationId }, successor }: Succession,
  ports: Ports,
): Promise<ReservedSuccession | undefined> => {
  if (!isLimited(target)) return undefined;
  const { head, usage } = await readSettledUsage(target, ports);
  const [held] = await ports.store.admittedByIds(target.name, [operationId]);
  assertFitsTarget(successor, target);
  assertAvailable(successor, usage.without(held), target);
  if (held === undefined) return undefined;
  const more = sumDemands(successor.demand, held.demand, -1);
  const by = { cpu: Math.max(0, more.cpu), memoryMebibytes: Math.max(0, more.memoryMebibytes) };
  if (!increases(by)) return undefined;
  const next = ({ demand }: QueuedCommand) => addToDemand(demand, by);
  const changes = await writeDemand({ target: target.name, operationId }, { head, next }, ports);
  return { capacity: { operationId, ...by }, changes: changes ?? {} };
};

const newUsageConflict = ({ name }: NamedTarget) =>
  new Fault('conflict', `The usage of target ${name} changes. Retry the command.`);

/** @throws Fault `limit-reached` */
const assertAvailable = (command: Pick<QueuedCommand, 'demand' | 'team'>, usage: Usage, target: NamedTarget): void => {
  const exceeded = findExceededQuota(command, usage, target);
  if (exceeded === undefined) return;
  throw new Fault(
    'limit-reached',
    `Target ${target.name} has not enough capacity. ${describeUsage(exceeded, command)}`,
    {
      reason: 'WaitingForQuota',
      retryAfterSeconds: 30,
    },
  );
};

/**
 * Removes the stored usage of a target, so that the next pass counts it.
 *
 * @throws Fault `conflict` when concurrent passes won each time.
 */
export const forgetUsage = (target: string, ports: Ports): Promise<void> =>
  retryOnConflict(ports, async () => {
    const head = await ports.store.queueHead(target);
    if (head.usage === undefined) return;
    await commit({ queueControl: changeQueueControl(target, head, { usage: undefined }) }, ports);
  });

/**
 * Corrects a stored usage that differs from the admitted commands, which must have been read after it. A pass that changes
 * the usage at the same time wins: the next minute compares again.
 */
export const repairUsage = async (
  target: string,
  { head, admitted }: { readonly head: QueueHead; readonly admitted: readonly QueuedCommand[] },
  ports: Ports,
): Promise<void> => {
  const { usage } = head;
  if (usage === undefined) return;
  const counted = toStoredUsage(new Usage(admitted), usage.since);
  if (isSameUsage(counted, usage)) return;
  try {
    await commit({ queueControl: changeQueueControl(target, head, { usage: counted }) }, ports);
  } catch (error) {
    if (isConflict(error)) return;
    throw error;
  }
  ports.log.warn('usage of target repaired', { target, count: admitted.length });
};
