import type { Cluster, ClusterState } from '#events/cluster.ts';
import { Fault } from '#events/problem.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { eventOf, type Item, readListed, versioned, versionedIfFound } from './items.ts';
import { clusterKey, jobKey, jobRange, stateKey, transitionRange } from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type ClusterReads = Pick<Store, 'cluster' | 'clusters' | 'job' | 'jobs' | 'transitions'>;

const toCluster = recordParser('cluster');
const toJob = recordParser('job');
const toTransition = recordParser('transition');

export const openClusterReads = (reader: TableReader): ClusterReads => ({
  async cluster(clusterRef) {
    return versionedIfFound(await reader.get(clusterKey(clusterRef)), toCluster);
  },

  clusters: (target, filter) => listClusters(target, filter, reader),

  async jobs(clusterRef) {
    return (await reader.query(jobRange(clusterRef))).map((item) => versioned(item, toJob));
  },

  async job(clusterRef, jobId) {
    return versionedIfFound(await reader.get(jobKey(clusterRef, jobId)), toJob);
  },

  async transitions(clusterRef, { after, limit }) {
    const items = await reader.query(transitionRange(clusterRef, after), limit);
    return items.map((item) => toTransition(eventOf(item).detail));
  },
});

/** Lists one state after the other, from the cluster that the cursor names. */
const listClusters = async (
  target: string,
  { states = [], cursor, limit }: Parameters<Store['clusters']>[1],
  reader: TableReader,
): ReturnType<Store['clusters']> => {
  const from = cursor === undefined ? undefined : parseCursor(cursor);
  const remaining = from === undefined ? states : states.slice(indexOfState(states, from));
  const items: Cluster[] = [];
  const unreadable: string[] = [];
  for (const state of remaining) {
    let start: Item | undefined = from?.state === state ? indexKey({ target, ...from, state }) : undefined;
    do {
      const page = await reader.queryIndex(stateKey(target, state), { start, limit: limit - items.length });
      const listed = readListed(page.items, toCluster);
      items.push(...listed.items);
      unreadable.push(...listed.unreadable);
      start = page.next;
      const last = items.at(-1);
      if (last !== undefined && items.length >= limit)
        return { items, unreadable, cursor: formatCursor(state, last.clusterId) };
    } while (start !== undefined);
  }
  return { items, unreadable };
};

interface Cursor {
  readonly state: string;
  readonly clusterId: string;
}

const indexOfState = (states: readonly string[], { state }: Cursor): number => {
  const index = states.indexOf(state);
  return index === -1 ? states.length : index;
};

const indexKey = ({ target, clusterId, state }: { target: string; clusterId: string; state: ClusterState }): Item => ({
  ...clusterKey({ target, clusterId }),
  byState: stateKey(target, state),
});

const formatCursor = (state: string, clusterId: string) => Buffer.from(`${state}/${clusterId}`).toString('base64url');

const parseCursor = (cursor: string): Cursor => {
  const [state, clusterId] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (state === undefined || clusterId === undefined)
    throw new Fault('malformed-request', 'The cursor does not come from an earlier response.', {
      errors: [{ pointer: '/cursor', detail: 'does not come from an earlier response' }],
    });
  return { state, clusterId };
};
