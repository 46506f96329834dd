import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { readPages } from '../client/pages.ts';
import type { QueueView } from '../types.ts';

const pageSize = 1_000;

/** The admission queue of a target: limits, usage and the first queued commands. */
export const queueQuery = (target: string) =>
  queryOptions({
    queryKey: ['targets', target, 'queue'],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/targets/{target}/queue', { params: { path: { target }, query: { limit: 100 } }, signal })),
  });

export const useQueue = (target: string) => useQuery(queueQuery(target));

/** The admission queue of a target with up to `maxQueued` commands. */
export const useLongQueue = (target: string, maxQueued: number) =>
  useQuery({
    queryKey: ['targets', target, 'queue', { maxQueued }],
    queryFn: async ({ signal }): Promise<QueueView> => {
      let first: QueueView | undefined;
      const { items } = await readPages(async (cursor) => {
        const params = { path: { target }, query: { cursor, limit: pageSize } };
        const page = await unwrap(api.GET('/v1/targets/{target}/queue', { params, signal }));
        first ??= page;
        return { items: page.queued, cursor: page.cursor };
      }, maxQueued);
      if (first === undefined) throw new Error('The queue has no page.');
      return { ...first, queued: [...items] };
    },
  });

/** Pauses or resumes the admission queue of a target. */
export const setQueuePaused = (target: string, paused: boolean) =>
  unwrap(api.PUT('/v1/targets/{target}/queue', { params: { path: { target } }, body: { paused } }));

interface QueuedRef {
  readonly target: string;
  readonly operationId: string;
}

export const setPriority = (ref: QueuedRef, priority: number) =>
  unwrap(api.PUT('/v1/targets/{target}/queue/{operationId}', { params: { path: { ...ref } }, body: { priority } }));

/** Cancels a queued command. Of a batch: all its queued commands. */
export const cancelQueued = (ref: QueuedRef) =>
  unwrap(api.POST('/v1/targets/{target}/queue/{operationId}/cancel', { params: { path: { ...ref } } }));
