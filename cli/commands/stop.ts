import { defineCommand } from '#cli/commander/command.ts';
import { jobPath, parseJobOperand, runSavepointCommand } from '#cli/flows/savepoints.ts';
import { isDetached, parseSavepointFormat, savepointOptions, type SavepointOptions } from '#cli/options/savepoint.ts';

interface Options extends SavepointOptions {
  readonly savepointPath?: string | true;
  readonly drain?: boolean;
}

export const stop = defineCommand<Options>({
  operandIs: 'job',
  options: {
    '-p, --savepointPath [directory]': 'directory of the savepoint; else the default',
    '-d, --drain': 'send MAX_WATERMARK before the savepoint',
    ...savepointOptions,
  },
  examples: {
    'drey stop -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226':
      'stop a job with a savepoint in the default directory',
    'drey stop -p s3://bucket/savepoints 8a077da4350254f0f435da5061d32226':
      'stop a job with a savepoint in this directory',
    'drey delete my-first-flink-cluster': 'stop a cluster with all of its jobs',
  },
  run: async (context, operands, { savepointPath, drain = false, ...options }) => {
    const detached = isDetached(options);
    // As in Flink, `-p` takes the next word as its value, even when that word is the job.
    const isJob = operands[0] === undefined && typeof savepointPath === 'string';
    const { jobId, clusterRef } = await parseJobOperand(isJob ? savepointPath : operands[0], 'stop it', context);
    const format = parseSavepointFormat(options);
    const print = (line: string) => (context.json ? undefined : context.print(line));
    print(`${drain ? 'Draining' : 'Suspending'} job "${jobId}" with a ${format} savepoint.`);
    print(`Triggering stop-with-savepoint ${detached ? 'in detached mode ' : ''}for job ${jobId}.`);
    if (!detached) print('Waiting for response...');
    const operation = await runSavepointCommand(
      {
        subpath: jobPath(jobId, 'stop'),
        body: { format, drain, ...(isJob || typeof savepointPath !== 'string' ? {} : { directory: savepointPath }) },
        title: `Stopping job ${jobId}`,
        failure: `Could not stop with a savepoint job "${jobId}".`,
        detached,
      },
      clusterRef,
      context,
    );
    if (operation === undefined) return;
    print(
      detached
        ? `Successfully trigger stop-with-savepoint in detached mode, triggerId: ${operation.operationId}`
        : `Savepoint completed. Path: ${operation.savepoint ?? ''}`,
    );
  },
});
