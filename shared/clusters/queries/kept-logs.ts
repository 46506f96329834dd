import pMap from 'p-map';

import type { ClusterRef } from '#events/names.ts';
import type { KeptIncarnation } from '#events/records/kept-logs.ts';
import { type Kept, readIndex } from '#shared/clusters/logs/kept-files.ts';
import { crashesName, indexName } from '#shared/clusters/model/kept-logs.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

import { readRevisions } from './revisions.ts';

const maxConcurrent = 8;

/** What is kept of the last incarnations of a cluster ID, newest first. @throws Fault `not-found` when there is no such cluster. */
export const listKeptLogs = async (
  clusterRef: ClusterRef,
  page: PageRequest,
  ports: Ports,
): Promise<Page<KeptIncarnation>> => {
  const [{ value: cluster }, { items: revisions, ...rest }] = await Promise.all([
    getCluster(clusterRef, ports.store),
    readRevisions(clusterRef, page, ports),
  ]);
  const numbers = new Map(revisions.map(({ operationId, number }) => [operationId, number]));
  // An earlier version of Drey may have deployed it without a revision.
  const incarnations = new Set([...(page.cursor === undefined ? [cluster.operationId] : []), ...numbers.keys()]);
  const { target, clusterId } = cluster;
  const read = async (operationId: string) => {
    const kept = await readKept({ target, clusterId, operationId }, ports);
    const revision = numbers.get(operationId);
    return kept && (revision === undefined ? kept : { ...kept, revision });
  };
  // IDs of operations sort by the time of their creation.
  const all = await pMap([...incarnations].toSorted().toReversed(), read, { concurrency: maxConcurrent });
  return { ...rest, items: all.flatMap((kept) => (kept === undefined ? [] : [kept])) };
};

/** What is kept of one incarnation: the files of its end, and the logs of its crashed containers. */
export const readKept = async (kept: Kept, ports: Ports): Promise<KeptIncarnation | undefined> => {
  const [index, crashes] = await Promise.all([readIndex(kept, indexName, ports), readIndex(kept, crashesName, ports)]);
  const at = index?.at ?? crashes?.at;
  if (at === undefined) return undefined;
  const files = [...(index?.files ?? []), ...(crashes?.files ?? [])];
  return { operationId: kept.operationId, at, files, leftOut: [...(index?.leftOut ?? [])] };
};
