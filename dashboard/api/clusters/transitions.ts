import { queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import type { Cluster } from '../types.ts';

/** How many transitions of a cluster are read. */
const lastTransitions = 5;

/** The last transitions of a cluster. They are read again when its sequence number shows that there is a new one. */
export const lastTransitionsQuery = ({ target, clusterId, sequence }: Cluster) =>
  queryOptions({
    queryKey: ['targets', target, 'clusters', clusterId, 'last-transitions', sequence],
    queryFn: async ({ signal }) => {
      const params = {
        path: { target, clusterId },
        query: { after: Math.max(0, sequence - lastTransitions), limit: lastTransitions },
      };
      const { transitions } = await unwrap(
        api.GET('/v1/targets/{target}/clusters/{clusterId}/events', { params, signal }),
      );
      return transitions;
    },
    refetchInterval: false,
    staleTime: Infinity,
  });
