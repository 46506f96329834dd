import type { Demand, Target } from '../../api/types.ts';

/** How much of a limit of a target is in use. */
export interface Usage {
  readonly name: 'Clusters' | 'Jobs' | 'CPU' | 'Memory';
  readonly used: number;
  /** Absent: no limit. */
  readonly limit?: number | undefined;
  readonly unit?: 'GiB';
}

/** What a target holds of its limits. */
export const measureUsage = (limits: Target['limits'], usage: Demand): readonly Usage[] => [
  { name: 'Clusters', used: usage.clusters, limit: limits.clusters },
  { name: 'Jobs', used: usage.jobs, limit: limits.jobs },
  { name: 'CPU', used: roundTenths(usage.cpu), limit: limits.cpu },
  { name: 'Memory', used: roundTenths(usage.memoryMebibytes / 1_024), limit: limits.memoryGibibytes, unit: 'GiB' },
];

/**
 * Why a new cluster has to wait: the first limit of which nothing is left. Undefined: each has something left. Jobs do not
 * count, because a session has none at first.
 */
export const findFullLimit = (usages: readonly Usage[]): string | undefined => {
  const full = usages.find(({ name, used, limit }) => name !== 'Jobs' && limit !== undefined && used >= limit);
  if (full === undefined) return undefined;
  const { name, used, limit, unit } = full;
  if (name === 'Clusters') return `${used} of ${limit} clusters are in use`;
  return `${used} of ${limit} ${name === 'Memory' ? `${unit} of memory` : name} are in use`;
};

const roundTenths = (value: number): number => Math.round(value * 10) / 10;
