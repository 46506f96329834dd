import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { renderTable } from '#cli/output/table.ts';
import type { DeadLetters } from '#events/http/dead-letters.ts';
import type { QueueView } from '#events/http/queue.ts';
import type { Operation } from '#events/records/operation.ts';

import type { Context } from '../context.ts';

const exampleId = '0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f';

const list = defineAction({
  name: 'list',
  summary: 'list the queued commands of a target',
  examples: { 'drey queue list --at etl': 'list the admission queue of target etl, first to last' },
  run: async (context) => printQueue(await readQueue(context), context),
});

const cancel = defineAction({
  name: 'cancel',
  operands: '[operation-ids...]',
  summary: 'cancel queued commands',
  examples: {
    [`drey queue cancel ${exampleId}`]: 'cancel a queued command; of a batch, all queued deploys',
  },
  run: async (context, ids) => {
    if (ids.length === 0) throw new UsageError('Missing the operation id. Specify one or more operations.');
    const queue = await queuePath(context);
    const results: { readonly operationId: string; readonly canceled: number }[] = [];
    const failures: string[] = [];
    for (const operationId of ids) {
      const canceled = await cancelQueued(`${queue}${path`/${operationId}/cancel`}`, context);
      if (typeof canceled === 'string') {
        failures.push(`${operationId}: ${canceled}`);
        continue;
      }
      results.push({ operationId, canceled });
      if (!context.json)
        context.print(canceled === 1 ? `${operationId} canceled.` : `${operationId}: ${canceled} commands canceled.`);
    }
    if (context.json) context.printJson({ results });
    if (failures.length > 0) throw new Failure('Some commands were not canceled.', { lines: failures });
  },
});

/** The number of canceled commands, or the message when the command is not queued or does not exist. */
const cancelQueued = async (cancelPath: string, context: Context): Promise<number | string> => {
  try {
    return (await context.api.post<{ canceled: number }>(cancelPath, undefined)).canceled;
  } catch (error) {
    if (error instanceof Failure && (error.code === 'wrong-state' || error.code === 'not-found')) return error.message;
    throw error;
  }
};

const changePriority = defineAction({
  name: 'priority',
  operands: '[operation-id] [number]',
  summary: 'change the priority of a queued command',
  examples: {
    [`drey queue priority ${exampleId} 100`]: 'start a command before those with a lower priority; the default is 0',
  },
  run: async (context, [operationId, text]) => {
    const value = Number(text);
    if (operationId === undefined || text === undefined || !Number.isInteger(value))
      throw new UsageError('Usage: drey queue priority OPERATION-ID NUMBER');
    const operation = await context.api.put<Operation>(`${await queuePath(context)}${path`/${operationId}`}`, {
      priority: value,
    });
    if (context.json) context.printJson(operation);
    else if (operation.position === undefined) context.print(`Operation ${operationId} is ${operation.state}.`);
    else context.print(`Operation ${operationId} is at position ${operation.position}.`);
  },
});

const pause = defineAction({
  name: 'pause',
  summary: 'pause a target; queued commands do not start',
  examples: { 'drey queue pause --at etl': 'hold back starts during work on the Kubernetes cluster' },
  run: async (context) => setPaused(true, context),
});

const resume = defineAction({
  name: 'resume',
  summary: 'resume a target: start queued commands again',
  examples: { 'drey queue resume --at etl': 'start queued commands after `drey queue pause`' },
  run: async (context) => setPaused(false, context),
});

const deadLetters = defineAction({
  name: 'dead-letters',
  summary: 'list the dead letters of the command queue',
  examples: { 'drey queue dead-letters': 'list the commands of the dead-letter queue with their causes' },
  run: async (context) => {
    const answer = await context.api.get<DeadLetters>('/v1/dead-letters');
    if (context.json) context.printJson(answer);
    else if (answer.commands.length === 0) context.print('There are no dead letters.');
    else await printDeadLetters(answer, context);
    if (answer.more === true) context.printNotice('There may be more dead letters. Redrive these to see the others.');
  },
});

const redrive = defineAction({
  name: 'redrive',
  operands: '[ids...]',
  summary: 'redrive dead letters to the command queue',
  examples: {
    'drey queue redrive': 'redrive all dead letters',
    'drey queue redrive 7f3c1a52-6f5e-4c58-8f29-5b7f0e9f3d11': 'redrive one dead letter',
  },
  run: async (context, ids) => {
    const answer = await context.api.post<DeadLetters>('/v1/dead-letters/redrive', ids.length === 0 ? {} : { ids });
    const redriven = answer.commands.map(({ id }) => id);
    if (context.json) context.printJson(answer);
    else if (redriven.length === 0) context.print('There are no dead letters.');
    else context.print(`Redriven: ${redriven.join(', ')}`);
    if (answer.more === true) context.printNotice('More dead letters may exist. Run the command again.');
    const missing = ids.filter((id) => !redriven.includes(id));
    if (missing.length > 0)
      throw new Failure(`Not redriven: ${missing.join(', ')}`, {
        lines: ['The dead-letter queue has no such dead letter.'],
        hint: 'Run `drey queue dead-letters` to list the dead letters.',
      });
  },
});

export const queue = defineGroup({
  commands: [list, cancel, changePriority, pause, resume, deadLetters, redrive],
});

const queuePath = async (context: Context): Promise<string> => path`/v1/targets/${await context.target()}/queue`;

const readQueue = async (context: Context): Promise<QueueView> =>
  readList<QueueView>(context.api, await queuePath(context), { items: 'queued', query: { limit: 1_000 } });

const setPaused = async (paused: boolean, context: Context): Promise<void> => {
  const firstPage = await context.api.put<QueueView>(await queuePath(context), { paused });
  await printQueue(firstPage.cursor === undefined ? firstPage : await readQueue(context), context);
};

const printQueue = async (queueView: QueueView, context: Context): Promise<void> => {
  if (context.json) {
    context.printJson(queueView);
    return;
  }
  const { target, paused, limits, usage, teams, queued } = queueView;
  if (paused !== undefined)
    context.print(
      `Target ${target} is paused since ${formatTime(paused.since)} by ${paused.principal}. No queued command starts.`,
    );
  context.print(`In use: ${formatAmounts(usage, limits).join(', ')}`);
  if (teams.length > 1)
    for (const { team, usage: teamUsage } of teams)
      context.print(`  ${team || '(no team)'}: ${formatAmounts(teamUsage).join(', ')}`);
  if (queued.length === 0) {
    context.print('The queue is empty.');
    return;
  }
  const rows = queued.map((one) => [
    String(one.position),
    one.clusterId,
    one.kind,
    one.team,
    String(one.priority),
    formatTime(one.since),
    `${one.reason}: ${one.message}`,
    one.operationId,
  ]);
  context.print(
    await renderTable(
      ['POSITION', 'CLUSTER', 'COMMAND', 'TEAM', 'PRIORITY', 'SINCE', 'PENDING REASON', 'OPERATION'],
      rows,
    ),
  );
};

const formatLimit = (limit: number | undefined) => (limit === undefined ? '' : `/${limit}`);

/** `clusters 3/20, jobs 3, cpu 12/64, memory 24/256 GiB`. */
const formatAmounts = (usage: QueueView['usage'], limits: QueueView['limits'] = {}): readonly string[] => {
  const gibibytes = Math.round((usage.memoryMebibytes / 1_024) * 10) / 10;
  return [
    `clusters ${usage.clusters}${formatLimit(limits.clusters)}`,
    `jobs ${usage.jobs}${formatLimit(limits.jobs)}`,
    `cpu ${usage.cpu}${formatLimit(limits.cpu)}`,
    `memory ${gibibytes}${formatLimit(limits.memoryGibibytes)} GiB`,
  ];
};

const printDeadLetters = async ({ commands }: DeadLetters, context: Context): Promise<void> => {
  const rows = commands.map(({ id, subject = '', type = '', principal, code, detail = '' }) => [
    id,
    type.split('.')[2] ?? '',
    subject,
    principal,
    code === undefined ? 'unknown: the function ended without a failure' : `${code}: ${detail}`,
  ]);
  context.print(await renderTable(['ID', 'COMMAND', 'SUBJECT', 'PRINCIPAL', 'REASON'], rows));
  context.printNotice('Run `drey queue redrive` to redrive all of them, or `drey queue redrive ID` for one.');
};
