import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import { type Context, requireClusterId } from '#cli/context.ts';
import { resolveClusterId } from '#cli/input/configuration-folder.ts';
import { type JarProgram, parseJarProgram, type ProgramOptions, type SqlProgram } from '#cli/options/program.ts';
import type { WaitOptions } from '#cli/options/wait.ts';
import { formatFinishedJob } from '#cli/output/flink-lines.ts';
import { showProgress } from '#cli/output/progress.ts';
import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Operation } from '#events/records/operation.ts';

import { assertSession, clusterPath, findLiveCluster } from '#cli/flows/clusters.ts';
import { readJobConfig } from '#cli/flows/job-options.ts';
import { runCommand, submitCommand } from '#cli/flows/operations.ts';
import { createBackoff } from '#cli/flows/pause.ts';

const backoff = { firstMs: 500, maxMs: 5_000 };

/** A job whose cluster is gone never becomes terminal, so the cluster is checked after so many polls. */
const pollsPerClusterCheck = 5;

interface Uploaded {
  readonly clusterRef: ClusterRef;
  readonly uploaded: string;
}

/** Uploads a local jar for the session that the command names. A jar in S3 is used as it is. */
export const uploadToSession = async (jar: string, context: Context): Promise<Uploaded> => {
  const clusterId = requireClusterId({ clusterId: await resolveClusterId(context) });
  return uploadForCluster(jar, async () => ({ target: await context.target(), clusterId }), context);
};

/** Uploads a local jar for a session, as {@link uploadToSession} does. */
export const uploadForCluster = async (
  jar: string,
  findCluster: () => Promise<ClusterRef>,
  context: Context,
): Promise<Uploaded> => {
  const [{ inspectJar }, { uploadJar }] = await Promise.all([
    import('#cli/input/jar.ts'),
    import('#cli/input/upload.ts'),
  ]);
  const local = await inspectJar(jar);
  const clusterRef = await findCluster();
  if (local !== undefined) await assertSession(clusterRef, context);
  const uploaded = local === undefined ? jar : await uploadJar(local, clusterRef.target, context);
  return { clusterRef, uploaded };
};

/** Uploads the jar, submits the job to a session, and waits for its result unless it is detached. */
export const runOnSession = async (
  operands: readonly string[],
  options: ProgramOptions & WaitOptions,
  context: Context,
): Promise<void> => {
  const { jar, ...program } = parseJarProgram(operands, options, context);
  const config = await buildJobConfig(options, context);
  const { clusterRef, uploaded } = await uploadToSession(jar, context);
  await submitJob({ clusterRef, body: { jar: uploaded, ...program, config }, name: jar, options }, context);
};

/** Submits a SQL script to a session, and waits for its result unless it is detached. */
export const runSqlOnSession = async (
  program: SqlProgram,
  options: SubmitOptions & { readonly session?: string },
  context: Context,
): Promise<void> => {
  const clusterId = requireClusterId({ clusterId: options.session ?? (await resolveClusterId(context)) });
  const config = await buildJobConfig(options, context);
  const clusterRef = { target: await context.target(), clusterId };
  await submitJob({ clusterRef, body: { ...program, config }, name: 'the script', options }, context);
};

type SubmitOptions = ProgramOptions & WaitOptions;

interface Submission {
  readonly clusterRef: ClusterRef;
  readonly body: (JarProgram | SqlProgram) & { readonly config: Readonly<Record<string, string>> };
  /** For the title of the progress. */
  readonly name: string;
  readonly options: SubmitOptions;
}

const submitJob = async ({ clusterRef, body, name, options }: Submission, context: Context): Promise<void> => {
  const request = {
    path: `${clusterPath(clusterRef)}/jobs`,
    body: { ...body, ...context.fields.submit },
    title: `Submitting ${name} to ${clusterRef.clusterId}`,
  };
  if (options.wait === false)
    return submitCommand(request, (operation) => `Submission of job ${submittedJobId(operation)} requested.`, context);
  const { operation } = await runCommand(request, context);
  const jobId = submittedJobId(operation);
  if (!context.json) context.print(`Job has been submitted with JobID ${jobId}`);
  if (isDetached(options, context)) {
    if (context.json) context.printJson({ operation });
    return;
  }
  reportResult(await waitOrCancel({ ...clusterRef, jobId }, isShutDownOnExit(options, context), context), context);
};

const isShutDownOnExit = ({ shutdownOnAttachedExit }: ProgramOptions, { config }: Context) =>
  shutdownOnAttachedExit === true || config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';

/** Waits for the job. An interrupt cancels the job, but never stops the session, which other clients share. */
const waitOrCancel = async (
  { jobId, ...clusterRef }: ClusterRef & { readonly jobId: string },
  cancels: boolean,
  context: Context,
): Promise<Job> => {
  try {
    return await waitUntilTerminal(clusterRef, jobId, context);
  } catch (error) {
    const request = {
      path: `${clusterPath(clusterRef)}${path`/jobs/${jobId}/cancel`}`,
      body: {},
      title: `Cancelling job ${jobId}`,
    };
    if (context.signal.aborted && cancels) await runCommand(request, context.withSignal(new AbortController().signal));
    else if (context.signal.aborted)
      context.printNotice(`\nJob ${jobId} keeps running. Run \`drey list\` to see its state.`);
    throw error;
  }
};

/** The operation id of a submit is the id of its job. */
const submittedJobId = ({ jobId, operationId }: Operation) => jobId ?? operationId;

const isDetached = ({ detached }: ProgramOptions, { config }: Context) =>
  detached === true || config['execution.attached'] === 'false';

/** The options of a job: those of the configuration folder that concern jobs, and those of the command line. */
export const buildJobConfig = async (
  flags: ProgramOptions,
  { config, restore, flinkVersion, io, printNotice }: Context,
) => ({
  ...(await readJobConfig({ config, restore, flinkVersion, io, printNotice, flags })),
  ...selectJobConfig(config),
  ...(flags.classpath === undefined ? {} : { 'pipeline.classpaths': JSON.stringify(flags.classpath) }),
});

/** Leaves out the options that only locate the cluster. */
const selectJobConfig = (config: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(config).filter(([key]) => !key.startsWith('kubernetes.') && key !== 'execution.attached'),
  );

const waitUntilTerminal = async (clusterRef: ClusterRef, jobId: string, context: Context): Promise<Job> => {
  const { isTerminalJob } = await import('#events/records/job.ts');
  using progress = showProgress(`Job ${jobId}`, context.io.stderr);
  const jobPath = `${clusterPath(clusterRef)}${path`/jobs/${jobId}`}`;
  const pause = createBackoff(backoff, context.signal);
  for (let poll = 1; ; poll += 1) {
    await pause();
    const job = await context.api.get<Job>(jobPath);
    if (isTerminalJob(job)) return job;
    progress.showPhase(job.state);
    if (poll % pollsPerClusterCheck === 0 && (await findLiveCluster(clusterRef, context)) === undefined) {
      throw new Failure(`Cluster ${clusterRef.clusterId} ended while job ${jobId} was ${job.state}.`, {
        hint: `Run \`drey describe ${clusterRef.clusterId}\` to see the cause.`,
      });
    }
  }
};

/** Prints the result of the job. @throws Failure when the job is not FINISHED. */
const reportResult = (job: Job, { json, print, printJson }: Context): void => {
  if (json) printJson(job);
  else if (job.state === 'FINISHED') formatFinishedJob(job).forEach(print);
  if (job.state === 'FINISHED') return;
  throw new Failure(`Job ${job.jobId} (${job.name}) is ${job.state}.`, {
    lines: job.message === undefined ? [] : [job.message],
  });
};
