import { during } from '#cli/api/failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { carryOut, handOver } from '#cli/flows/operations.ts';
import { askFor, jobAt, jobPath } from '#cli/flows/savepoints.ts';
import { formatOf, type SavepointOptions } from '#cli/options/savepoint.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import type { Context } from '../context.ts';

interface Options extends Pick<SavepointOptions, 'type'>, WaitOptions {
  readonly withSavepoint?: string | true;
}

export const cancel = defineCommand<Options>({
  operandIs: 'job',
  options: {
    '-s, --withSavepoint [directory]': 'take a savepoint first (deprecated by Flink: use `drey stop`)',
    '--type <format>': 'the format of that savepoint: canonical or native (also -type)',
    ...waitOptions,
  },
  examples: {
    'drey cancel --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226':
      'cancel a job of a cluster',
    'drey cancel 8a077da4350254f0f435da5061d32226': 'wherever it runs in the target',
  },
  run: async (context, operands, { withSavepoint, wait = true, ...options }) => {
    // `-s` takes the word behind it, even if that is the job: so does Flink's.
    const isJob = operands[0] === undefined && typeof withSavepoint === 'string';
    const job = await jobAt(isJob ? withSavepoint : operands[0], 'cancel a job', context);
    if (withSavepoint === undefined) return cancelNow(job, wait, context);
    const directory = isJob || withSavepoint === true ? undefined : withSavepoint;
    return cancelWithSavepoint(job, { format: formatOf(options), directory, wait }, context);
  },
});

type JobAt = Awaited<ReturnType<typeof jobAt>>;

const cancelNow = async ({ jobId, clusterRef }: JobAt, wait: boolean, context: Context): Promise<void> => {
  if (!context.json) context.print(`Cancelling job ${jobId}.`);
  try {
    const { target, clusterId } = await clusterRef();
    const request = {
      path: `${clusterPath({ target, clusterId })}${jobPath(jobId, 'cancel')}`,
      body: {},
      what: `Cancelling on ${clusterId}`,
    };
    if (!wait) return await handOver(request, () => `Cancelling of job ${jobId} is asked for.`, context);
    const answer = await carryOut(request, context);
    if (context.json) context.printJson(answer);
    else context.print(`Cancelled job ${jobId}.`);
  } catch (error) {
    throw during(`Could not cancel job ${jobId}.`, error);
  }
};

const cancelWithSavepoint = async (
  { jobId, clusterRef }: JobAt,
  {
    format,
    directory,
    wait,
  }: { readonly format: string; readonly directory: string | undefined; readonly wait: boolean },
  context: Context,
): Promise<void> => {
  context.note('DEPRECATION WARNING: Cancelling a job with savepoint is deprecated. Use "stop" instead.');
  const where = directory === undefined ? 'default savepoint directory' : directory;
  if (!context.json) context.print(`Cancelling job ${jobId} with ${format} savepoint to ${where}.`);
  const operation = await askFor(
    {
      at: jobPath(jobId, 'savepoints'),
      body: { format, cancelJob: true, ...(directory === undefined ? {} : { directory }) },
      what: `Savepoint of job ${jobId}`,
      failure: `Could not cancel job ${jobId}.`,
      detached: !wait,
    },
    clusterRef,
    context,
  );
  if (operation !== undefined)
    context.print(
      wait
        ? `Cancelled job ${jobId}. Savepoint stored in ${operation.savepoint ?? ''}.`
        : `Cancelling of job ${jobId} is asked for, as operation ${operation.operationId}.`,
    );
};
