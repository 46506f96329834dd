import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, unwrap } from './client.ts';

/** The admission queue of a target: limits, usage and the first queued commands. */
export const queueQuery = (target: string) =>
  queryOptions({
    queryKey: ['targets', target, 'queue'],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/targets/{target}/queue', { params: { path: { target }, query: { limit: 100 } }, signal })),
  });

export const useQueue = (target: string) => useQuery(queueQuery(target));
