import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import {
  countFitting,
  formatCursor,
  type Listed,
  type Page,
  parseCursor,
  parseNameCursor,
} from '#shared/clusters/model/page.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { eventOf, isExpired, type Item, readListed, toPage, versioned, versionedIfFound } from './items.ts';
import {
  clusterIdOf,
  clusterKey,
  clusterRange,
  isClusterKey,
  jobKey,
  jobRange,
  revisionKey,
  revisionRange,
  snapshotKey,
  snapshotRange,
  stateKey,
  transitionRange,
} from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type ClusterReads = Pick<
  Store,
  | 'allClusters'
  | 'cluster'
  | 'clusters'
  | 'clusterWithJobs'
  | 'job'
  | 'jobs'
  | 'lastJobs'
  | 'revision'
  | 'revisions'
  | 'snapshot'
  | 'snapshots'
  | 'transitions'
>;

const toCluster = recordParser('cluster');
const toJob = recordParser('job');
const toTransition = recordParser('transition');
const toRevision = recordParser('revision');
const toSnapshot = recordParser('snapshot');

export const openClusterReads = (reader: TableReader, now: () => Date): ClusterReads => ({
  ...openRevisionReads(reader, now),
  ...openSnapshotReads(reader),

  async cluster(clusterRef) {
    return versionedIfFound(await reader.get(clusterKey(clusterRef)), toCluster);
  },

  clusters: (target, filter) => listClusters(target, filter, reader),

  async allClusters(target, states) {
    const found = await Promise.all(states.map((state) => readState(stateKey(target, state), reader)));
    return {
      items: found.flatMap(({ items }) => items),
      unreadable: found.flatMap(({ unreadable }) => unreadable),
    };
  },

  async clusterWithJobs(clusterRef) {
    const items = await reader.query(clusterRange(clusterRef));
    const cluster = versionedIfFound(items.find(isCluster), toCluster);
    if (cluster === undefined) return undefined;
    return { cluster, jobs: items.flatMap((item) => (isCluster(item) ? [] : [versioned(item, toJob)])) };
  },

  async jobs(clusterRef) {
    return (await reader.query(jobRange(clusterRef))).map((item) => versioned(item, toJob));
  },

  async lastJobs(clusterRef, limit) {
    const { items, hasMore } = await reader.queryPage(jobRange(clusterRef), { limit, order: 'descending' });
    return { jobs: items.map((item) => versioned(item, toJob)), hasMore };
  },

  async job(clusterRef, jobId) {
    return versionedIfFound(await reader.get(jobKey(clusterRef, jobId)), toJob);
  },

  async transitions(clusterRef, { after, limit }) {
    const items = await reader.query(transitionRange(clusterRef, after), limit);
    return items.map((item) => toTransition(eventOf(item).detail));
  },
});

/** A revision that has expired is none, although DynamoDB may not have deleted it yet. */
const openRevisionReads = (reader: TableReader, now: () => Date): Pick<Store, 'revision' | 'revisions'> => ({
  async revisions(clusterRef, { after }) {
    const items = (await reader.query(revisionRange(clusterRef, after))).filter((item) => !isExpired(item, now()));
    return readListed(items.toReversed(), (value, { version }) => ({
      value: toRevision(value),
      version: Number(version),
    }));
  },

  async revision(clusterRef, number) {
    const item = await reader.get(revisionKey(clusterRef, number));
    return item === undefined || isExpired(item, now()) ? undefined : versioned(item, toRevision);
  },
});

const openSnapshotReads = (reader: TableReader): Pick<Store, 'snapshot' | 'snapshots'> => ({
  async snapshots(clusterRef, { limit, cursor }) {
    const before = parseNameCursor(cursor);
    const start = before === undefined ? undefined : snapshotKey(clusterRef, before);
    return toPage({
      ...(await reader.queryPage(snapshotRange(clusterRef), { limit, start, order: 'descending' })),
      limit,
      parse: (value, { version }) => ({ value: toSnapshot(value), version: Number(version) }),
    });
  },

  async snapshot(clusterRef, snapshotId) {
    return versionedIfFound(await reader.get(snapshotKey(clusterRef, snapshotId)), toSnapshot);
  },
});

const isCluster = ({ sk }: Item): boolean => isClusterKey({ sk: String(sk) });

/** Parses each page before the next one is read, because the items of thousands of clusters take as much memory again. */
const readState = async (state: string, reader: TableReader): Promise<Required<Listed<Cluster>>> => {
  const [items, unreadable]: [Cluster[], string[]] = [[], []];
  let start: Item | undefined;
  do {
    const page = await reader.queryIndex(state, { start });
    const read = readListed(page.items, toCluster);
    items.push(...read.items);
    unreadable.push(...read.unreadable);
    start = page.next;
  } while (start !== undefined);
  return { items, unreadable };
};

interface Found {
  readonly state: ClusterState;
  readonly item: Item;
}

/**
 * Lists one state after the other, from the cluster that the cursor names. The first pages of all states are requested at
 * once, because most states have few clusters.
 */
const listClusters = async (
  target: string,
  { states = [], cursor, limit }: Parameters<Store['clusters']>[1],
  reader: TableReader,
): ReturnType<Store['clusters']> => {
  const from = cursor === undefined ? undefined : parseClusterCursor(cursor);
  const found: Found[] = [];
  const isFull = () => found.length >= limit || countFitting(found, limit) < found.length;
  const readPage = (state: ClusterState, start: Item | undefined) =>
    reader.queryIndex(stateKey(target, state), { start, limit: limit - found.length });
  const remaining = from === undefined ? states : states.slice(indexOfState(states, from));
  const firstPages = await Promise.all(
    remaining.map(async (state) => {
      const start = from?.state === state ? indexKey({ target, ...from, state }) : undefined;
      return { state, page: await readPage(state, start) };
    }),
  );
  for (const { state, page: first } of firstPages) {
    for (let page: typeof first | undefined = first; page !== undefined;) {
      found.push(...page.items.map((item) => ({ state, item })));
      if (isFull()) return toClusterPage(found, limit);
      page = page.next === undefined ? undefined : await readPage(state, page.next);
    }
  }
  return readListed(toItems(found), toCluster);
};

const toItems = (found: readonly Found[]) => found.map(({ item }) => item);

/** A page that may not be the last one. */
const toClusterPage = (found: readonly Found[], limit: number): Page<Cluster> => {
  const fitting = found.slice(0, countFitting(toItems(found), limit));
  const last = fitting.at(-1);
  const page = readListed(toItems(fitting), toCluster);
  return last === undefined
    ? page
    : { ...page, cursor: formatCursor(last.state, clusterIdOf(String(last.item['pk']))) };
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

const parseClusterCursor = (cursor: string): Cursor => {
  const [state = '', clusterId = ''] = parseCursor(cursor, 2);
  return { state, clusterId };
};
