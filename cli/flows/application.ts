import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Context } from '#cli/context.ts';
import { deployBody } from '#cli/input/deploy-body.ts';
import { readLocalInput } from '#cli/input/local-input.ts';
import { type Program, programOf, type ProgramOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { WaitOptions } from '#cli/options/wait.ts';
import { clusterLine, finishedLines } from '#cli/output/flink-lines.ts';
import { showProgress } from '#cli/output/progress.ts';
import type { Cluster } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';

import { clusterPath, readCluster } from './clusters.ts';
import { readJobs } from './jobs.ts';
import { carryOut, handOver } from './operations.ts';
import { slowingPause } from './pause.ts';

/** What an application cluster is asked for with: the program, and options that flags of `run` stand for. */
export interface Application {
  readonly job: Program & { readonly classpaths?: readonly string[] };
  readonly config: Readonly<Record<string, string>>;
}

/** @throws UsageError as `programOf`. */
export const applicationOf = (operands: readonly string[], options: ProgramOptions, context: Context): Application => ({
  job: {
    ...programOf(operands, options, context),
    ...(options.classpath === undefined ? {} : { classpaths: options.classpath }),
  },
  config: {
    ...context.config,
    ...(options.detached === true ? { 'execution.attached': 'false' } : {}),
    ...(options.zookeeperNamespace === undefined ? {} : { 'high-availability.cluster-id': options.zookeeperNamespace }),
    ...(options.shutdownOnAttachedExit === true ? { 'execution.shutdown-on-attached-exit': 'true' } : {}),
  },
});

/** Starts an application cluster and returns when it is up; where it is asked for attached, when the application is over. */
export const runApplication = async (
  operands: readonly string[],
  options: ProgramOptions & WaitOptions,
  context: Context,
): Promise<void> => {
  const application = applicationOf(operands, options, context);
  const local = await readLocalInput(context);
  local.warnings.forEach(context.note);
  const body = await deployBody({ ...pick(context), config: application.config }, local);
  await checkJar(application.job.jar, body.config);
  const target = await context.target();

  const request = {
    path: path`/v1/targets/${target}/clusters`,
    body: { mode: 'application', ...body, job: application.job },
    what: `Starting application cluster ${body.clusterId ?? ''}`.trim(),
  };
  const waits = application.config['execution.attached']?.toLowerCase() === 'true';
  if (options.wait === false) {
    if (waits) throw new UsageError('--no-wait and -Dexecution.attached=true contradict each other.');
    return handOver(request, ({ clusterId }) => `Application cluster ${clusterId} is being started.`, context);
  }
  const { operation } = await carryOut(request, context);
  const cluster = await readCluster(operation, context);
  if (!context.json) context.print(clusterLine('Create', cluster, body.config['rest.port']));
  else if (!waits) context.printJson({ operation, cluster });
  if (waits) await report(await untilOverOrLeft(cluster, application, context), context);
};

const pick = ({ clusterId, flinkVersion, onFailure, queueing, labels, lifetime }: Context) => ({
  clusterId,
  flinkVersion,
  onFailure,
  queueing,
  labels,
  lifetime,
});

/** @throws Failure for a jar that the JobManager could not get. */
const checkJar = async (jar: string, config: Readonly<Record<string, string>>): Promise<void> => {
  const [{ findJarError }, { canonicalizeConfig }] = await Promise.all([
    import('#shared/flink/application-jar.ts'),
    import('#shared/flink/options.ts'),
  ]);
  const detail = findJarError(jar, canonicalizeConfig(config));
  if (detail !== undefined)
    throw new Failure(detail, { code: 'refused-option', errors: [{ pointer: '/job/jar', detail }] });
};

const pace = { firstMs: 500, longestMs: 5_000 };

/** Interrupted, it ends the cluster where `execution.shutdown-on-attached-exit` says so. */
const untilOverOrLeft = async (cluster: Cluster, { config }: Application, context: Context): Promise<Cluster> => {
  try {
    return await untilOver(cluster, context);
  } catch (error) {
    const shutsDown = config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';
    const what = `Stopping application cluster ${cluster.clusterId}`;
    if (context.signal.aborted && shutsDown)
      await carryOut(
        { path: `${clusterPath(cluster)}/stop`, body: {}, what },
        context.under(new AbortController().signal),
      );
    throw error;
  }
};

const untilOver = async (first: Cluster, context: Context): Promise<Cluster> => {
  const { isTerminalCluster } = await import('#events/cluster.ts');
  if (isTerminalCluster(first)) return first;
  using progress = showProgress(`Application cluster ${first.clusterId}`, context.io.stderr);
  const pause = slowingPause(pace, context.signal);
  for (;;) {
    await pause();
    const cluster = await readCluster(first, context);
    if (isTerminalCluster(cluster)) return cluster;
    progress.phase(cluster.state);
  }
};

/** @throws Failure when the application did not finish. */
const report = async (cluster: Cluster, context: Context): Promise<void> => {
  const { jobs } = await readJobs(cluster, context);
  const own = jobs.filter(({ clusterOperationId }) => clusterOperationId === cluster.operationId);
  if (context.json) context.printJson({ cluster, jobs: own });
  else if (cluster.state === 'FINISHED') endLines(own).forEach(context.print);
  if (cluster.state === 'FINISHED') return;
  const causes = [
    [cluster.reason, cluster.message].filter(Boolean).join(': '),
    ...own.map(({ message = '' }) => message),
  ];
  throw new Failure(`Application cluster ${cluster.clusterId} is ${cluster.state}.`, {
    lines: [...new Set(causes)].filter((line) => line !== ''),
    hint: `\`drey events ${cluster.clusterId}\` shows what happened.`,
  });
};

const endLines = (jobs: readonly Job[]): readonly string[] =>
  jobs.length === 0 ? ['Program execution finished'] : jobs.flatMap(finishedLines);
