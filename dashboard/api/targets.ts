import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, unwrap } from './client/client.ts';
import { readPages } from './client/pages.ts';

const maxTargets = 1_000;

/** All targets, by name. */
export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  queryFn: async ({ signal }) => {
    const { items } = await readPages(async (cursor) => {
      const page = await unwrap(api.GET('/v1/targets', { params: { query: { cursor, limit: 1_000 } }, signal }));
      return { items: page.targets, cursor: page.cursor };
    }, maxTargets);
    return items;
  },
  refetchInterval: 60_000, // Operators change targets rarely.
});

export const useTargets = () => useQuery(targetsQuery);
