import { wrapFailure } from '#cli/api/failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { runCommand, submitCommand } from '#cli/flows/operations.ts';
import { jobPath, parseJobOperand, runSavepointCommand } from '#cli/flows/savepoints.ts';
import { parseSavepointFormat, type SavepointOptions } from '#cli/options/savepoint.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import type { Context } from '../context.ts';

interface Options extends Pick<SavepointOptions, 'type'>, WaitOptions {
  readonly withSavepoint?: string | true;
}

export const cancel = defineCommand<Options>({
  operandIs: 'job',
  options: {
    '-s, --withSavepoint [directory]': 'take a savepoint first (deprecated by Flink)',
    '--type <format>': 'format of the savepoint: canonical or native (also -type)',
    ...waitOptions,
  },
  examples: {
    'drey cancel --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226':
      'cancel a job of a cluster',
    'drey cancel 8a077da4350254f0f435da5061d32226': 'cancel a job on any cluster of the target',
  },
  run: async (context, operands, { withSavepoint, wait = true, ...options }) => {
    // As in Flink, `-s` takes the next word as its value, even when that word is the job.
    const isJob = operands[0] === undefined && typeof withSavepoint === 'string';
    const job = await parseJobOperand(isJob ? withSavepoint : operands[0], 'cancel a job', context);
    if (withSavepoint === undefined) return cancelJob(job, wait, context);
    const directory = isJob || withSavepoint === true ? undefined : withSavepoint;
    return cancelWithSavepoint(job, { format: parseSavepointFormat(options), directory, wait }, context);
  },
});

type JobAt = Awaited<ReturnType<typeof parseJobOperand>>;

const cancelJob = async ({ jobId, clusterRef }: JobAt, wait: boolean, context: Context): Promise<void> => {
  if (!context.json) context.print(`Cancelling job ${jobId}.`);
  try {
    const { target, clusterId } = await clusterRef();
    const request = {
      path: `${clusterPath({ target, clusterId })}${jobPath(jobId, 'cancel')}`,
      body: {},
      title: `Cancelling on ${clusterId}`,
    };
    if (!wait) return await submitCommand(request, () => `Cancellation of job ${jobId} requested.`, context);
    const answer = await runCommand(request, context);
    if (context.json) context.printJson(answer);
    else context.print(`Cancelled job ${jobId}.`);
  } catch (error) {
    throw wrapFailure(`Could not cancel job ${jobId}.`, error);
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
  context.printNotice('DEPRECATION WARNING: Cancelling a job with savepoint is deprecated. Use "stop" instead.');
  const directoryText = directory === undefined ? 'default savepoint directory' : directory;
  if (!context.json) context.print(`Cancelling job ${jobId} with ${format} savepoint to ${directoryText}.`);
  const operation = await runSavepointCommand(
    {
      subpath: jobPath(jobId, 'savepoints'),
      body: { format, cancelJob: true, ...(directory === undefined ? {} : { directory }) },
      title: `Savepoint of job ${jobId}`,
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
        : `Cancellation of job ${jobId} requested. Operation: ${operation.operationId}.`,
    );
};
