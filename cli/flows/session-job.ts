import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import { type Context, neededClusterId } from '#cli/context.ts';
import { clusterIdAskedFor, jobConfigIn } from '#cli/input/configuration-folder.ts';
import { programOf, type ProgramOptions } from '#cli/options/program.ts';
import type { WaitOptions } from '#cli/options/wait.ts';
import { finishedLines } from '#cli/output/flink-lines.ts';
import { showProgress } from '#cli/output/progress.ts';
import type { Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Operation } from '#events/operation.ts';

import { assertSession, clusterPath, findLive } from './clusters.ts';
import { carryOut, handOver } from './operations.ts';
import { slowingPause } from './pause.ts';

const pace = { firstMs: 500, longestMs: 5_000 };

/** A job that was lost with its cluster ends in no state: now and then the cluster is looked at. */
const turnsBetweenClusterLooks = 5;

export const runOnSession = async (
  operands: readonly string[],
  options: ProgramOptions & WaitOptions,
  context: Context,
): Promise<void> => {
  const { jar, ...submission } = submissionOf(operands, options, { context, folder: await jobConfigIn(context) });
  const clusterId = neededClusterId({ clusterId: await clusterIdAskedFor(context) });
  const [{ checkJar }, { uploadJar }] = await Promise.all([
    import('#cli/input/jar.ts'),
    import('#cli/input/upload.ts'),
  ]);
  const local = await checkJar(jar);
  const clusterRef = { target: await context.target(), clusterId };
  if (local !== undefined) await assertSession(clusterRef, context);
  const uploaded = local === undefined ? jar : await uploadJar(local, clusterRef.target, context);

  const request = {
    path: `${clusterPath(clusterRef)}/jobs`,
    body: { jar: uploaded, ...submission, ...context.queueing },
    what: `Submitting ${jar} to ${clusterId}`,
  };
  if (options.wait === false)
    return handOver(request, (operation) => `Job ${jobIdOf(operation)} is being submitted.`, context);
  const { operation } = await carryOut(request, context);
  const jobId = jobIdOf(operation);
  if (!context.json) context.print(`Job has been submitted with JobID ${jobId}`);
  if (isDetached(options, context)) {
    if (context.json) context.printJson({ operation });
    return;
  }
  report(await untilEndedOrLeft({ ...clusterRef, jobId }, shutsDown(options, context), context), context);
};

const shutsDown = ({ shutdownOnAttachedExit }: ProgramOptions, { config }: Context) =>
  shutdownOnAttachedExit === true || config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';

/** Interrupted, it cancels the job where it is to end with its client; the session is others', too. */
const untilEndedOrLeft = async (
  { jobId, ...clusterRef }: ClusterRef & { readonly jobId: string },
  cancels: boolean,
  context: Context,
): Promise<Job> => {
  try {
    return await untilEnded(clusterRef, jobId, context);
  } catch (error) {
    const request = {
      path: `${clusterPath(clusterRef)}${path`/jobs/${jobId}/cancel`}`,
      body: {},
      what: `Cancelling job ${jobId}`,
    };
    if (context.signal.aborted && cancels) await carryOut(request, context.under(new AbortController().signal));
    else if (context.signal.aborted) context.note(`\nJob ${jobId} runs on: \`drey list\` shows it.`);
    throw error;
  }
};

/** See `JobId` in events/names.ts. */
const jobIdOf = ({ jobId, operationId }: Operation) => jobId ?? operationId;

const isDetached = ({ detached }: ProgramOptions, { config }: Context) =>
  detached === true || config['execution.attached'] === 'false';

interface Given {
  readonly context: Context;
  /** What the configuration folder says about jobs. */
  readonly folder: Readonly<Record<string, string>>;
}

const submissionOf = (operands: readonly string[], options: ProgramOptions, { context, folder }: Given) => {
  const { classpath } = options;
  return {
    ...programOf(operands, options, context),
    config: {
      ...folder,
      ...jobConfig(context.config),
      ...(classpath === undefined ? {} : { 'pipeline.classpaths': JSON.stringify(classpath) }),
    },
  };
};

/** Options about the cluster name where it is; the job has no use for them. */
const jobConfig = (config: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(config).filter(([key]) => !key.startsWith('kubernetes.') && key !== 'execution.attached'),
  );

const untilEnded = async (clusterRef: ClusterRef, jobId: string, context: Context): Promise<Job> => {
  const { isTerminalJob } = await import('#events/job.ts');
  using progress = showProgress(`Job ${jobId}`, context.io.stderr);
  const jobPath = `${clusterPath(clusterRef)}${path`/jobs/${jobId}`}`;
  const pause = slowingPause(pace, context.signal);
  for (let turn = 1; ; turn += 1) {
    await pause();
    const job = await context.api.get<Job>(jobPath);
    if (isTerminalJob(job)) return job;
    progress.phase(job.state);
    if (turn % turnsBetweenClusterLooks === 0 && (await findLive(clusterRef, context)) === undefined) {
      throw new Failure(`Cluster ${clusterRef.clusterId} ended while job ${jobId} was ${job.state}.`, {
        hint: `\`drey describe ${clusterRef.clusterId}\` shows why.`,
      });
    }
  }
};

/** @throws Failure when the job did not finish. */
const report = (job: Job, { json, print, printJson }: Context): void => {
  if (json) printJson(job);
  else if (job.state === 'FINISHED') finishedLines(job).forEach(print);
  if (job.state === 'FINISHED') return;
  throw new Failure(`Job ${job.jobId} (${job.name}) is ${job.state}.`, {
    lines: job.message === undefined ? [] : [job.message],
  });
};
