import type { Forward } from '#cli/api/forward.ts';
import { path as apiPath } from '#cli/api/path.ts';
import type { ClusterRef } from '#events/names.ts';

import { flinkPolicy } from './headers.ts';
import { type Listener, newProblem, startListener } from './listener.ts';

interface FlinkOptions {
  readonly cluster: ClusterRef;
  readonly forward: Forward;
  /** 0 for any free one. */
  readonly port: number;
  readonly signal: AbortSignal;
}

/**
 * Serves Flink's web UI of one cluster. Each cluster has a port, and so an origin, of its own: browsers keep the scripts of one
 * cluster from the pages and the storage of all others, and of the dashboard. It can only read the UI of its cluster.
 */
export const startFlinkListener = ({ cluster, forward, port, signal }: FlinkOptions): Promise<Listener> => {
  const root = apiPath`/v1/targets/${cluster.target}/clusters/${cluster.clusterId}/flink`;
  return startListener({
    host: 'localhost',
    port,
    clearsStorage: true,
    signal,
    handle: async ({ path, query, request, signal: ended }) => {
      if (request.method !== 'GET')
        return newProblem(
          405,
          'Flink is read only',
          "Flink's web UI is for reading here. Use the commands of drey to change jobs.",
        );
      const file = path === '/' ? '/index.html' : path;
      const { status, headers, body } = await forward({ method: 'GET', path: `${root}${file}`, query }, ended);
      const contentType = headers['content-type'] ?? 'application/octet-stream';
      return { status, headers: { 'content-type': contentType, 'content-security-policy': flinkPolicy }, body };
    },
  });
};
