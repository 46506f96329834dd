import { queryOptions, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { isTerminalState } from '../../model/states.ts';
import { readPages } from '../client/pages.ts';
import { pollMs } from '../client/query-client.ts';
import type { Operation } from '../types.ts';

interface OperationRef {
  readonly target: string;
  readonly operationId: string;
}

/** An operation that is in progress is followed each second. */
const followMs = 1_000;

const operationQuery = (ref: OperationRef | undefined) =>
  queryOptions({
    queryKey: ['targets', ref?.target, 'operations', ref?.operationId],
    queryFn: ({ signal }) => {
      if (ref === undefined) throw new Error('There is no operation to read.');
      return unwrap(api.GET('/v1/targets/{target}/operations/{operationId}', { params: { path: { ...ref } }, signal }));
    },
  });

/** An operation as the cache has it. */
interface Read {
  readonly state: { readonly data?: Operation | undefined };
}

/** Reads operations of a target, each of them until it ends. `useReadOperations` has them. */
export const useOperations = (target: string, operationIds: readonly string[]) =>
  useQueries({
    queries: operationIds.map((operationId) => ({
      ...operationQuery({ target, operationId }),
      staleTime: ({ state: { data } }: Read) =>
        data !== undefined && isTerminalState('operation', data.state) ? Infinity : pollMs / 2,
      refetchInterval: ({ state: { data } }: Read) =>
        data === undefined || isTerminalState('operation', data.state) ? (false as const) : pollMs,
    })),
  });

/**
 * An operation until it ends, or with `withVerdict` until its verdict is known. A program ends later than its deploy.
 * Without a reference, nothing is read.
 */
export const useOperation = (ref: OperationRef | undefined, { follow = false, withVerdict = false } = {}) =>
  useQuery({
    ...operationQuery(ref),
    enabled: ref !== undefined,
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || !isTerminalState('operation', data.state)) return follow ? followMs : pollMs;
      return withVerdict && data.verdict === undefined ? pollMs : false;
    },
  });

/** The operations of a target that the page has read since it was opened: those of dialogs and of views. */
export const useReadOperations = (target: string): readonly Operation[] =>
  useQueryClient()
    .getQueriesData<Operation>({ queryKey: ['targets', target, 'operations'] })
    .flatMap(([key, operation]) => (key.length === operationKeyLength && operation !== undefined ? [operation] : []));

const operationKeyLength = 4;
const itemsPageSize = 1_000;

/** The items of a batch. */
export const useBatchItems = ({ target, operationId }: OperationRef, isLive: boolean) =>
  useQuery({
    queryKey: ['targets', target, 'operations', operationId, 'items'],
    queryFn: ({ signal }) =>
      readPages(async (cursor) => {
        const params = { path: { target, operationId }, query: { cursor, limit: itemsPageSize } };
        const page = await unwrap(api.GET('/v1/targets/{target}/operations/{operationId}/items', { params, signal }));
        return { items: page.batchItems, cursor: page.cursor };
      }, itemsPageSize),
    refetchInterval: isLive ? pollMs : false,
  });
