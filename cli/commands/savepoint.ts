import { defineCommand } from '#cli/commander/command.ts';
import { jobPath, parseJobOperand, runSavepointCommand } from '#cli/flows/savepoints.ts';
import { resolveClusterId } from '#cli/input/configuration-folder.ts';
import { isDetached, parseSavepointFormat, savepointOptions, type SavepointOptions } from '#cli/options/savepoint.ts';
import { UsageError } from '#cli/options/usage-error.ts';

import { type Context, requireClusterId } from '../context.ts';

interface Options extends SavepointOptions {
  readonly dispose?: string;
}

export const savepoint = defineCommand<Options>({
  operandIs: 'job',
  options: { '-d, --dispose <path>': 'delete this savepoint', ...savepointOptions },
  examples: {
    'drey savepoint -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226 s3://bucket/savepoints':
      'take a savepoint',
    'drey savepoint 8a077da4350254f0f435da5061d32226': 'take a savepoint in the default directory of the cluster',
    'drey savepoint -Dkubernetes.cluster-id=my-first-flink-cluster -d s3://bucket/savepoints/savepoint-8a077d-1a2b3c':
      'delete a savepoint that the cluster can access',
  },
  run: async (context, operands, options) =>
    options.dispose === undefined
      ? takeSavepoint(context, operands, options)
      : disposeSavepoint(options.dispose, operands, options, context),
});

const takeSavepoint = async (
  context: Context,
  [operand, directory]: readonly string[],
  options: Options,
): Promise<void> => {
  const detached = isDetached(options);
  const { jobId, clusterRef } = await parseJobOperand(operand, 'trigger a savepoint', context);
  const format = parseSavepointFormat(options);
  const print = (line: string) => (context.json ? undefined : context.print(line));
  print(`Triggering savepoint ${detached ? 'in detached mode ' : ''}for job ${jobId}.`);
  if (!detached) print('Waiting for response...');
  const operation = await runSavepointCommand(
    {
      subpath: jobPath(jobId, 'savepoints'),
      body: { format, ...(directory === undefined ? {} : { directory }) },
      title: `Savepoint of job ${jobId}`,
      failure: `Failed to trigger a savepoint for the job ${jobId}.`,
      detached,
    },
    clusterRef,
    context,
  );
  if (operation === undefined) return;
  if (detached) return print(`Successfully trigger manual savepoint, triggerId: ${operation.operationId}`);
  print(`Savepoint completed. Path: ${operation.savepoint ?? ''}`);
  print('You can resume your program from this savepoint with the run command.');
};

const disposeSavepoint = async (
  path: string,
  operands: readonly string[],
  options: Options,
  context: Context,
): Promise<void> => {
  const detached = isDetached(options);
  if (operands.length > 0)
    throw new UsageError(`-d deletes a savepoint and takes no job. Remove ${operands.join(' ')}.`);
  const clusterId = requireClusterId({ clusterId: await resolveClusterId(context) });
  if (!context.json) {
    context.print(`Disposing savepoint '${path}'.`);
    if (!detached) context.print('Waiting for response...');
  }
  const operation = await runSavepointCommand(
    {
      subpath: '/savepoint-disposals',
      body: { path },
      title: `Deleting ${path}`,
      failure: `Disposing the savepoint '${path}' failed.`,
      detached,
    },
    async () => ({ target: await context.target(), clusterId }),
    context,
  );
  if (operation !== undefined)
    context.print(
      detached
        ? `Deletion of savepoint '${path}' requested. Operation: ${operation.operationId}.`
        : `Savepoint '${path}' disposed.`,
    );
};
