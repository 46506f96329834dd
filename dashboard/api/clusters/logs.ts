import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { type ClusterRef, clusterKey, pathOf } from './cluster.ts';
import { pollMs } from '../client/query-client.ts';
import type { LogQuery } from '../types.ts';

/** A log that is followed is read so often. A search reads more of it. */
const followMs = 2_000;
const followSearchMs = 10_000;

const readLog = (ref: ClusterRef, query: LogQuery, signal?: AbortSignal) =>
  unwrap(
    api.GET('/v1/targets/{target}/clusters/{clusterId}/logs', {
      params: { path: pathOf(ref), query },
      ...(signal && { signal }),
    }),
  );

/** The last lines of a log. It is read again while it is followed. */
export const useLog = (ref: ClusterRef, query: LogQuery, { follow }: { readonly follow: boolean }) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'logs', query],
    queryFn: ({ signal }) => readLog(ref, query, signal),
    refetchInterval: follow ? (query.grep === undefined ? followMs : followSearchMs) : false,
    placeholderData: keepPreviousData,
  });

/** The most lines of a log that the API answers, for a download. */
export const readWholeLog = (ref: ClusterRef, query: LogQuery) => readLog(ref, { ...query, lines: maxLines });

export const maxLines = 5_000;

export type FactKind = NonNullable<LogQuery['file']>;

/** The answers of the JobManager are about many jobs, and change slowly. */
const factMs = 2 * pollMs;

/** What the JobManager knows, or knew before its end. `live` reads it again. Not enabled: nothing is read. */
export const useFact = (
  ref: ClusterRef,
  query: LogQuery & { readonly file: FactKind },
  { live, enabled = true }: { readonly live: boolean; readonly enabled?: boolean },
) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'facts', query],
    queryFn: async ({ signal }) => {
      const { log, ...answer } = await readLog(ref, query, signal);
      return { ...answer, content: JSON.parse(log) as unknown };
    },
    refetchInterval: live ? factMs : false,
    enabled,
  });

/** What is kept of the last incarnations of a cluster ID, newest first. */
export const useKeptLogs = (ref: ClusterRef) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'kept-logs'],
    queryFn: async ({ signal }) => {
      const params = { path: pathOf(ref) };
      const call = api.GET('/v1/targets/{target}/clusters/{clusterId}/kept-logs', { params, signal });
      return (await unwrap(call)).incarnations;
    },
    refetchInterval: 6 * pollMs,
  });
