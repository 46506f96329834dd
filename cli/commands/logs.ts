import { Failure } from '#cli/api/failure.ts';
import type { Logs } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { describeSource } from '#cli/flows/log-source.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseCount, parsePositiveInteger } from '#cli/options/values.ts';
import type { ClusterRef } from '#events/names.ts';

import { type Context, toClusterRef } from '../context.ts';

interface Options {
  readonly lines?: string;
  readonly taskmanager?: string;
  readonly pod?: string;
  readonly previous?: boolean;
  readonly restart?: string;
  readonly since?: string;
  readonly grep?: string;
  readonly follow?: boolean;
  readonly kept?: boolean;
  readonly incarnation?: string;
  readonly list?: boolean;
  readonly exceptions?: boolean;
  readonly jobDetails?: boolean;
  readonly configuration?: boolean;
}

export const logs = defineCommand<Options>({
  operandIs: 'cluster',
  options: {
    '-n, --lines <n>': 'number of lines (default 100)',
    '--taskmanager <n>': 'the log of the TaskManager with this number',
    '--pod <name>': 'the log of this pod',
    '--previous': 'show the log before the last restart of the container',
    '--restart <n>': 'the kept log of the container after n restarts',
    '--since <age>': 'only lines of the last 10m, for example',
    '--grep <text>': 'only the lines with this text, in any case',
    '-f, --follow': 'follow until the cluster is terminal, or Ctrl-C',
    '--kept': 'show the kept log, also while the cluster runs',
    '--incarnation <operation>': 'the kept log of this deploy operation',
    '--list': 'list what is kept of the last incarnations',
    '--exceptions': "show the jobs' history of exceptions, as JSON",
    '--job-details': 'show the details of the jobs, as JSON',
    '--configuration': 'show the configuration of Flink, as JSON',
  },
  examples: {
    'drey logs my-first-flink-cluster -n 500': 'show the last 500 lines',
    'drey logs my-first-flink-cluster --taskmanager 1 --since 10m --grep error': 'search the log of a TaskManager',
    'drey logs -f my-first-flink-cluster': 'follow the log',
    'drey logs my-first-flink-cluster --list': 'list the logs that are kept',
  },
  run: async (context, [operand], options) => {
    const query = toQuery(options);
    const clusterRef = await toClusterRef(context, operand);
    if (options.follow === true) {
      const { followLog } = await import('#cli/flows/follow-log.ts');
      await followLog(clusterRef, query.lines, context);
      return;
    }
    if (options.list === true) {
      const { printKeptLogs } = await import('#cli/flows/kept-logs.ts');
      await printKeptLogs(clusterRef, context);
      return;
    }
    const answer = await readLog(clusterRef, query, context);
    context.printNotice(describeSource(answer));
    if (context.json) context.printJson(answer);
    else if (query.file !== undefined) context.print(JSON.stringify(JSON.parse(answer.log), undefined, 2));
    else if (answer.log !== '') context.print(answer.log.replace(/\n$/, ''));
  },
});

const fileOptions = { exceptions: 'exceptions', jobDetails: 'jobs', configuration: 'configuration' } as const;
type FileOption = keyof typeof fileOptions;
const files = Object.keys(fileOptions) as FileOption[]; // The keys of the table.

/** They select one log of several, or some of its lines. */
const logOptions = ['taskmanager', 'pod', 'previous', 'restart', 'since', 'grep'] as const;

/** The options that none of the others can be combined with. */
const conflicts: readonly (readonly [keyof Options, readonly (keyof Options)[]])[] = [
  ['follow', ['list', ...logOptions, 'kept', 'incarnation', ...files]],
  ['list', ['lines', ...logOptions, 'kept', 'incarnation', ...files]],
  ...files.map((file, index) => [file, [...files.slice(index + 1), 'lines', ...logOptions]] as const),
  ['taskmanager', ['pod']],
  ['previous', ['restart']],
];

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @throws UsageError */
const rejectConflicts = (options: Options): void => {
  if (options.follow === true && options.previous === true)
    throw new UsageError(
      '--previous and --follow cannot be combined, because the log of a previous container does not grow.',
    );
  for (const [one, others] of conflicts) {
    const other = options[one] === undefined ? undefined : others.find((name) => options[name] !== undefined);
    if (other !== undefined) throw new UsageError(`${flagOf(one)} and ${flagOf(other)} cannot be combined.`);
  }
};

/** @throws UsageError for options that exclude each other, and for values that are no numbers. */
const toQuery = (options: Options) => {
  rejectConflicts(options);
  const { lines, taskmanager, pod, restart, since, grep, incarnation } = options;
  const file = files.find((name) => options[name] !== undefined);
  return {
    lines:
      lines === undefined ? undefined : parsePositiveInteger(lines, 'The number of lines must be a positive number'),
    component: taskmanager === undefined ? undefined : 'taskmanager',
    number:
      taskmanager === undefined
        ? undefined
        : parsePositiveInteger(taskmanager, 'The number of the TaskManager must be a positive number'),
    previous: options.previous === true ? 'true' : undefined,
    restart:
      restart === undefined ? undefined : parseCount(restart, 'The number of restarts must be a number from 0 on'),
    kept: options.kept === true ? 'true' : undefined,
    file: file === undefined ? undefined : fileOptions[file],
    pod,
    since,
    grep,
    incarnation,
  };
};

const readLog = async (
  clusterRef: ClusterRef,
  query: Parameters<Context['api']['get']>[1],
  { api }: Context,
): Promise<Logs> => {
  try {
    return await api.get<Logs>(`${clusterPath(clusterRef)}/logs`, query);
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'wrong-state')) throw error;
    const hint = `Run \`drey describe ${clusterRef.clusterId}\` to see how it ended. \`drey clusters --all\` lists ended clusters, too.`;
    throw new Failure(error.message, { code: error.code, hint, cause: error });
  }
};
