import type { Accepted } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, readCluster } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatExpiry } from '#cli/output/lifetime-lines.ts';

import { toClusterRef } from '../context.ts';

interface Options {
  readonly ttl?: string;
  readonly until?: string;
  readonly idleAfter?: string;
  readonly savepoint?: string;
  readonly savepointDirectory?: string;
  readonly ha?: string;
  readonly warnBefore?: string;
}

export const extend = defineCommand<Options>({
  operandIs: 'cluster',
  options: {
    '--ttl <time>': 'expire after this time from now: 90s, 30min, 8h',
    '--until <time>': 'expire at this time: 2026-11-24T20:00:00Z',
    '--idle-after <time>': 'expire after this time without jobs',
    '--savepoint <policy>': 'savepoint policy: none, best-effort or required',
    '--savepoint-directory <url>': 'directory of the savepoints',
    '--ha <policy>': 'keep or purge high-availability data',
    '--warn-before <time>': 'time between warning and expiry; 0s: no warning',
  },
  examples: {
    'drey extend my-first-flink-cluster --ttl 4h': 'expire in four hours from now',
    'drey extend my-first-flink-cluster --until 2026-11-24T20:00:00Z --savepoint required':
      'expire at that time, and keep running if a savepoint fails',
  },
  run: async (context, [operand], { ttl, until, idleAfter, savepoint, savepointDirectory, ha, warnBefore }) => {
    const clusterRef = await toClusterRef(context, operand);
    const given = { ttl, until, idleAfter, savepoint, savepointDirectory, ha, warnBefore };
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    if (Object.keys(body).length === 0)
      throw new UsageError('Nothing to change. Specify --ttl, --until, --idle-after or another option.');
    const accepted = await context.api.post<Accepted>(`${clusterPath(clusterRef)}/extend`, body);
    const cluster = accepted.cluster ?? (await readCluster(clusterRef, context));
    if (context.json) context.printJson({ ...accepted, cluster });
    else context.print(`Cluster ${cluster.clusterId} expires: ${formatExpiry(cluster)}.`);
  },
});
