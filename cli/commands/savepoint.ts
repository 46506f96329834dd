import { defineCommand } from '#cli/commander/command.ts';
import { askFor, jobAt, jobPath } from '#cli/flows/savepoints.ts';
import { clusterIdAskedFor } from '#cli/input/configuration-folder.ts';
import { formatOf, isDetached, savepointOptions, type SavepointOptions } from '#cli/options/savepoint.ts';
import { UsageError } from '#cli/options/usage-error.ts';

import { type Context, neededClusterId } from '../context.ts';

interface Options extends SavepointOptions {
  readonly dispose?: string;
}

export const savepoint = defineCommand<Options>({
  operandIs: 'job',
  options: { '-d, --dispose <path>': 'the savepoint to delete', ...savepointOptions },
  examples: {
    'drey savepoint -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226 s3://bucket/savepoints':
      'take one',
    'drey savepoint 8a077da4350254f0f435da5061d32226': 'wherever the job runs, in the default directory of its cluster',
    'drey savepoint -Dkubernetes.cluster-id=my-first-flink-cluster -d s3://bucket/savepoints/savepoint-8a077d-1a2b3c':
      'delete one; the cluster must be able to read it',
  },
  run: async (context, operands, options) =>
    options.dispose === undefined
      ? take(context, operands, options)
      : dispose(options.dispose, operands, options, context),
});

const take = async (context: Context, [operand, directory]: readonly string[], options: Options): Promise<void> => {
  const detached = isDetached(options);
  const { jobId, clusterRef } = await jobAt(operand, 'trigger a savepoint', context);
  const format = formatOf(options);
  const say = (line: string) => (context.json ? undefined : context.print(line));
  say(`Triggering savepoint ${detached ? 'in detached mode ' : ''}for job ${jobId}.`);
  if (!detached) say('Waiting for response...');
  const operation = await askFor(
    {
      at: jobPath(jobId, 'savepoints'),
      body: { format, ...(directory === undefined ? {} : { directory }) },
      what: `Savepoint of job ${jobId}`,
      failure: `Failed to trigger a savepoint for the job ${jobId}.`,
      detached,
    },
    clusterRef,
    context,
  );
  if (operation === undefined) return;
  if (detached) return say(`Successfully trigger manual savepoint, triggerId: ${operation.operationId}`);
  say(`Savepoint completed. Path: ${operation.savepoint ?? ''}`);
  say('You can resume your program from this savepoint with the run command.');
};

const dispose = async (
  path: string,
  operands: readonly string[],
  options: Options,
  context: Context,
): Promise<void> => {
  const detached = isDetached(options);
  if (operands.length > 0) throw new UsageError(`-d deletes a savepoint; it takes no job: ${operands.join(' ')}`);
  const clusterId = neededClusterId({ clusterId: await clusterIdAskedFor(context) });
  if (!context.json) {
    context.print(`Disposing savepoint '${path}'.`);
    if (!detached) context.print('Waiting for response...');
  }
  const operation = await askFor(
    {
      at: '/savepoint-disposals',
      body: { path },
      what: `Deleting ${path}`,
      failure: `Disposing the savepoint '${path}' failed.`,
      detached,
    },
    async () => ({ target: await context.target(), clusterId }),
    context,
  );
  if (operation !== undefined)
    context.print(
      detached ? `It is asked for, as operation ${operation.operationId}.` : `Savepoint '${path}' disposed.`,
    );
};
