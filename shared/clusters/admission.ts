import type { Demand, Limits, NamedTarget } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

/** What a command wants of its target: while it waits, and as long as it holds it. */
export interface Claim {
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
export interface Line {
  /** Counts the decisions made. */
  readonly gate: number | undefined;
  /** Nothing is started. */
  readonly drained: { readonly since: string } | undefined;
  readonly waiting: readonly { readonly value: Claim; readonly version: number }[];
  readonly holders: readonly Claim[];
  /** About how many wait: counted at the last look at the line, and on by each that came since. */
  readonly counted: number;
}

/** The same, without reading those who wait, as they may be thousands: nobody, or about so many. */
export type LineHead = Omit<Line, 'waiting' | 'counted'> & { readonly waiting: number };

/** Why a command waits. */
export interface Block {
  readonly reason: 'WaitingForQuota' | 'WaitingForTurn' | 'WaitingForDependency' | 'WaitingForCluster' | 'Drained';
  readonly message: string;
}

/** A command's place in the line. Without a block it may start now. */
export interface Turn {
  readonly claim: Claim;
  readonly position: number;
  readonly block: Block | undefined;
  /** It holds up those behind. */
  readonly reserves: boolean;
}

/** How long whoever does not fit holds up others. */
const longestReservationMs = 30 * 60_000;

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
export const turnsOf = (
  claims: readonly Claim[],
  holders: readonly Claim[],
  { target, drained, blocks, now }: { target: Policy; drained: boolean; blocks: ReadonlyMap<string, Block>; now: Date },
): readonly Turn[] => {
  const order = inOrder(
    claims.filter(({ operationId }) => !blocks.has(operationId)),
    holders,
    target,
  );
  let used = new Usage(holders);
  const held = new Set<string>();
  const passed = new Set<string>();
  const turns = order.map((claim, index): Turn => {
    const position = index + 1;
    if (drained)
      return { claim, position, block: { reason: 'Drained', message: 'starts are paused' }, reserves: false };
    const replaced = holders.find(({ operationId }) => operationId === claim.replaces);
    const lack = lackOf(claim, used.without(replaced), target);
    const [kind, team] = [claim.kind, `${claim.kind} of ${claim.team}`];
    if (lack === undefined && !held.has(kind) && !held.has(team)) {
      used = used.without(replaced);
      used.add(claim);
      return { claim, position, block: undefined, reserves: false };
    }
    const isFirst = lack?.of === 'target' && !held.has(kind) && !passed.has(kind);
    const reserves = isFirst && !hasHeldUp(claim, now);
    if (isFirst) (reserves ? held : passed).add(kind);
    if (lack?.of === 'team') held.add(team);
    const block: Block =
      lack === undefined
        ? { reason: 'WaitingForTurn', message: `${index} before it` }
        : { reason: 'WaitingForQuota', message: lack.message };
    return { claim, position, block, reserves };
  });
  const behind = claims.filter(({ operationId }) => blocks.has(operationId)).toSorted(byPriorityAndAge);
  return [
    ...turns,
    ...behind.map((claim, index) => ({
      claim,
      position: turns.length + index + 1,
      block: blocks.get(claim.operationId),
      reserves: false,
    })),
  ];
};

const hasHeldUp = ({ reservesSince }: Claim, now: Date): boolean =>
  reservesSince !== undefined && now.getTime() - Date.parse(reservesSince) > longestReservationMs;

/** @throws Fault `over-limit` for what would wait for ever. */
export const mustEverFit = ({ demand, team }: Pick<Claim, 'demand' | 'team'>, target: NamedTarget): void => {
  const alone = new Usage([]);
  const lack = lackOf({ demand, team }, alone, target);
  if (lack === undefined) return;
  throw new Fault('over-limit', `target ${target.name} will never have room for it: ${lack.message}`);
};

/** What is held of a target in all. */
export const usageOf = (holders: readonly Claim[]) => {
  const used = new Usage(holders);
  return { total: used.total, teams: used.teams };
};

class Usage {
  total: Demand = nothing;
  readonly teams = new Map<string, Demand>();
  private readonly holders: Pick<Claim, 'team' | 'demand'>[] = [];

  constructor(holders: readonly Pick<Claim, 'team' | 'demand'>[]) {
    for (const holder of holders) this.add(holder);
  }

  without(holder: Claim | undefined): Usage {
    return holder === undefined ? this : new Usage(this.holders.filter((one) => one !== holder));
  }

  add(holder: Pick<Claim, 'team' | 'demand'>): void {
    const { team, demand } = holder;
    this.holders.push(holder);
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
const lackOf = (
  { demand, team }: Pick<Claim, 'demand' | 'team'>,
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

const inOrder = (claims: readonly Claim[], holders: readonly Claim[], target: Policy): readonly Claim[] => {
  const used = new Usage(holders);
  const queues = [...Map.groupBy(claims, ({ team }) => team).values()].map((queue) => queue.toSorted(byPriorityAndAge));
  const waiting = queues.map((queue) => ({ queue, at: 0, part: partOf(queue[0]?.team ?? '', used, target) }));
  const order: Claim[] = [];
  for (;;) {
    let next: { readonly claim: Claim; readonly of: (typeof waiting)[number] } | undefined;
    for (const of of waiting) {
      const claim = of.queue[of.at];
      if (claim !== undefined && (next === undefined || isBefore(claim, of.part, next.claim, next.of.part)))
        next = { claim, of };
    }
    if (next === undefined) return order;
    order.push(next.claim);
    used.add(next.claim);
    next.of.at += 1;
    next.of.part = partOf(next.claim.team, used, target);
  }
};

const isBefore = (one: Claim, part: number, other: Claim, otherPart: number): boolean =>
  (other.priority - one.priority || part - otherPart || byPriorityAndAge(one, other)) < 0;

const byPriorityAndAge = (one: Claim, other: Claim): number =>
  other.priority - one.priority || compare(one.since, other.since) || compare(one.operationId, other.operationId);

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** The largest part of any limit that a team holds, for its weight; without limits, how much it runs. */
const partOf = (team: string, used: Usage, target: Policy): number => {
  const held = used.of(team);
  const fractions = parts.flatMap((part) => {
    const limit = limitOf(target.limits, part);
    return limit === undefined ? [] : [held[part] / limit];
  });
  const largest = fractions.length === 0 ? held.clusters + held.jobs : Math.max(...fractions);
  return largest / (shareOf(team, target)?.weight ?? 1);
};
