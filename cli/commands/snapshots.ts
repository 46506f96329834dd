import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Snapshots } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { runSavepointCommand } from '#cli/flows/savepoints.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatBytes } from '#cli/output/bytes.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { renderTable } from '#cli/output/table.ts';
import type { ClusterRef } from '#events/names.ts';

import { type Context, toClusterRef } from '../context.ts';

export const snapshots = defineCommand({
  operandIs: 'cluster',
  examples: {
    'drey snapshots etl': 'list the snapshots of cluster etl, newest first',
    'drey snapshots etl --output json': 'print the list as JSON',
    'drey snapshots etl dispose 0192f6d27d5c7b0e8f4e0f6f4f3f2a14': 'delete a savepoint that nothing was restored from',
  },
  run: async (context, [operand, verb, snapshotId]) => {
    const clusterRef = await toClusterRef(context, operand);
    if (verb === undefined) await printSnapshots(clusterRef, context);
    else if (verb === 'dispose' && snapshotId !== undefined) await dispose(clusterRef, snapshotId, context);
    else throw new UsageError('Usage: drey snapshots [CLUSTER [dispose SNAPSHOT]]');
  },
});

const printSnapshots = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  const answer = await readList<Snapshots>(context.api, `${clusterPath(clusterRef)}/snapshots`, { items: 'snapshots' });
  if (context.json) return context.printJson(answer);
  if (answer.snapshots.length === 0) return context.print(`Cluster ${clusterRef.clusterId} has no snapshots.`);
  const rows = answer.snapshots.map((one) => [
    one.snapshotId,
    formatTime(one.createdAt),
    one.kind,
    one.trigger,
    one.state,
    one.jobName,
    one.revision === undefined ? '' : String(one.revision),
    one.sizeBytes === undefined ? '' : formatBytes(one.sizeBytes),
    one.durationMs === undefined ? '' : `${(one.durationMs / 1_000).toFixed(1)} s`,
    one.path ?? one.problem?.detail ?? '',
  ]);
  context.print(
    await renderTable(
      ['SNAPSHOT', 'CREATED', 'KIND', 'TRIGGER', 'STATE', 'JOB', 'REVISION', 'SIZE', 'DURATION', 'PATH'],
      rows,
    ),
  );
};

const dispose = async (clusterRef: ClusterRef, snapshotId: string, context: Context): Promise<void> => {
  const operation = await runSavepointCommand(
    {
      subpath: path`/snapshots/${snapshotId}/disposal`,
      body: {},
      title: `Deleting snapshot ${snapshotId}`,
      failure: `Disposing of snapshot ${snapshotId} failed.`,
      detached: false,
    },
    async () => clusterRef,
    context,
  );
  if (operation !== undefined) context.print(`Snapshot ${snapshotId} disposed.`);
};
