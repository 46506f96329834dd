import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { readPages } from '../client/pages.ts';

const pageSize = 200;

interface ClusterSelection {
  /** Comma-separated states. Default: the live states. */
  readonly state?: string | undefined;
  readonly maxClusters: number;
}

/** The clusters of a target with their jobs. */
export const clustersQuery = (target: string, { state, maxClusters }: ClusterSelection) =>
  queryOptions({
    queryKey: ['targets', target, 'clusters', { state, maxClusters }],
    queryFn: ({ signal }) =>
      readPages(async (cursor) => {
        const query = { state, cursor, limit: pageSize, jobs: 'true' as const };
        const call = api.GET('/v1/targets/{target}/clusters', { params: { path: { target }, query }, signal });
        const page = await unwrap(call);
        return { items: page.clusters, cursor: page.cursor };
      }, maxClusters),
  });

export const useClusters = (target: string, selection: ClusterSelection) => useQuery(clustersQuery(target, selection));
