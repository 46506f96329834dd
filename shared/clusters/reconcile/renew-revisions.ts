import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import { liveStates } from '#shared/clusters/model/cluster-states.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { listClusters } from '#shared/clusters/store/read.ts';
import { readKeptRevisions } from '#shared/clusters/store/revisions.ts';
import { commit, isConflict } from '#shared/clusters/store/transact.ts';

const maxClustersAtOnce = 8;
const hourMs = 3_600_000;
const hoursOfWeek = 7 * 24;

/**
 * Restarts the retention of the revisions of live clusters, so that they are kept while a cluster is live and for at least 30
 * days afterwards. A cluster is due in its first hour, which renews what earlier incarnations left, and once a week.
 */
export const renewRevisions = async (ports: Ports): Promise<void> => {
  for (const name of await ports.targets.listNames()) {
    const clusters = await listClusters(name, liveStates, ports);
    const due = clusters.filter((cluster) => isDue(cluster, ports.now()));
    await pMap(due, (cluster) => renewRevisionsOf(cluster, ports), { concurrency: maxClustersAtOnce });
  }
};

/** The maintenance runs each hour, and so once in each hour of the life of a cluster. */
const isDue = ({ createdAt }: Cluster, now: Date): boolean =>
  Math.floor((now.getTime() - Date.parse(createdAt)) / hourMs) % hoursOfWeek === 0;

/** A revision of this week has been written lately, so that the next week is early enough for it. */
const isOld = ({ createdAt }: StoredRevision, now: Date): boolean =>
  now.getTime() - Date.parse(createdAt) >= hoursOfWeek * hourMs;

const renewRevisionsOf = async (cluster: Cluster, ports: Ports): Promise<void> => {
  const { target, clusterId } = cluster;
  const { revisionSpecs, log, metrics } = ports;
  try {
    const { items } = await readKeptRevisions(cluster, ports);
    const old = items.filter(({ value }) => isOld(value, ports.now()));
    for (const { value, version } of old) {
      const { operationId, number } = value;
      // The spec first, so that no record outlives its spec.
      if (await revisionSpecs.renew(operationId)) await commit({ revisions: [{ value, previous: version }] }, ports);
      else log.warn('spec of revision expired', { target, clusterId, operationId, revision: number });
    }
  } catch (error) {
    // Another maintenance may be renewing them. The next week tries again.
    if (isConflict(error)) return;
    log.warn('revisions not renewed', { target, clusterId, detail: String(error) });
    metrics.record('FailedMaintenance', { fields: { part: 'revisions', target, clusterId } });
  }
};
