import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Context } from '#cli/context.ts';
import { buildDeployBody } from '#cli/input/deploy-body.ts';
import { withoutFolderRestore } from './job-options.ts';
import { type LocalInput, readLocalInput } from '#cli/input/local-input.ts';
import { parseProgram, type Program, type ProgramOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { WaitOptions } from '#cli/options/wait.ts';
import { formatCluster, formatFinishedJob } from '#cli/output/flink-lines.ts';
import { showProgress } from '#cli/output/progress.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';

import { clusterPath, readCluster } from './clusters.ts';
import { readJobs } from './jobs.ts';
import { describeStart, runCommand, submitCommand } from './operations.ts';
import { createBackoff } from './pause.ts';

/** The program of an application, and the Flink options that the flags of `run` set. */
export interface Application {
  readonly job: Program & { readonly classpaths?: readonly string[] };
  readonly config: Readonly<Record<string, string>>;
}

/** @throws UsageError in Flink's words, before any request to the API. */
export const parseApplication = (operands: readonly string[], options: ProgramOptions, context: Context): Application =>
  toApplication(parseProgram(operands, options, context), options, context);

/** The application with the options that its flags set. */
export const toApplication = (
  program: Program,
  options: ProgramOptions,
  { config }: Pick<Context, 'config'>,
): Application => ({
  job: { ...program, ...(options.classpath === undefined ? {} : { classpaths: options.classpath }) },
  config: {
    ...config,
    ...(options.detached === true ? { 'execution.attached': 'false' } : {}),
    ...(options.zookeeperNamespace === undefined ? {} : { 'high-availability.cluster-id': options.zookeeperNamespace }),
    ...(options.shutdownOnAttachedExit === true ? { 'execution.shutdown-on-attached-exit': 'true' } : {}),
  },
});

/** @throws Failure when the folder has a restore path that the command does not name. */
export const readApplicationInput = async (flags: ProgramOptions, context: Context): Promise<LocalInput> => {
  const { config, restore } = context;
  const { folder, ...local } = await readLocalInput(context);
  return folder === undefined
    ? local
    : { ...local, folder: await withoutFolderRestore(folder, { config, restore, flags }) };
};

/** The SETs of a script take precedence over the folder, as `-D` does. */
const withoutReplacedOptions = async (local: LocalInput, { job }: Application): Promise<LocalInput> => {
  if (!('sql' in job) || local.folder === undefined) return local;
  const [{ withoutReplaced }, { readClusterSettings }] = await Promise.all([
    import('#shared/flink/option-names/canonical.ts'),
    import('#shared/flink/program/sql-settings.ts'),
  ]);
  return { ...local, folder: withoutReplaced(local.folder, readClusterSettings({ sql: job.sql })) };
};

/** Starts an application cluster. With `execution.attached=true`, waits until the application is terminal. */
export const runApplication = async (
  application: Application,
  options: ProgramOptions & WaitOptions,
  context: Context,
): Promise<void> => {
  const local = await withoutReplacedOptions(await readApplicationInput(options, context), application);
  local.warnings.forEach((warning) => context.printNotice(`WARN ${warning}`));
  const body = await buildDeployBody(
    { clusterId: context.clusterId, fields: context.fields, config: application.config },
    local,
  );
  const job = await readProgram(application.job, context);
  if ('jar' in job) await assertReachableJar(job.jar, body.config);
  const target = await context.target();

  const request = {
    path: path`/v1/targets/${target}/clusters`,
    body: { mode: 'application', ...body, job },
    title: `Starting application cluster ${body.clusterId ?? ''}`.trim(),
  };
  const isAttached = application.config['execution.attached']?.toLowerCase() === 'true';
  if (options.wait === false) {
    if (isAttached)
      throw new UsageError('--no-wait and -Dexecution.attached=true cannot be combined. Use one of them.');
    return submitCommand(request, (operation) => describeStart('Application', operation), context);
  }
  const { operation } = await runCommand(request, context);
  const cluster = await readCluster(operation, context);
  if (!context.json) context.print(formatCluster('Create', cluster, body.config['rest.port']));
  else if (!isAttached) context.printJson({ operation, cluster });
  if (isAttached) await reportResult(await waitOrShutDown(cluster, application, context), context);
};

/** The program with the Python files of this machine. @throws UsageError for a file that does not exist. */
export const readProgram = async (job: Application['job'], context: Context): Promise<Application['job']> => {
  if (!('python' in job)) return job;
  const { readPythonSources } = await import('#cli/input/mounts/python-sources.ts');
  return { ...job, python: await readPythonSources(job.python, context) };
};

/** @throws Failure for a jar that the JobManager cannot fetch. */
const assertReachableJar = async (jar: string, config: Readonly<Record<string, string>>): Promise<void> => {
  const { findJarError } = await import('#shared/flink/program/jar.ts');
  const detail = findJarError(jar, config);
  if (detail !== undefined)
    throw new Failure(detail, { code: 'refused-option', errors: [{ pointer: '/job/jar', detail }] });
};

const backoff = { firstMs: 500, maxMs: 5_000 };

/** Waits for the application. An interrupt stops it if `execution.shutdown-on-attached-exit` is set. */
const waitOrShutDown = async (cluster: Cluster, { config }: Application, context: Context): Promise<Cluster> => {
  try {
    return await waitUntilTerminal(cluster, context);
  } catch (error) {
    const shutsDown = config['execution.shutdown-on-attached-exit']?.toLowerCase() === 'true';
    const title = `Stopping application cluster ${cluster.clusterId}`;
    if (context.signal.aborted && shutsDown)
      await runCommand(
        { path: `${clusterPath(cluster)}/stop`, body: {}, title },
        context.withSignal(new AbortController().signal),
      );
    throw error;
  }
};

const waitUntilTerminal = async (first: Cluster, context: Context): Promise<Cluster> => {
  if (isTerminalCluster(first)) return first;
  using progress = showProgress(`Application cluster ${first.clusterId}`, context.io.stderr);
  const pause = createBackoff(backoff, context.signal);
  for (;;) {
    await pause();
    const cluster = await readCluster(first, context);
    if (isTerminalCluster(cluster)) return cluster;
    progress.showPhase(cluster.state);
  }
};

/** Prints the result of the application. @throws Failure when it is not FINISHED. */
const reportResult = async (cluster: Cluster, context: Context): Promise<void> => {
  const { jobs } = await readJobs(cluster, context);
  const own = jobs.filter(({ clusterOperationId }) => clusterOperationId === cluster.operationId);
  if (context.json) context.printJson({ cluster, jobs: own });
  else if (cluster.state === 'FINISHED') formatEnd(own).forEach(context.print);
  if (cluster.state === 'FINISHED') return;
  const causes = [
    [cluster.reason, cluster.message].filter(Boolean).join(': '),
    ...own.map(({ message = '' }) => message),
  ];
  throw new Failure(`Application cluster ${cluster.clusterId} is ${cluster.state}.`, {
    lines: [...new Set(causes)].filter((line) => line !== ''),
    hint: `Run \`drey events ${cluster.clusterId}\` to see the transitions.`,
  });
};

const formatEnd = (jobs: readonly Job[]): readonly string[] =>
  jobs.length === 0 ? ['Program execution finished'] : jobs.flatMap(formatFinishedJob);
