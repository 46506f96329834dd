import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { ScheduleRuns, Schedules } from '#cli/api/responses.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import type { Context } from '#cli/context.ts';
import { fileOperand, readDocument } from '#cli/input/document.ts';
import { snapshotOptions, verificationOptions } from '#cli/options/rollout.ts';
import { assertAbsent, buildScheduleBody, definitionOptions, type ScheduleOptions } from '#cli/options/schedule.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parsePositiveInteger } from '#cli/options/values.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { renderFacts, renderTable } from '#cli/output/table.ts';
import type { Schedule, ScheduleBody, ScheduleRun } from '#events/records/schedules.ts';
import { describeScheduleAction } from '#events/schedule-text.ts';

const put = defineAction<ScheduleOptions>({
  name: 'put',
  operands: '[name] [file]',
  summary: 'create or change a schedule',
  options: {
    '--every <expression>': 'cron(…) or rate(…) of EventBridge Scheduler',
    '--timezone <name>': 'time zone of the cron, as Europe/Berlin (default UTC)',
    '--stop': 'stop the clusters that --label and --mode select',
    '--suspend': 'suspend the clusters that --label and --mode select',
    '--resume': 'resume the SUSPENDED clusters that --label and --mode select',
    '--deploy <spec>': 'deploy the spec with this name',
    '--apply <spec>': 'apply the spec with this name to its cluster',
    '--rescale <n>': 'rescale the jobs of these clusters to parallelism n',
    '--within <time>': 'time that a rescale may take (default 10min)',
    '--label <key=value>': 'select clusters with these labels, separated by commas',
    '--mode <mode>': 'select sessions or applications only',
    '--all': 'select all clusters of the target',
    '--savepoint <policy>': 'savepoint policy: none, best-effort or required',
    '--ha <policy>': 'keep or purge high-availability data',
    ...snapshotOptions,
    ...verificationOptions,
    '--disabled': 'store the schedule without running it',
  },
  examples: {
    "drey schedule put evening --every 'cron(0 20 ? * MON-FRI *)' --timezone Europe/Berlin --stop --mode session --label team=etl --savepoint best-effort":
      'stop the sessions of team etl at 20:00',
    "drey schedule put night --every 'cron(0 20 ? * MON-FRI *)' --timezone Europe/Berlin --suspend --label team=etl":
      'suspend the clusters of team etl at 20:00',
    "drey schedule put morning --every 'cron(0 7 ? * MON-FRI *)' --timezone Europe/Berlin --deploy office":
      'deploy the spec office at 07:00',
    "drey schedule put peak --every 'cron(0 8 ? * MON-FRI *)' --timezone Europe/Berlin --rescale 8 --label team=etl":
      'rescale the jobs of team etl to parallelism 8 at 08:00',
    'drey schedule put evening evening.yaml': 'create or change a schedule from a YAML or JSON file',
  },
  run: async (context, [name, file], options) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule. Specify one schedule.');
    if (file !== undefined) assertAbsent(definitionOptions, options, 'The file defines the whole schedule');
    const body =
      file === undefined
        ? buildScheduleBody(options)
        : await readDocument({ file, option: fileOperand }, context.io.stdin);
    const schedule = await context.api.put<Schedule>(await schedulePath(name, context), body);
    if (context.json) context.printJson(schedule);
    else context.print(`Schedule ${schedule.name}: ${describeSchedule(schedule.definition)}.`);
  },
});

const list = defineAction({
  name: 'list',
  summary: 'list the schedules of a target',
  examples: { 'drey schedule list --at etl': 'list the schedules of target etl' },
  run: async (context) => {
    const answer = await readList<Schedules>(context.api, await schedulesPath(context), { items: 'schedules' });
    if (context.json) return context.printJson(answer);
    if (answer.schedules.length === 0) return context.print('There are no schedules.');
    const rows = answer.schedules.map(({ name, definition }) => [
      name,
      definition.expression,
      definition.timezone,
      definition.enabled ? 'yes' : 'no',
      describeScheduleAction(definition),
    ]);
    context.print(await renderTable(['SCHEDULE', 'EVERY', 'TIME ZONE', 'ENABLED', 'ACTION'], rows));
  },
});

interface RunOptions {
  readonly limit?: string;
}

const limitOption = { '--limit <n>': 'number of runs (default 10)' };

const latestRuns = '3';
/** The API returns so many runs at once, because a run may have a thousand results. */
const maxPageRuns = 10;

const describe = defineAction({
  name: 'describe',
  operands: '[name]',
  summary: 'show a schedule and its latest runs',
  examples: { 'drey schedule describe evening': 'show all details of a schedule' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule. Specify one schedule.');
    const ownPath = await schedulePath(name, context);
    const [schedule, { runs }] = await Promise.all([
      context.api.get<Schedule>(ownPath),
      context.api.get<ScheduleRuns>(`${ownPath}/runs`, { limit: latestRuns }),
    ]);
    if (context.json) return context.printJson({ schedule, runs });
    const { definition } = schedule;
    const facts = {
      Name: schedule.name,
      Target: schedule.target,
      Every: `${definition.expression} in ${definition.timezone}`,
      Enabled: definition.enabled ? 'yes' : 'no',
      Action: describeScheduleAction(definition),
      Changed: `${formatTime(schedule.updatedAt)} by ${schedule.updatedBy}`,
    };
    renderFacts(facts).forEach(context.print);
    await printRuns(runs, context);
  },
});

const get = defineAction({
  name: 'get',
  operands: '[name]',
  summary: 'show the definition of a schedule',
  examples: { 'drey schedule get evening > evening.yaml': 'save a schedule as a file for `drey schedule put`' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule. Specify one schedule.');
    const found = await context.api.get<Schedule>(await schedulePath(name, context));
    if (context.json) return context.printJson(found);
    const { stringify } = await import('yaml');
    context.print(stringify(found.definition).trimEnd());
  },
});

const runs = defineAction<RunOptions>({
  name: 'runs',
  operands: '[name]',
  summary: 'show the runs of a schedule',
  options: limitOption,
  examples: { 'drey schedule runs evening --limit 5': 'show the latest five runs' },
  run: async (context, [name], { limit = '10' }) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule. Specify one schedule.');
    const count = parsePositiveInteger(limit, 'The limit must be a positive number');
    const answer = await readList<ScheduleRuns>(context.api, `${await schedulePath(name, context)}/runs`, {
      items: 'runs',
      query: { limit: Math.min(count, maxPageRuns) },
      limit: count,
    });
    if (context.json) context.printJson(answer);
    else await printRuns(answer.runs, context);
  },
});

const remove = defineAction({
  name: 'delete',
  operands: '[name]',
  summary: 'delete a schedule; its runs are kept',
  examples: { 'drey schedule delete evening': 'delete a schedule' },
  run: async (context, [name]) => {
    if (name === undefined) throw new UsageError('Missing the name of the schedule. Specify one schedule.');
    const removed = await context.api.delete<{ name: string }>(await schedulePath(name, context));
    if (context.json) context.printJson(removed);
    else context.print(`Schedule ${name} deleted.`);
  },
});

export const schedule = defineGroup({
  commands: [put, get, list, describe, runs, remove],
});

const schedulesPath = async (context: Context) => path`/v1/targets/${await context.target()}/schedules`;

const schedulePath = async (name: string, context: Context) => `${await schedulesPath(context)}${path`/${name}`}`;

const describeSchedule = (definition: ScheduleBody): string =>
  `${describeScheduleAction(definition)}, ${definition.expression} in ${definition.timezone}${definition.enabled ? '' : ' (disabled)'}`;

const printRuns = async (shown: readonly ScheduleRun[], { print }: Context): Promise<void> => {
  if (shown.length === 0) return print('\nThe schedule has not run yet.');
  const rows = shown.flatMap(({ scheduledAt, results, missed, skipped }) => [
    ...(missed === undefined ? [] : [[formatTime(scheduledAt), '-', 'missed', '', missed]]),
    ...(results.length === 0 && missed === undefined ? [[formatTime(scheduledAt), '-', 'no clusters', '', '']] : []),
    ...results.map(({ clusterId = '', operationId = '', state, unchanged, code, detail }) => [
      formatTime(scheduledAt),
      clusterId,
      unchanged === true ? 'unchanged' : (state ?? describeResult({ operationId, code })),
      operationId,
      [code, detail].filter(Boolean).join(': '),
    ]),
    ...(skipped === undefined
      ? []
      : [[formatTime(scheduledAt), `and ${skipped} more`, 'skipped', '', 'a run processes at most 1000']]),
  ]);
  print(`\n${await renderTable(['WHEN', 'CLUSTER', 'RESULT', 'OPERATION', 'WHY'], rows)}`);
};

/** The result of a command whose operation is not readable. */
const describeResult = ({ operationId, code }: { readonly operationId: string; readonly code: string | undefined }) => {
  if (code !== undefined) return 'refused';
  return operationId === '' ? 'pending' : 'accepted';
};
