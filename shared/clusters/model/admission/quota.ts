import { isDeepStrictEqual } from 'node:util';

import { Fault } from '#events/problems/problem.ts';
import type { Demand, Limits, NamedTarget } from '#events/records/target.ts';
import { itemBytes, maxRecordBytes } from '#shared/clusters/model/records/size.ts';

import type { QueuedCommand, StoredUsage } from './queue.ts';

type Resource = keyof Demand;

const resources = ['clusters', 'jobs', 'cpu', 'memoryMebibytes'] as const;

const noDemand: Demand = { clusters: 0, jobs: 0, cpu: 0, memoryMebibytes: 0 };

/** What a target allows: limits for all of its commands, and shares for teams. */
export type Policy = Pick<NamedTarget, 'limits' | 'shares'>;

/** Whether a target or one of its teams has a limit. Then every start has to be counted against the queue version. */
export const isLimited = ({ limits, shares }: Policy): boolean =>
  resources.some((resource) => hasLimit({ limits, shares }, resource));

/** Whether a target or one of its teams has a limit of a resource. */
export const hasLimit = ({ limits, shares }: Policy, resource: Resource): boolean =>
  [limits, ...Object.values(shares)].some((some) => findLimit(some, resource) !== undefined);

/** @throws Fault `over-limit` when a command does not fit into the target even while nothing else runs there. */
export const assertFitsTarget = (command: Pick<QueuedCommand, 'demand' | 'team'>, target: NamedTarget): void => {
  const exceeded = findExceededQuota(command, new Usage([]), target);
  if (exceeded === undefined) return;
  const { resource, scope, limit } = exceeded;
  const owner = scope === 'target' ? 'its limit' : `the limit of ${formatTeam(command.team)}`;
  throw new Fault(
    'over-limit',
    `Target ${target.name} can never admit this command: ${owner} is ${formatAmount(resource, limit)}, and the command requests ${formatAmount(resource, command.demand[resource])}.`,
  );
};

type Consumer = Pick<QueuedCommand, 'team' | 'demand'>;

/** What some commands take of a target, in all and for each team. */
export class Usage {
  total: Demand = noDemand;
  readonly teams = new Map<string, Demand>();

  constructor(consumers: readonly Consumer[] = []) {
    for (const consumer of consumers) this.add(consumer);
  }

  static from({ total, teams }: Pick<StoredUsage, 'total' | 'teams'>): Usage {
    const usage = new Usage(teams);
    usage.total = sumDemands(noDemand, total);
    return usage;
  }

  /** The usage without one command. Without an argument it is this usage, not a copy. */
  without(consumer: Consumer | undefined): Usage {
    if (consumer === undefined) return this;
    const usage = this.copy();
    usage.remove(consumer);
    return usage;
  }

  add({ team, demand }: Consumer): void {
    this.total = sumDemands(this.total, demand);
    this.teams.set(team, sumDemands(this.getTeamUsage(team), demand));
  }

  remove({ team, demand }: Consumer): void {
    this.total = sumDemands(this.total, demand, -1);
    const rest = sumDemands(this.getTeamUsage(team), demand, -1);
    if (resources.every((resource) => rest[resource] === 0)) this.teams.delete(team);
    else this.teams.set(team, rest);
  }

  copy(): Usage {
    return Usage.from({ total: this.total, teams: this.listTeams() });
  }

  getTeamUsage(team: string): Demand {
    return this.teams.get(team) ?? noDemand;
  }

  /** The usage of each team, sorted by team. */
  listTeams(): StoredUsage['teams'] {
    return [...this.teams].map(([team, demand]) => ({ team, demand })).toSorted((a, b) => (a.team < b.team ? -1 : 1));
  }
}

/**
 * The usage as it is stored. Undefined when it has too many teams for one item: then each pass counts it.
 *
 * @param since Since when the usage is kept.
 */
export const toStoredUsage = (usage: Usage, since: string): StoredUsage | undefined => {
  const stored = { total: usage.total, teams: usage.listTeams(), since };
  return itemBytes(stored) > maxRecordBytes ? undefined : stored;
};

/** Whether two stored usages say the same, apart from members that only another version of Drey knows. */
export const isSameUsage = (one: StoredUsage | undefined, other: StoredUsage | undefined): boolean =>
  isDeepStrictEqual(normalizeUsage(one), normalizeUsage(other));

const normalizeUsage = (usage: StoredUsage | undefined): StoredUsage | undefined =>
  usage === undefined ? undefined : toStoredUsage(Usage.from(usage), usage.since);

/** The sum, or with `sign` -1 the difference, of two demands. */
export const sumDemands = (a: Demand, b: Demand, sign: 1 | -1 = 1): Demand => ({
  clusters: a.clusters + sign * b.clusters,
  jobs: a.jobs + sign * b.jobs,
  // Rounding to thousandths keeps sums of tenths exact.
  cpu: Math.round((a.cpu + sign * b.cpu) * 1_000) / 1_000,
  memoryMebibytes: a.memoryMebibytes + sign * b.memoryMebibytes,
});

/** A limit in the unit of the demand: memory is limited in gibibytes and requested in mebibytes. */
const findLimit = (limits: Limits, resource: Resource): number | undefined => {
  if (resource !== 'memoryMebibytes') return limits[resource];
  return limits.memoryGibibytes === undefined ? undefined : limits.memoryGibibytes * 1024;
};

const findShare = (team: string, { shares }: Policy) =>
  (Object.hasOwn(shares, team) ? shares[team] : undefined) ?? shares['*'];

/** A limit that a command would exceed. Amounts are in the unit of the demand. */
export interface ExceededQuota {
  readonly scope: 'team' | 'target';
  readonly resource: Resource;
  readonly used: number;
  readonly limit: number;
}

/** The first limit that a command would exceed. The team's limits come first, because they hold up no other team. */
export const findExceededQuota = (
  { demand, team }: Consumer,
  used: Usage,
  target: Policy,
): ExceededQuota | undefined => {
  const teamLimits = findShare(team, target) ?? {};
  return (
    findExceededLimit(demand, { scope: 'team', used: used.getTeamUsage(team), limits: teamLimits }) ??
    findExceededLimit(demand, { scope: 'target', used: used.total, limits: target.limits })
  );
};

const findExceededLimit = (
  demand: Demand,
  { scope, used, limits }: { readonly scope: ExceededQuota['scope']; readonly used: Demand; readonly limits: Limits },
): ExceededQuota | undefined => {
  for (const resource of resources) {
    const limit = findLimit(limits, resource);
    if (limit !== undefined && demand[resource] > 0 && used[resource] + demand[resource] > limit)
      return { scope, resource, used: used[resource], limit };
  }
  return undefined;
};

/** Why a command has to wait for a quota, as a sentence for people. */
export const describeUsage = ({ scope, resource, used, limit }: ExceededQuota, { demand, team }: Consumer): string => {
  const owner = scope === 'target' ? 'The target' : `T${formatTeam(team).slice(1)}`;
  const requested = formatQuantity(resource, demand[resource]);
  return `${owner} uses ${formatQuantity(resource, used)} of ${formatAmount(resource, limit)}; the command requests ${requested}.`;
};

const formatTeam = (team: string) => (team === '' ? 'team (none)' : `team ${team}`);

const units: Readonly<Record<Resource, string>> = {
  clusters: 'clusters',
  jobs: 'jobs',
  cpu: 'CPUs',
  memoryMebibytes: 'GiB of memory',
};

const formatAmount = (resource: Resource, amount: number): string =>
  `${formatQuantity(resource, amount)} ${units[resource]}`;

const formatQuantity = (resource: Resource, amount: number): string =>
  String(resource === 'memoryMebibytes' ? Math.round((amount / 1024) * 10) / 10 : amount);

/**
 * The largest fraction of a limited resource that a team uses, divided by the weight of the team (dominant resource
 * fairness). Without limits it is the number of clusters and jobs, divided by the weight.
 */
export const dominantShare = (team: string, used: Usage, target: Policy): number => {
  const usedByTeam = used.getTeamUsage(team);
  const fractions = resources.flatMap((resource) => {
    const limit = findLimit(target.limits, resource);
    return limit === undefined ? [] : [usedByTeam[resource] / limit];
  });
  const largest = fractions.length === 0 ? usedByTeam.clusters + usedByTeam.jobs : Math.max(...fractions);
  return largest / (findShare(team, target)?.weight ?? 1);
};
