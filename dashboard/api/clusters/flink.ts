import { useQuery, useQueryClient } from '@tanstack/react-query';

import { listAt, textAt } from '../../model/jobs/fields.ts';
import {
  appendSample,
  type MetricSample,
  parseVertexMetrics,
  type Vertex,
  vertexMetrics,
} from '../../model/jobs/metrics.ts';
import { api, unwrap } from '../client/client.ts';
import { type ClusterRef, clusterKey, pathOf } from './cluster.ts';
import { pollMs } from '../client/query-client.ts';

/** An answer of Flink's REST API, of which the API says nothing. `segments` are those of a path below the root of Flink's web UI. */
const readFlink = (
  ref: ClusterRef,
  { segments, query = '' }: { readonly segments: readonly string[]; readonly query?: string },
  signal: AbortSignal,
): Promise<unknown> => {
  const path = segments.map(encodeURIComponent).join('/') + query;
  return unwrap(
    api.GET('/v1/targets/{target}/clusters/{clusterId}/flink/{proxy}', {
      params: { path: { ...pathOf(ref), proxy: path } },
      // The path has slashes, and its query.
      pathSerializer: (url) =>
        url
          .replace('{target}', () => encodeURIComponent(ref.target))
          .replace('{clusterId}', () => encodeURIComponent(ref.clusterId))
          .replace('{proxy}', () => path),
      signal,
    }),
  );
};

/** Flink's JobManager collects the metrics of its tasks every 10 s. */
const sampleMs = 2 * pollMs;

/** Each vertex is a call. */
export const maxVertices = 12;

/**
 * Samples of the metrics of a job, oldest first. They are taken while a view shows them, and are kept in memory for some
 * minutes more.
 */
export const useJobMetrics = (ref: ClusterRef, jobId: string, vertices: readonly Vertex[], isRunning: boolean) => {
  const client = useQueryClient();
  const queryKey = [...clusterKey(ref), 'metrics', jobId];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<readonly MetricSample[]> => {
      const answers = await Promise.all(
        vertices.slice(0, maxVertices).map(async (vertex) => {
          const segments = ['jobs', jobId, 'vertices', vertex.id, 'subtasks', 'metrics'];
          const query = `?get=${vertexMetrics.join(',')}&agg=sum,max`;
          return [vertex.id, parseVertexMetrics(await readFlink(ref, { segments, query }, signal), vertex)] as const;
        }),
      );
      const sample = { at: Date.now(), vertices: Object.fromEntries(answers) };
      return appendSample(client.getQueryData<readonly MetricSample[]>(queryKey) ?? [], sample);
    },
    enabled: isRunning && vertices.length > 0,
    refetchInterval: sampleMs,
    structuralSharing: false,
  });
};

/** The names of the pods of the TaskManagers that Flink knows. Not enabled: nothing is read. */
export const useTaskManagers = (ref: ClusterRef, { enabled }: { readonly enabled: boolean }) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'taskmanagers'],
    queryFn: async ({ signal }) =>
      listAt(await readFlink(ref, { segments: ['taskmanagers'] }, signal), 'taskmanagers').flatMap(
        (one) => textAt(one, 'id') ?? [],
      ),
    enabled,
    refetchInterval: 6 * pollMs,
  });
