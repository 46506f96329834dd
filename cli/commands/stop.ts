import { defineCommand } from '#cli/commander/command.ts';
import { askFor, jobAt, jobPath } from '#cli/flows/savepoints.ts';
import { formatOf, isDetached, savepointOptions, type SavepointOptions } from '#cli/options/savepoint.ts';

interface Options extends SavepointOptions {
  readonly savepointPath?: string | true;
  readonly drain?: boolean;
}

export const stop = defineCommand<Options>({
  operandIs: 'job',
  options: {
    '-p, --savepointPath [directory]': 'where the savepoint goes; else the default of the cluster',
    '-d, --drain': 'let all that is under way through before the savepoint, as if the sources had ended',
    ...savepointOptions,
  },
  examples: {
    'drey stop -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226':
      'stop a job, with a savepoint in the default directory of its cluster',
    'drey stop -p s3://bucket/savepoints 8a077da4350254f0f435da5061d32226':
      'wherever it runs in the target, with a savepoint there',
    "echo 'stop' | drey kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster -Dexecution.attached=true":
      'stop a whole session instead',
  },
  run: async (context, operands, { savepointPath, drain = false, ...options }) => {
    const detached = isDetached(options);
    // `-p` takes the word behind it, even if that is the job: so does Flink's.
    const isJob = operands[0] === undefined && typeof savepointPath === 'string';
    const { jobId, clusterRef } = await jobAt(isJob ? savepointPath : operands[0], 'stop it', context);
    const format = formatOf(options);
    const say = (line: string) => (context.json ? undefined : context.print(line));
    say(`${drain ? 'Draining' : 'Suspending'} job "${jobId}" with a ${format} savepoint.`);
    say(`Triggering stop-with-savepoint ${detached ? 'in detached mode ' : ''}for job ${jobId}.`);
    if (!detached) say('Waiting for response...');
    const operation = await askFor(
      {
        at: jobPath(jobId, 'stop'),
        body: { format, drain, ...(isJob || typeof savepointPath !== 'string' ? {} : { directory: savepointPath }) },
        what: `Stopping job ${jobId}`,
        failure: `Could not stop with a savepoint job "${jobId}".`,
        detached,
      },
      clusterRef,
      context,
    );
    if (operation === undefined) return;
    say(
      detached
        ? `Successfully trigger stop-with-savepoint in detached mode, triggerId: ${operation.operationId}`
        : `Savepoint completed. Path: ${operation.savepoint ?? ''}`,
    );
  },
});
