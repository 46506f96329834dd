import { Fault } from '#events/problem.ts';
import type { Demand, Limits, NamedTarget } from '#events/target.ts';

import type { QueuedCommand } from './queue.ts';

type Part = keyof Demand;

const parts = ['clusters', 'jobs', 'cpu', 'memoryMebibytes'] as const;

const nothing: Demand = { clusters: 0, jobs: 0, cpu: 0, memoryMebibytes: 0 };

export type Policy = Pick<NamedTarget, 'limits' | 'shares'>;

/** Whether anything of the target is limited: who takes of it then has to be counted before. */
export const isLimited = ({ limits, shares }: Policy): boolean =>
  [limits, ...Object.values(shares)].some((one) => parts.some((part) => limitOf(one, part) !== undefined));

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

export class Usage {
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
export const findExceededQuota = (
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

/** The largest part of any limit that a team holds, for its weight; without limits, how much it runs. */
export const dominantShare = (team: string, used: Usage, target: Policy): number => {
  const held = used.of(team);
  const fractions = parts.flatMap((part) => {
    const limit = limitOf(target.limits, part);
    return limit === undefined ? [] : [held[part] / limit];
  });
  const largest = fractions.length === 0 ? held.clusters + held.jobs : Math.max(...fractions);
  return largest / (shareOf(team, target)?.weight ?? 1);
};
