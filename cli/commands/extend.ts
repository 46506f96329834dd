import type { Accepted } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, readCluster } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { endOf } from '#cli/output/lifetime-lines.ts';

import { neededClusterId } from '../context.ts';

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
    '--ttl <time>': 'so long from now on, as in 90s, 30min or 8h',
    '--until <time>': 'this time, as in 2026-11-24T20:00:00Z',
    '--idle-after <time>': 'when no job lived for so long',
    '--savepoint <policy>': 'none, best-effort or required',
    '--savepoint-directory <url>': 'where the savepoints go',
    '--ha <policy>': 'keep or purge high-availability data',
    '--warn-before <time>': 'how long before its end the warning comes; 0s: not at all',
  },
  examples: {
    'drey extend my-first-flink-cluster --ttl 4h': 'four hours more, from now on',
    'drey extend my-first-flink-cluster --until 2026-11-24T20:00:00Z --savepoint required':
      'until then, and not without savepoints of its jobs',
  },
  run: async (context, [operand], { ttl, until, idleAfter, savepoint, savepointDirectory, ha, warnBefore }) => {
    const clusterRef = { clusterId: neededClusterId(context, operand), target: await context.target() };
    const given = { ttl, until, idleAfter, savepoint, savepointDirectory, ha, warnBefore };
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    if (Object.keys(body).length === 0)
      throw new UsageError('Nothing to change: give --ttl, --until, --idle-after or another option.');
    const accepted = await context.api.post<Accepted>(`${clusterPath(clusterRef)}/extend`, body);
    const cluster = accepted.cluster ?? (await readCluster(clusterRef, context));
    if (context.json) context.printJson({ ...accepted, cluster });
    else context.print(`Cluster ${cluster.clusterId} ends ${endOf(cluster)}.`);
  },
});
