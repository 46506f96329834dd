import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { readPages } from '../client/pages.ts';
import { pollMs } from '../client/query-client.ts';
import type { Transition } from '../types.ts';

export interface ClusterRef {
  readonly target: string;
  readonly clusterId: string;
}

/** The key of what is read of a cluster: a change of the cluster invalidates all of it. */
export const clusterKey = ({ target, clusterId }: ClusterRef) => ['targets', target, 'clusters', clusterId] as const;

/** A record of a cluster is a reference, too, and has more members. */
export const pathOf = ({ target, clusterId }: ClusterRef): ClusterRef => ({ target, clusterId });

export const useCluster = (ref: ClusterRef) =>
  useQuery({
    queryKey: clusterKey(ref),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/targets/{target}/clusters/{clusterId}', { params: { path: pathOf(ref) }, signal })),
  });

/** A session may have run thousands of jobs. */
const maxJobs = 500;

/** The jobs of a cluster, as Flink reports them, and whether it did. The cluster itself does not have them. */
export const useJobs = (ref: ClusterRef) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'jobs'],
    queryFn: async ({ signal }) => {
      let isReachable = false;
      const { items, hasMore } = await readPages(async (cursor) => {
        const params = { path: pathOf(ref), query: { cursor, limit: 100 } };
        const page = await unwrap(api.GET('/v1/targets/{target}/clusters/{clusterId}/jobs', { params, signal }));
        isReachable = page.reachable === 'True';
        return { items: page.jobs, cursor: page.cursor };
      }, maxJobs);
      return { jobs: items, hasMore, isReachable };
    },
  });

const pageSize = 500;

/** The last `count` transitions of a cluster and its jobs, in order, up to that with the number `sequence`. */
export const useTransitions = (ref: ClusterRef, { sequence, count }: { sequence: number; count: number }) => {
  const first = Math.max(0, sequence - count);
  return useQuery({
    queryKey: [...clusterKey(ref), 'events', { first, sequence }],
    queryFn: async ({ signal }) => {
      const found: Transition[] = [];
      let after = first;
      for (;;) {
        const params = { path: pathOf(ref), query: { after, limit: pageSize } };
        const call = api.GET('/v1/targets/{target}/clusters/{clusterId}/events', { params, signal });
        const { transitions, last } = await unwrap(call);
        found.push(...transitions);
        if (transitions.length < pageSize || last <= after) return found;
        after = last;
      }
    },
    placeholderData: keepPreviousData,
    refetchInterval: pollMs * 12, // Each change has a number of its own, which the cluster tells.
  });
};
