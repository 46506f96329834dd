import type { Demand, Limits, NamedTarget } from '#events/target.ts';
import { Fault } from '#events/problem.ts';

/** What a command wants of its target: while it waits, and as long as it holds it. */
export interface QueuedCommand {
  readonly operationId: string;
  readonly kind: 'deploy' | 'submit';
  readonly target: string;
  readonly clusterId: string;
  /** The label `team`, or nothing. */
  readonly team: string;
  readonly priority: number;
  /** When it came. */
  readonly since: string;
  /** By when it has to be started. */
  readonly deadline: string;
  readonly dependsOn: readonly string[];
  readonly demand: Demand;
  /** The deploy of an earlier life of its cluster, which failed: what that holds still becomes its own. */
  readonly replaces?: string | undefined;
  /** Since when it has held up others because it does not fit into the target. */
  readonly reservesSince?: string | undefined;
}

/** Who waits for a target, and who holds how much of it. */
export interface QueueState {
  /** Counts the decisions made. */
  readonly queueVersion: number | undefined;
  /** Nothing is started. */
  readonly paused: { readonly since: string } | undefined;
  readonly queued: readonly { readonly value: QueuedCommand; readonly version: number }[];
  readonly admitted: readonly QueuedCommand[];
  /** About how many wait: counted at the last look at the line, and on by each that came since. */
  readonly approximateSize: number;
}

/** The same, without reading those who wait, as they may be thousands: nobody, or about so many. */
export type QueueSummary = Omit<QueueState, 'queued' | 'approximateSize'> & { readonly queued: number };

/** Why a command waits. */
export interface PendingReason {
  readonly reason: 'WaitingForQuota' | 'WaitingForTurn' | 'WaitingForDependency' | 'WaitingForCluster' | 'Paused';
  readonly message: string;
}

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

type Part = keyof Demand;
const parts = ['clusters', 'jobs', 'cpu', 'memoryMebibytes'] as const;
const nothing: Demand = { clusters: 0, jobs: 0, cpu: 0, memoryMebibytes: 0 };

type Policy = Pick<NamedTarget, 'limits' | 'shares'>;

/** Whether anything of the target is limited: who takes of it then has to be counted before. */
export const isLimited = ({ limits, shares }: Policy): boolean =>
  [limits, ...Object.values(shares)].some((one) => parts.some((part) => limitOf(one, part) !== undefined));

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

/** @throws Fault `over-limit` for what would wait for ever. */
export const assertFitsTarget = (
  { demand, team }: Pick<QueuedCommand, 'demand' | 'team'>,
  target: NamedTarget,
): void => {
  const alone = new Usage([]);
  const lack = findExceededQuota({ demand, team }, alone, target);
  if (lack === undefined) return;
  throw new Fault('over-limit', `target ${target.name} will never have room for it: ${lack.message}`);
};

/** What is held of a target in all. */
export const usageOf = (admitted: readonly QueuedCommand[]) => {
  const used = new Usage(admitted);
  return { total: used.total, teams: used.teams };
};

class Usage {
  total: Demand = nothing;
  readonly teams = new Map<string, Demand>();
  private readonly admitted: Pick<QueuedCommand, 'team' | 'demand'>[] = [];

  constructor(admitted: readonly Pick<QueuedCommand, 'team' | 'demand'>[]) {
    for (const admittedCommand of admitted) this.add(admittedCommand);
  }

  without(admittedCommand: QueuedCommand | undefined): Usage {
    return admittedCommand === undefined ? this : new Usage(this.admitted.filter((one) => one !== admittedCommand));
  }

  add(admittedCommand: Pick<QueuedCommand, 'team' | 'demand'>): void {
    const { team, demand } = admittedCommand;
    this.admitted.push(admittedCommand);
    this.total = sum(this.total, demand);
    this.teams.set(team, sum(this.of(team), demand));
  }

  of(team: string): Demand {
    return this.teams.get(team) ?? nothing;
  }
}

const sum = (one: Demand, other: Demand): Demand => ({
  clusters: one.clusters + other.clusters,
  jobs: one.jobs + other.jobs,
  // Thousandths, so that tenths add up.
  cpu: Math.round((one.cpu + other.cpu) * 1_000) / 1_000,
  memoryMebibytes: one.memoryMebibytes + other.memoryMebibytes,
});

const limitOf = (limits: Limits, part: Part): number | undefined =>
  part === 'memoryMebibytes'
    ? limits.memoryGibibytes === undefined
      ? undefined
      : limits.memoryGibibytes * 1024
    : limits[part];

const shareOf = (team: string, { shares }: Policy) =>
  (Object.hasOwn(shares, team) ? shares[team] : undefined) ?? shares['*'];

/** Which limit a command would exceed: of its team first, as that holds up nobody else. */
const findExceededQuota = (
  { demand, team }: Pick<QueuedCommand, 'demand' | 'team'>,
  used: Usage,
  target: Policy,
): { readonly of: 'team' | 'target'; readonly message: string } | undefined => {
  const ofTeam = exceeded(demand, used.of(team), shareOf(team, target) ?? {});
  if (ofTeam !== undefined) return { of: 'team', message: `${ofTeam} of team ${team === '' ? '(none)' : team}` };
  const ofTarget = exceeded(demand, used.total, target.limits);
  return ofTarget === undefined ? undefined : { of: 'target', message: ofTarget };
};

const exceeded = (demand: Demand, used: Demand, limits: Limits): string | undefined => {
  const part = parts.find((one) => demand[one] > 0 && used[one] + demand[one] > (limitOf(limits, one) ?? Infinity));
  if (part === undefined) return undefined;
  const limit = limitOf(limits, part) ?? 0;
  return part === 'memoryMebibytes'
    ? `memory ${gibibytes(used[part])}/${gibibytes(limit)} GiB, it needs ${gibibytes(demand[part])}`
    : `${part} ${used[part]}/${limit}${part === 'cpu' ? `, it needs ${demand[part]}` : ''}`;
};

const gibibytes = (mebibytes: number) => Math.round((mebibytes / 1024) * 10) / 10;

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

/** The largest part of any limit that a team holds, for its weight; without limits, how much it runs. */
const dominantShare = (team: string, used: Usage, target: Policy): number => {
  const held = used.of(team);
  const fractions = parts.flatMap((part) => {
    const limit = limitOf(target.limits, part);
    return limit === undefined ? [] : [held[part] / limit];
  });
  const largest = fractions.length === 0 ? held.clusters + held.jobs : Math.max(...fractions);
  return largest / (shareOf(team, target)?.weight ?? 1);
};
