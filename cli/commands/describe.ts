import type { Jobs, Transitions } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, readCluster } from '#cli/flows/clusters.ts';
import { readJobs } from '#cli/flows/jobs.ts';
import { getOperation } from '#cli/flows/operations.ts';
import { endOf, formatLifetime } from '#cli/output/lifetime-lines.ts';
import { localTime } from '#cli/output/local-time.ts';
import { phaseLine } from '#cli/output/operation-lines.ts';
import { factsOf, paintState, tableOf } from '#cli/output/table.ts';
import { transitionLine } from '#cli/output/transition-line.ts';
import type { Cluster } from '#events/cluster.ts';
import type { Operation } from '#events/operation.ts';

import { type Context, neededClusterId } from '../context.ts';

const lastTransitions = 10;

export const describe = defineCommand({
  operandIs: 'cluster',
  examples: { 'drey describe my-first-flink-cluster': 'all that is known of it' },
  run: async (context, [operand]) => {
    const clusterRef = { clusterId: neededClusterId(context, operand), target: await context.target() };
    const cluster = await readCluster(clusterRef, context);
    const [operation, jobs, transitions] = await Promise.all([
      progressOf(cluster, context),
      readJobs(clusterRef, context),
      context.api.get<Transitions>(`${clusterPath(clusterRef)}/events`, {
        after: Math.max(0, cluster.sequence - lastTransitions),
      }),
    ]);
    if (context.json) context.printJson({ cluster, ...jobs, ...transitions });
    else {
      clusterLines(cluster, operation, context).forEach(context.print);
      await printJobs(jobs, context);
      context.print('\nLast transitions:');
      transitions.transitions.map((one) => `  ${transitionLine(one, context.io.stdout)}`).forEach(context.print);
    }
  },
});

/** How far a cluster on its way is. */
const progressOf = async (
  { state, operationId, stopOperationId }: Cluster,
  context: Context,
): Promise<Operation | undefined> => {
  if (!['QUEUED', 'REQUESTED', 'DEPLOYING', 'STOPPING'].includes(state)) return undefined;
  const id = state === 'STOPPING' ? stopOperationId : operationId;
  return id === undefined ? undefined : getOperation(id, context);
};

const clusterLines = (cluster: Cluster, operation: Operation | undefined, { io }: Context): readonly string[] =>
  factsOf({
    Cluster: cluster.clusterId,
    Target: cluster.target,
    Namespace: cluster.namespace,
    Mode: cluster.mode,
    State: paintState(cluster.state, io.stdout),
    Reason: [cluster.reason, cluster.message].filter(Boolean).join(': '),
    Reached: operation?.phases?.map((one) => phaseLine(one, operation.createdAt)).join(', '),
    'Waits for': operation?.phase,
    Image: cluster.image,
    Labels: Object.entries(cluster.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
    Created: localTime(cluster.createdAt),
    Ends: endOf(cluster),
    Lifetime: formatLifetime(cluster),
    Operation: cluster.operationId,
    ...Object.fromEntries(
      cluster.conditions.map(({ type, status, reason, message, since }) => [
        type,
        `${status} since ${localTime(since)} (${[reason, message].filter(Boolean).join(': ')})`,
      ]),
    ),
  });

const printJobs = async ({ jobs, reachable }: Jobs, { print, io }: Context): Promise<void> => {
  if (jobs.length === 0) return print('\nNo jobs.');
  print(reachable === 'True' ? '\nJobs:' : '\nJobs, as they were seen last:');
  const rows = jobs.map((job) => [
    `  ${job.jobId}`,
    paintState(job.state, io.stdout),
    localTime(job.startTime),
    job.name,
    job.message ?? job.savepoint ?? '',
  ]);
  print(await tableOf(['  JOB', 'STATE', 'STARTED', 'NAME', 'CAUSE / SAVEPOINT'], rows));
};
