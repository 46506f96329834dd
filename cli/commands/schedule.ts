import { path } from '#cli/api/path.ts';
import type { ScheduleRuns, Schedules } from '#cli/api/responses.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import type { Context } from '#cli/context.ts';
import { documentOf } from '#cli/input/document.ts';
import { bodyOf, definingOptions, mustBeWithout, type PutOptions } from '#cli/options/schedule.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { positive } from '#cli/options/values.ts';
import { localTime } from '#cli/output/local-time.ts';
import { factsOf, tableOf } from '#cli/output/table.ts';
import type { Schedule, ScheduleBody, ScheduleRun } from '#events/schedules.ts';

const put = defineAction<PutOptions>({
  name: 'put',
  operands: '[name] [file]',
  summary: 'make or change a schedule, as a file or options say',
  options: {
    '--every <expression>':
      'cron(minutes hours day-of-month month day-of-week year) or rate(n hours), as EventBridge Scheduler writes it',
    '--timezone <name>': 'that a cron is meant in, such as Europe/Berlin; UTC when it is left out',
    '--stop': 'stop the clusters that fit --label and --mode',
    '--deploy <spec>': 'deploy the spec that is stored under this name',
    '--label <key=value>': 'clusters with this label; several are separated by commas',
    '--mode <mode>': 'session or application clusters only',
    '--all': 'all clusters of the target',
    '--savepoint <policy>': 'none, best-effort or required',
    '--savepoint-directory <url>': 'where the savepoints go',
    '--ha <policy>': 'keep or purge high-availability data',
    '--disabled': 'keep it, but let it do nothing',
  },
  examples: {
    "drey schedule put evening --every 'cron(0 20 ? * MON-FRI *)' --timezone Europe/Berlin --stop --mode session --label team=etl --savepoint best-effort":
      'sessions of team etl end at eight in the evening',
    "drey schedule put morning --every 'cron(0 7 ? * MON-FRI *)' --timezone Europe/Berlin --deploy office":
      'and the stored spec office starts at seven',
    'drey schedule put evening evening.yaml': 'as the file (YAML or JSON) says',
  },
  run: async (context, [name, file], options) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule.');
    if (file !== undefined) mustBeWithout(definingOptions, options, 'A file says all of it');
    const body = file === undefined ? bodyOf(options) : await documentOf(file, context.io.stdin);
    const schedule = await context.api.put<Schedule>(await schedulePath(name, context), body);
    if (context.json) context.printJson(schedule);
    else context.print(`Schedule ${schedule.name}: ${sentenceOf(schedule.definition)}.`);
  },
});

const list = defineAction({
  name: 'list',
  summary: 'show the schedules of a target',
  examples: { 'drey schedule list --at etl': 'those of target etl' },
  run: async (context) => {
    const answer = await context.api.get<Schedules>(await schedulesPath(context));
    if (context.json) return context.printJson(answer);
    if (answer.schedules.length === 0) return context.print('There are no schedules.');
    const rows = answer.schedules.map(({ name, definition }) => [
      name,
      definition.expression,
      definition.timezone,
      definition.enabled ? 'yes' : 'no',
      actionOf(definition),
    ]);
    context.print(await tableOf(['SCHEDULE', 'EVERY', 'TIME ZONE', 'ENABLED', 'ACTION'], rows));
  },
});

interface RunOptions {
  readonly limit?: string;
}

const limitOption = { '--limit <n>': 'so many runs, 10 at the most' };

const fewRuns = '3';

const describe = defineAction({
  name: 'describe',
  operands: '[name]',
  summary: 'show a schedule and what it did last',
  examples: { 'drey schedule describe evening': 'all that is known of it' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule.');
    const schedulePathOf = await schedulePath(name, context);
    const [schedule, { runs }] = await Promise.all([
      context.api.get<Schedule>(schedulePathOf),
      context.api.get<ScheduleRuns>(`${schedulePathOf}/runs`, { limit: fewRuns }),
    ]);
    if (context.json) return context.printJson({ schedule, runs });
    const { definition } = schedule;
    const facts = {
      Name: schedule.name,
      Target: schedule.target,
      Every: `${definition.expression} in ${definition.timezone}`,
      Enabled: definition.enabled ? 'yes' : 'no',
      Action: actionOf(definition),
      Changed: localTime(schedule.updatedAt),
    };
    factsOf(facts).forEach(context.print);
    await printRuns(runs, context);
  },
});

const get = defineAction({
  name: 'get',
  operands: '[name]',
  summary: 'show what is stored under a name',
  examples: { 'drey schedule get evening > evening.yaml': 'as a file that `drey schedule put` takes' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule.');
    const found = await context.api.get<Schedule>(await schedulePath(name, context));
    if (context.json) return context.printJson(found);
    const { stringify } = await import('yaml');
    context.print(stringify(found.definition).trimEnd());
  },
});

const runs = defineAction<RunOptions>({
  name: 'runs',
  operands: '[name]',
  summary: 'show what a schedule did, when, to which clusters, with what result',
  options: limitOption,
  examples: { 'drey schedule runs evening --limit 5': 'the last five evenings' },
  run: async (context, [name], { limit = '10' }) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule.');
    const answer = await context.api.get<ScheduleRuns>(`${await schedulePath(name, context)}/runs`, {
      limit: String(positive(limit, 'The limit must be a positive number')),
    });
    if (context.json) context.printJson(answer);
    else await printRuns(answer.runs, context);
  },
});

const remove = defineAction({
  name: 'delete',
  operands: '[name]',
  summary: 'remove a schedule; its runs can still be listed',
  examples: { 'drey schedule delete evening': 'nothing happens in the evening any more' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule.');
    const removed = await context.api.delete<{ name: string }>(await schedulePath(name, context));
    if (context.json) context.printJson(removed);
    else context.print(`Schedule ${name} is removed.`);
  },
});

export const schedule = defineGroup({
  commands: [put, get, list, describe, runs, remove],
});

const schedulesPath = async (context: Context) => path`/v1/targets/${await context.target()}/schedules`;

const schedulePath = async (name: string, context: Context) => `${await schedulesPath(context)}${path`/${name}`}`;

const actionOf = (definition: ScheduleBody): string => {
  if (definition.action === 'deploy') return `deploy ${definition.spec}`;
  const { labels, mode } = definition.selector;
  const chosen = [...(mode === undefined ? [] : [`${mode}s`]), ...Object.entries(labels).map((pair) => pair.join('='))];
  return `stop ${chosen.length === 0 ? 'all clusters' : chosen.join(', ')} (savepoint: ${definition.savepoint}, ha: ${definition.ha})`;
};

const sentenceOf = (definition: ScheduleBody): string =>
  `${actionOf(definition)}, ${definition.expression} in ${definition.timezone}${definition.enabled ? '' : ' (disabled)'}`;

const printRuns = async (shown: readonly ScheduleRun[], { print }: Context): Promise<void> => {
  if (shown.length === 0) return print('\nIt has not run yet.');
  const rows = shown.flatMap(({ scheduledAt, results, missed, skipped }) => [
    ...(missed === undefined ? [] : [[localTime(scheduledAt), '-', 'missed', '', missed]]),
    ...(results.length === 0 && missed === undefined ? [[localTime(scheduledAt), '-', 'nothing to do', '', '']] : []),
    ...results.map(({ clusterId = '', operationId = '', state, code, detail }) => [
      localTime(scheduledAt),
      clusterId,
      state ?? wordFor({ operationId, code }),
      operationId,
      [code, detail].filter(Boolean).join(': '),
    ]),
    ...(skipped === undefined ? [] : [[localTime(scheduledAt), `and ${skipped} more`, 'left', '', 'a run takes 1000']]),
  ]);
  print(`\n${await tableOf(['WHEN', 'CLUSTER', 'RESULT', 'OPERATION', 'WHY'], rows)}`);
};

/** For a command whose operation is not to be read. */
const wordFor = ({ operationId, code }: { readonly operationId: string; readonly code: string | undefined }) => {
  if (code !== undefined) return 'refused';
  return operationId === '' ? 'pending' : 'given';
};
