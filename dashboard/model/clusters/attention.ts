import type { ListedCluster } from '../../api/types.ts';

/** Why a person should look at a cluster. */
export interface Attention {
  readonly target: string;
  readonly clusterId: string;
  readonly kind: 'failed' | 'unreachable' | 'unhealthy' | 'job';
  readonly message: string;
  readonly since: string;
}

/** A failure that is older is history. */
const recentMs = 86_400_000;

/** What is failing or unreachable: failures of the last day, conditions, and jobs that fail or restart. Newest first. */
export const findAttention = (clusters: readonly ListedCluster[], nowMs: number): readonly Attention[] =>
  clusters
    .flatMap(examine)
    .filter(({ kind, since }) => kind !== 'failed' || nowMs - Date.parse(since) < recentMs)
    .toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || compareNewest(one, other));

const order: readonly Attention['kind'][] = ['unreachable', 'unhealthy', 'job', 'failed'];

const compareNewest = (one: Attention, other: Attention): number => Date.parse(other.since) - Date.parse(one.since);

const examine = (cluster: ListedCluster): readonly Attention[] => {
  const { target, clusterId, state, conditions, jobs = [] } = cluster;
  const describe = (kind: Attention['kind'], message: string, since: string): Attention => ({
    target,
    clusterId,
    kind,
    message,
    since,
  });
  if (state === 'FAILED') return [describe('failed', describeReason(cluster), cluster.updatedAt)];
  if (state !== 'RUNNING') return [];
  return [
    ...conditions
      .filter(({ type, status }) => status === 'False' && (type === 'Reachable' || type === 'Healthy'))
      .map((condition) =>
        describe(
          condition.type === 'Reachable' ? 'unreachable' : 'unhealthy',
          describeReason(condition),
          condition.since,
        ),
      ),
    ...jobs
      .filter((job) => job.state === 'FAILED' || job.state === 'FAILING' || job.state === 'RESTARTING')
      .map((job) =>
        describe('job', `Job ${job.name} is ${job.state}. ${job.message ?? ''}`.trim(), job.endTime ?? job.updatedAt),
      ),
  ];
};

const describeReason = ({ reason, message }: { readonly reason?: string; readonly message?: string }): string =>
  [reason, message].filter((part) => part !== undefined && part !== '').join(': ') || 'No reason is known.';
