import type { PendingReason, QueuedCommand } from './queue.ts';
import { dominantShare, findExceededQuota, type Policy, Usage } from './quota.ts';

/** A command's place in the line. Without a block it may start now. */
export interface AdmissionDecision {
  readonly claim: QueuedCommand;
  readonly position: number;
  readonly pendingReason: PendingReason | undefined;
  /** It holds up those behind. */
  readonly reserves: boolean;
}

/** How long whoever does not fit holds up others. */
const maxReservationMs = 30 * 60_000;

/**
 * Everybody's turn, first to last. Higher priorities come first; among equals it is the turn of the team that holds
 * the smallest part of the target for its weight, and in a team of who came first. Whoever does not fit into the target
 * holds up all of its kind behind, so that large ones are not overtaken for ever: not those of the other kind, as the
 * jobs of a session must not wait behind a cluster that waits for the session to end. After half an hour others may
 * pass, as nobody knows when there will be room, and nobody else holds them up while it waits on. Whoever does not fit
 * into its team's share holds up that team only. Those who wait for something else stand behind.
 *
 * @param blocks What some of them wait for besides room.
 */
export const decideAdmissions = (
  queuedCommands: readonly QueuedCommand[],
  admitted: readonly QueuedCommand[],
  {
    target,
    paused,
    pendingReasons,
    now,
  }: { target: Policy; paused: boolean; pendingReasons: ReadonlyMap<string, PendingReason>; now: Date },
): readonly AdmissionDecision[] => {
  const order = orderByFairShare(
    queuedCommands.filter(({ operationId }) => !pendingReasons.has(operationId)),
    admitted,
    target,
  );
  let used = new Usage(admitted);
  const held = new Set<string>();
  const passed = new Set<string>();
  const decisions = order.map((claim, index): AdmissionDecision => {
    const position = index + 1;
    if (paused)
      return { claim, position, pendingReason: { reason: 'Paused', message: 'starts are paused' }, reserves: false };
    const replaced = admitted.find(({ operationId }) => operationId === claim.replaces);
    const lack = findExceededQuota(claim, used.without(replaced), target);
    const [kind, team] = [claim.kind, `${claim.kind} of ${claim.team}`];
    if (lack === undefined && !held.has(kind) && !held.has(team)) {
      used = used.without(replaced);
      used.add(claim);
      return { claim, position, pendingReason: undefined, reserves: false };
    }
    const isFirst = lack?.of === 'target' && !held.has(kind) && !passed.has(kind);
    const reserves = isFirst && !hasReservedTooLong(claim, now);
    if (isFirst) (reserves ? held : passed).add(kind);
    if (lack?.of === 'team') held.add(team);
    const pendingReason: PendingReason =
      lack === undefined
        ? { reason: 'WaitingForTurn', message: `${index} before it` }
        : { reason: 'WaitingForQuota', message: lack.message };
    return { claim, position, pendingReason, reserves };
  });
  const behind = queuedCommands.filter(({ operationId }) => pendingReasons.has(operationId)).toSorted(byPriorityAndAge);
  return [
    ...decisions,
    ...behind.map((claim, index) => ({
      claim,
      position: decisions.length + index + 1,
      pendingReason: pendingReasons.get(claim.operationId),
      reserves: false,
    })),
  ];
};

const hasReservedTooLong = ({ reservesSince }: QueuedCommand, now: Date): boolean =>
  reservesSince !== undefined && now.getTime() - Date.parse(reservesSince) > maxReservationMs;

const orderByFairShare = (
  queuedCommands: readonly QueuedCommand[],
  admitted: readonly QueuedCommand[],
  target: Policy,
): readonly QueuedCommand[] => {
  const used = new Usage(admitted);
  const queues = [...Map.groupBy(queuedCommands, ({ team }) => team).values()].map((queue) =>
    queue.toSorted(byPriorityAndAge),
  );
  const queued = queues.map((queue) => ({ queue, at: 0, part: dominantShare(queue[0]?.team ?? '', used, target) }));
  const order: QueuedCommand[] = [];
  for (;;) {
    let next: { readonly claim: QueuedCommand; readonly of: (typeof queued)[number] } | undefined;
    for (const of of queued) {
      const claim = of.queue[of.at];
      if (claim !== undefined && (next === undefined || isBefore(claim, of.part, next.claim, next.of.part)))
        next = { claim, of };
    }
    if (next === undefined) return order;
    order.push(next.claim);
    used.add(next.claim);
    next.of.at += 1;
    next.of.part = dominantShare(next.claim.team, used, target);
  }
};

const isBefore = (one: QueuedCommand, part: number, other: QueuedCommand, otherPart: number): boolean =>
  (other.priority - one.priority || part - otherPart || byPriorityAndAge(one, other)) < 0;

const byPriorityAndAge = (one: QueuedCommand, other: QueuedCommand): number =>
  other.priority - one.priority || compare(one.since, other.since) || compare(one.operationId, other.operationId);

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
