import { wrapFailure } from '#cli/api/failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { readJobs } from '#cli/flows/jobs.ts';
import { runCommand, submitCommand } from '#cli/flows/operations.ts';
import { jobPath } from '#cli/flows/savepoints.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseJobId, parsePositiveInteger } from '#cli/options/values.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';
import type { ClusterRef } from '#events/names.ts';
import { isTerminalJob } from '#events/records/job.ts';

import { type Context, requireClusterId } from '../context.ts';

interface Options extends WaitOptions {
  readonly parallelism?: string;
  readonly within?: string;
}

export const rescale = defineCommand<Options>({
  operandIs: 'cluster',
  options: {
    '-p, --parallelism <n>': 'new parallelism of the job',
    '--within <time>': 'time that the rescale may take (default 10min)',
    ...waitOptions,
  },
  examples: {
    'drey rescale clicks --parallelism 4': 'rescale the only job of cluster clicks',
    'drey rescale etl 8a077da4350254f0f435da5061d32226 --parallelism 2 --within 2min':
      'rescale a job of a session, and restore it after two minutes',
  },
  run: async (context, [clusterId, job], { parallelism: text, within, wait = true }) => {
    if (text === undefined) throw new UsageError('Missing the parallelism. Specify --parallelism N.');
    const parallelism = parsePositiveInteger(text, 'The parallelism must be a positive number');
    const clusterRef = { clusterId: requireClusterId(context, clusterId), target: await context.target() };
    const jobId = job === undefined ? await findOnlyJob(clusterRef, context) : parseJobId(job);
    const request = {
      path: `${clusterPath(clusterRef)}${jobPath(jobId, 'rescale')}`,
      body: { parallelism, ...(within === undefined ? {} : { within }) },
      title: `Rescaling job ${jobId}`,
    };
    if (!wait) return submitCommand(request, () => `Rescale of job ${jobId} requested.`, context);
    const answer = await runRescale(request, jobId, context);
    if (context.json) context.printJson(answer);
    else context.print(`Job ${jobId} runs with parallelism ${parallelism}.`);
  },
});

const runRescale = async (request: Parameters<typeof runCommand>[0], jobId: string, context: Context) => {
  try {
    return await runCommand(request, context);
  } catch (error) {
    throw wrapFailure(`Could not rescale the job ${jobId}.`, error);
  }
};

/** @throws UsageError unless the cluster has one live job. */
const findOnlyJob = async (clusterRef: ClusterRef, context: Context): Promise<string> => {
  const { jobs } = await readJobs(clusterRef, context);
  const live = jobs.filter((job) => !isTerminalJob(job));
  const [only] = live;
  if (only !== undefined && live.length === 1) return only.jobId;
  throw new UsageError(
    `Cluster ${clusterRef.clusterId} has ${live.length} live jobs. Specify the JobID: drey rescale ${clusterRef.clusterId} JOB.`,
  );
};
