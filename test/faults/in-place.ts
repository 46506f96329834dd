import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec, StoredRevision } from '#events/records/revisions.ts';

import type { Complete } from './complete.ts';

/** What an apply changes in the spec of a cluster, most of it without a restart. */
export const makeChange = (random: () => number, step: number): Readonly<Record<string, unknown>> => {
  const labels = { labels: { step: String(step) } };
  const parallelism = { parallelism: 1 + Math.floor(random() * 4) };
  const roll = random();
  if (roll < 0.3) return labels;
  if (roll < 0.4) {
    const lifetime = { savepoint: 'none', ha: 'keep', warnBefore: '60s', ttl: '5min' };
    return { ...labels, lifetime, snapshots: { every: '2min', keep: 2, directory: 's3://bucket/savepoints' } };
  }
  return roll < 0.9 ? parallelism : { ...labels, ...parallelism };
};

/** An apply of the spec that the cluster has, with some members changed. The parallelism is that of the program. */
export const withCurrentSpec: Complete = (sent, { table, revisionSpecs }) => {
  const { clusterId, data } = sent;
  const [cluster] = table.values<Cluster>(`target#local/cluster#${clusterId}|cluster`);
  const revisions = table.values<StoredRevision>(`target#local/cluster#${clusterId}|revision#`);
  const current = revisions.find(({ number }) => number === cluster?.revision);
  const spec = current && (revisionSpecs.find(current.operationId) as RevisionSpec | undefined);
  if (spec === undefined) return undefined;
  const { parallelism, ...changes } = data;
  const { clusterId: _clusterId, job, ...rest } = spec;
  const program = job === undefined ? {} : { job: { ...job, ...(parallelism === undefined ? {} : { parallelism }) } };
  const rollout = { savepointDirectory: 's3://bucket/savepoints', stableWithin: '10s' };
  return { ...sent, data: { ...rest, ...program, ...changes, rollout } };
};
