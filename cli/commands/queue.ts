import type { QueueView } from '#events/http/queue.ts';
import type { DeadLetters } from '#events/http/dead-letters.ts';
import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { localTime } from '#cli/output/local-time.ts';
import { tableOf } from '#cli/output/table.ts';
import type { Operation } from '#events/operation.ts';

import type { Context } from '../context.ts';

const anId = '0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f';

const list = defineAction({
  name: 'list',
  summary: 'show which commands wait for a target, and for what',
  examples: { 'drey queue list --at etl': 'the line of target etl, first to last' },
  run: async (context) => show(await context.api.get<QueueView>(await linePath(context)), context),
});

const cancel = defineAction({
  name: 'cancel',
  operands: '[operation-ids...]',
  summary: 'take back commands that wait',
  examples: {
    [`drey queue cancel ${anId}`]: 'one that `drey queue list` shows; of a batch, all of its deploys that wait',
  },
  run: async (context, ids) => {
    if (ids.length === 0) throw new UsageError('Missing the id of the operation.');
    const line = await linePath(context);
    const results: { readonly operationId: string; readonly canceled: number }[] = [];
    const others: string[] = [];
    for (const operationId of ids) {
      const canceled = await takenBack(`${line}${path`/${operationId}/cancel`}`, context);
      if (typeof canceled === 'string') {
        others.push(`${operationId}: ${canceled}`);
        continue;
      }
      results.push({ operationId, canceled });
      if (!context.json)
        context.print(canceled === 1 ? `${operationId} is taken back.` : `${operationId}: ${canceled} are taken back.`);
    }
    if (context.json) context.printJson({ results });
    if (others.length > 0) throw new Failure('Not all of them could be taken back.', { lines: others });
  },
});

/** How many, or why none: it waits no longer, or there is no such operation. */
const takenBack = async (revocation: string, context: Context): Promise<number | string> => {
  try {
    return (await context.api.post<{ canceled: number }>(revocation, undefined)).canceled;
  } catch (error) {
    if (error instanceof Failure && (error.code === 'wrong-state' || error.code === 'not-found')) return error.message;
    throw error;
  }
};

const priority = defineAction({
  name: 'priority',
  operands: '[operation-id] [number]',
  summary: 'move a command that waits',
  examples: { [`drey queue priority ${anId} 100`]: 'higher ones start first; 0 is what a command has by itself' },
  run: async (context, [operationId, text]) => {
    const value = Number(text);
    if (operationId === undefined || text === undefined || !Number.isInteger(value))
      throw new UsageError('Usage: drey queue priority OPERATION-ID NUMBER');
    const operation = await context.api.put<Operation>(`${await linePath(context)}${path`/${operationId}`}`, {
      priority: value,
    });
    if (context.json) context.printJson(operation);
    else if (operation.position === undefined) context.print(`${operationId} is ${operation.state}.`);
    else context.print(`${operationId} is at place ${operation.position} now.`);
  },
});

const drain = defineAction({
  name: 'drain',
  summary: 'start nothing on a target any more; what runs goes on',
  examples: { 'drey queue drain --at etl': 'before work on its Kubernetes cluster; commands wait meanwhile' },
  run: async (context) => change(true, context),
});

const resume = defineAction({
  name: 'resume',
  summary: 'start what waits for a target again',
  examples: { 'drey queue resume --at etl': 'after `drey queue drain`' },
  run: async (context) => change(false, context),
});

const dead = defineAction({
  name: 'dead',
  summary: 'show the commands of the queue whose last try failed, and why',
  examples: { 'drey queue dead': 'what is in the dead-letter queue' },
  run: async (context) => {
    const answer = await context.api.get<DeadLetters>('/v1/dead-letters');
    if (context.json) context.printJson(answer);
    else if (answer.commands.length === 0) context.print('There are no dead commands.');
    else await printDead(answer, context);
  },
});

const redrive = defineAction({
  name: 'redrive',
  operands: '[ids...]',
  summary: 'bring dead commands back to the queue',
  examples: {
    'drey queue redrive': 'all of them',
    'drey queue redrive 7f3c1a52-6f5e-4c58-8f29-5b7f0e9f3d11': 'one that `drey queue dead` shows',
  },
  run: async (context, ids) => {
    const answer = await context.api.post<DeadLetters>('/v1/dead-letters/redrive', ids.length === 0 ? {} : { ids });
    const brought = answer.commands.map(({ id }) => id);
    if (context.json) context.printJson(answer);
    else if (brought.length === 0) context.print('There are no dead commands.');
    else context.print(`Brought back: ${brought.join(', ')}`);
    if (answer.more === true) context.note('There may be more of them: run it again.');
    const missing = ids.filter((id) => !brought.includes(id));
    if (missing.length > 0)
      throw new Failure(`Not brought back: ${missing.join(', ')}`, {
        hint: '`drey queue dead` shows the dead commands that there are.',
      });
  },
});

export const queue = defineGroup({
  commands: [list, cancel, priority, drain, resume, dead, redrive],
});

const linePath = async (context: Context): Promise<string> => path`/v1/targets/${await context.target()}/queue`;

const change = async (paused: boolean, context: Context): Promise<void> =>
  show(await context.api.put<QueueView>(await linePath(context), { paused }), context);

const show = async (backlog: QueueView, context: Context): Promise<void> => {
  if (context.json) {
    context.printJson(backlog);
    return;
  }
  const { target, paused, limits, usage, teams, queued } = backlog;
  if (paused !== undefined)
    context.print(`Target ${target} is drained since ${localTime(paused.since)}: nothing is started.`);
  context.print(`In use: ${amountsOf(usage, limits).join(', ')}`);
  if (teams.length > 1)
    for (const { team, usage: held } of teams) context.print(`  ${team || '(no team)'}: ${amountsOf(held).join(', ')}`);
  if (queued.length === 0) {
    context.print('Nothing waits.');
    return;
  }
  const rows = queued.map((one) => [
    String(one.position),
    one.clusterId,
    one.kind,
    one.team,
    String(one.priority),
    localTime(one.since),
    `${one.reason}: ${one.message}`,
    one.operationId,
  ]);
  context.print(
    await tableOf(['PLACE', 'CLUSTER', 'COMMAND', 'TEAM', 'PRIORITY', 'SINCE', 'WAITS FOR', 'OPERATION'], rows),
  );
};

const of = (limit: number | undefined) => (limit === undefined ? '' : `/${limit}`);

/** `clusters 3/20, jobs 3, cpu 12/64, memory 24/256 GiB`. */
const amountsOf = (usage: QueueView['usage'], limits: QueueView['limits'] = {}): readonly string[] => {
  const gibibytes = Math.round((usage.memoryMebibytes / 1_024) * 10) / 10;
  return [
    `clusters ${usage.clusters}${of(limits.clusters)}`,
    `jobs ${usage.jobs}${of(limits.jobs)}`,
    `cpu ${usage.cpu}${of(limits.cpu)}`,
    `memory ${gibibytes}${of(limits.memoryGibibytes)} GiB`,
  ];
};

const printDead = async ({ commands }: DeadLetters, context: Context): Promise<void> => {
  const rows = commands.map(({ id, subject = '', type = '', code, detail = '' }) => [
    id,
    type.split('.')[2] ?? '',
    subject,
    code === undefined ? 'its function ended before it could say why' : `${code}: ${detail}`,
  ]);
  context.print(await tableOf(['ID', 'COMMAND', 'SUBJECT', 'REASON'], rows));
  context.note('`drey queue redrive` brings them back, `drey queue redrive ID` one.');
};
