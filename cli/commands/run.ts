import type { Job } from '#events/model.ts';
import type { Place } from '#events/names.ts';

import { path } from '../api.ts';
import { clusterPath, findLive } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import { type Context, neededClusterId } from '../context.ts';
import { Failure, UsageError } from '../failure.ts';
import { finishedLines } from '../flink-lines.ts';
import { carryOut } from '../operations.ts';
import { positive } from '../options.ts';
import { showProgress, slowingPause } from '../progress.ts';

interface Options {
  readonly class?: string;
  readonly parallelism?: string;
  readonly detached?: boolean;
  readonly fromSavepoint?: string;
  readonly allowNonRestoredState?: boolean;
  readonly claimMode?: string;
  readonly restoreMode?: string;
}

const pace = { firstMs: 500, longestMs: 5_000 };
/** A job that was lost with its cluster ends in no state: now and then the cluster is looked at. */
const turnsBetweenClusterLooks = 5;

export const run = defineCommand<Options>({
  name: 'run',
  operands: '[jar] [arguments...]',
  stopsAtOperand: true,
  summary: 'run a jar on a session cluster (flink run)',
  options: {
    '-c, --class <class>': 'the class with main(), where the manifest of the jar does not name it',
    '-p, --parallelism <n>': 'the parallelism of the program',
    '-d, --detached': 'do not wait until the job ends',
    '-s, --fromSavepoint <path>': 'the savepoint to start from',
    '-n, --allowNonRestoredState': 'let go of state that the program no longer has',
    '--claimMode <mode>': 'how to use the savepoint: claim, no_claim or legacy (also -claimMode, -cm)',
    '--restoreMode <mode>': 'old name of --claimMode (also -rm)',
  },
  examples: {
    'drey run --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster ./TopSpeedWindowing.jar':
      'upload a jar, run it and wait until it ends',
    'drey run -d -Dkubernetes.cluster-id=etl -c com.example.Nightly -p 4 ./etl.jar --day 2026-11-23':
      'do not wait; what follows the jar belongs to the program',
    'drey run -d -Dkubernetes.cluster-id=etl -s s3://bucket/savepoints/savepoint-1 -n ./etl.jar':
      'start from a savepoint',
  },
  run: async (context, [jar, ...args], options) => {
    if (jar === undefined) throw new UsageError('Java program should be specified a JAR file.');
    const clusterId = neededClusterId(context);
    const submission = submissionOf(args, options, context);
    const { checkJar, uploadJar } = await import('../jar.ts');
    const local = await checkJar(jar);
    const place = { target: await context.target(), clusterId };
    const uploaded = local === undefined ? jar : await uploadJar(local, place.target, context);

    const { operation } = await carryOut(
      {
        path: `${clusterPath(place)}/jobs`,
        body: { jar: uploaded, ...submission },
        what: `Submitting ${jar} to ${clusterId}`,
      },
      context,
    );
    const jobId = operation.jobId ?? operation.operationId; // see `JobId` in events/names.ts
    if (!context.json) context.print(`Job has been submitted with JobID ${jobId}`);
    if (isDetached(options, context)) {
      if (context.json) context.printJson({ operation });
      return;
    }
    report(await untilEnded(place, jobId, context), context);
  },
});

const isDetached = ({ detached }: Options, { config }: Context) =>
  detached === true || config['execution.attached'] === 'false';

const submissionOf = (args: readonly string[], options: Options, { config, note }: Context) => {
  if (options.restoreMode !== undefined)
    note("The option 'restoreMode' is deprecated. Please use 'claimMode' instead.");
  const claimMode = options.claimMode ?? options.restoreMode;
  const parallelism =
    options.parallelism === undefined
      ? {}
      : { parallelism: positive(options.parallelism, 'The parallelism must be a positive number') };
  return {
    args,
    ...(options.class === undefined ? {} : { entryClass: options.class }),
    ...parallelism,
    ...(options.fromSavepoint === undefined ? {} : { restore: restoreOf(options.fromSavepoint, claimMode, options) }),
    config: jobConfig(config),
  };
};

const restoreOf = (path: string, claimMode: string | undefined, { allowNonRestoredState = false }: Options) => ({
  path,
  allowNonRestoredState,
  ...(claimMode === undefined ? {} : { claimMode: claimMode.toUpperCase() }),
});

/** Options about the cluster name where it is; the job has no use for them. */
const jobConfig = (config: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(config).filter(([key]) => !key.startsWith('kubernetes.') && key !== 'execution.attached'),
  );

const untilEnded = async (place: Place, jobId: string, context: Context): Promise<Job> => {
  const { isEnded } = await import('#events/model.ts');
  using progress = showProgress(`Job ${jobId}`, context.io.stderr);
  const jobPath = `${clusterPath(place)}${path`/jobs/${jobId}`}`;
  const pause = slowingPause(pace, context.signal);
  for (let turn = 1; ; turn += 1) {
    await pause();
    const job = await context.api.get<Job>(jobPath);
    if (isEnded(job)) return job;
    progress.phase(job.state);
    if (turn % turnsBetweenClusterLooks === 0 && (await findLive(place, context)) === undefined) {
      throw new Failure(`Cluster ${place.clusterId} ended while job ${jobId} was ${job.state}.`, {
        hint: `\`drey describe ${place.clusterId}\` shows why.`,
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
