import type { Change } from '#shared/clusters/model/records/records.ts';

/** DynamoDB writes 4 MB in a transaction. Most records have a few kilobytes. */
export const maxTransactionBytes = 3_000_000;

type ListChange = Pick<Change, 'clusters' | 'operations' | 'events' | 'admitted' | 'queued' | 'settled' | 'dequeued'>;

/** One change with the records of several. Commands of one cluster change its record once. */
export const mergeChanges = (changes: readonly ListChange[]): ListChange => {
  const clusters = changes.flatMap((change) => change.clusters ?? []);
  return {
    clusters: [...new Map(clusters.map((cluster) => [cluster.value.clusterId, cluster])).values()],
    operations: changes.flatMap(({ operations = [] }) => operations),
    events: changes.flatMap(({ events = [] }) => events),
    admitted: changes.flatMap(({ admitted = [] }) => admitted),
    queued: changes.flatMap(({ queued = [] }) => queued),
    settled: changes.flatMap(({ settled = [] }) => settled),
    dequeued: changes.flatMap(({ dequeued = [] }) => dequeued),
  };
};
