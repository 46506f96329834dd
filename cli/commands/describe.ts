import type { Jobs, Transitions } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, readCluster } from '#cli/flows/clusters.ts';
import { readJobs } from '#cli/flows/jobs.ts';
import { readOperation } from '#cli/flows/operations.ts';
import { formatExpiry, formatLifetime } from '#cli/output/lifetime-lines.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { formatPhase } from '#cli/output/operation-lines.ts';
import { paintState, renderFacts, renderTable } from '#cli/output/table.ts';
import { formatTransition } from '#cli/output/transition-line.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isPendingCluster } from '#events/records/cluster-states.ts';
import type { Operation } from '#events/records/operation.ts';

import { type Context, toClusterRef } from '../context.ts';

const lastTransitions = 10;

export const describe = defineCommand({
  operandIs: 'cluster',
  examples: { 'drey describe my-first-flink-cluster': 'show all details of a cluster' },
  run: async (context, [operand]) => {
    const clusterRef = await toClusterRef(context, operand);
    const cluster = await readCluster(clusterRef, context);
    const [operation, jobs, transitions] = await Promise.all([
      readProgress(cluster, context),
      readJobs(clusterRef, context),
      context.api.get<Transitions>(`${clusterPath(clusterRef)}/events`, {
        after: Math.max(0, cluster.sequence - lastTransitions),
      }),
    ]);
    if (context.json) context.printJson({ cluster, ...jobs, ...transitions });
    else {
      formatCluster(cluster, operation, context).forEach(context.print);
      await printJobs(jobs, context);
      context.print('\nLast transitions:');
      transitions.transitions.map((one) => `  ${formatTransition(one, context.io.stdout)}`).forEach(context.print);
    }
  },
});

/** The operation that starts or stops the cluster. */
const readProgress = async (
  { target, state, operationId, stopOperationId }: Cluster,
  context: Context,
): Promise<Operation | undefined> => {
  if (!isPendingCluster({ state }) && state !== 'STOPPING') return undefined;
  const id = state === 'STOPPING' ? stopOperationId : operationId;
  return id === undefined ? undefined : readOperation({ target, operationId: id }, context);
};

const formatCluster = (cluster: Cluster, operation: Operation | undefined, { io }: Context): readonly string[] =>
  renderFacts({
    Cluster: cluster.clusterId,
    Target: cluster.target,
    Namespace: cluster.namespace,
    Mode: cluster.mode,
    State: paintState(cluster.state, io.stdout),
    // The reason of a queued cluster is that of its arrival. The operation has the current one.
    Reason: cluster.state === 'QUEUED' ? '' : [cluster.reason, cluster.message].filter(Boolean).join(': '),
    Phases: operation?.phases?.map((one) => formatPhase(one, operation.createdAt)).join(', '),
    'Waiting for': operation?.phase,
    Rollout: formatRollout(cluster),
    'Next rollout':
      cluster.nextRollout && `${cluster.nextRollout.kind}, waiting since ${formatTime(cluster.nextRollout.at)}`,
    Snapshot: cluster.snapshot && `${cluster.snapshot.kind} ${cluster.snapshot.path}`,
    'Snapshot policy': formatSnapshotPolicy(cluster),
    Revision: cluster.revision === undefined ? undefined : String(cluster.revision),
    Image: cluster.image,
    Labels: Object.entries(cluster.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
    Created: formatTime(cluster.createdAt),
    Expires: formatExpiry(cluster),
    Lifetime: formatLifetime(cluster),
    Operation: cluster.operationId,
    ...Object.fromEntries(
      cluster.conditions.map(({ type, status, reason, message, since }) => [
        type,
        `${status} since ${formatTime(since)} (${[reason, message].filter(Boolean).join(': ')})`,
      ]),
    ),
  });

const formatRollout = ({ rollout }: Cluster): string | undefined =>
  rollout && `${rollout.kind}: ${rollout.phase} since ${formatTime(rollout.phases.at(-1)?.at ?? '')}`;

const formatSnapshotPolicy = ({ snapshots }: Cluster): string | undefined => {
  if (snapshots === undefined) return undefined;
  const { every, keep, maxAge, notBetween = [], dueAt } = snapshots;
  return [
    `every ${every}`,
    `keep ${keep}`,
    ...(maxAge === undefined ? [] : [`for ${maxAge}`]),
    ...notBetween.map((span) => `not ${span}`),
    ...(dueAt === undefined ? [] : [`next on ${formatTime(dueAt)}`]),
  ].join(', ');
};

const printJobs = async ({ jobs, reachable }: Jobs, { print, io }: Context): Promise<void> => {
  if (jobs.length === 0) return print('\nNo jobs.');
  print(reachable === 'True' ? '\nJobs:' : '\nJobs (last known state):');
  const rows = jobs.map((job) => [
    `  ${job.jobId}`,
    paintState(job.state, io.stdout),
    formatTime(job.startTime),
    job.name,
    job.message ?? job.savepoint ?? '',
    job.restoredFrom ?? '',
  ]);
  print(await renderTable(['  JOB', 'STATE', 'STARTED', 'NAME', 'CAUSE / SAVEPOINT', 'RESTORED FROM'], rows));
};
