import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { renderWaterfall } from '#test/bench/waterfall.ts';

import type { CommandCounts } from './commands.ts';
import type { ModelReport } from './report.ts';
import { renderScale } from './scale.ts';

const docs = join(import.meta.dirname, '../../../docs');

/** The files of docs that follow from the counts, by their paths in docs. */
export const renderPages = async ({
  commands,
  growth,
}: Pick<ModelReport, 'commands' | 'growth'>): Promise<ReadonlyMap<string, string>> => {
  const deploy = commands.find(({ command }) => command === 'deploy');
  if (deploy === undefined) throw new Error('No deploy was counted.');
  return new Map([
    ['images/deploy.svg', renderDeploy(deploy)],
    ['bench.md', await replaceCounts('bench.md', renderCommands(commands))],
    ['scale.md', await replaceCounts('scale.md', renderScale(commands, growth))],
  ]);
};

export const writePages = async (report: ModelReport): Promise<void> => {
  for (const [path, text] of await renderPages(report)) await writeFile(join(docs, path), text);
};

const renderDeploy = ({ answer, log }: CommandCounts): string => {
  const requests = log.filter(({ process }) => process.startsWith('http '));
  const bars = requests.map(({ what, ...request }) => ({ ...request, label: toLabel(what) }));
  const title = `Warm deploy of a session: ${answer.stages} stages, ${answer.requests} requests, ${answer.ms} ms (simulated services)`;
  return renderWaterfall(title, bars);
};

const commandColumns = [
  'command',
  'answer',
  'stages',
  'requests',
  'read units',
  'write units',
  'then: stages of its state machine',
  'requests',
  'transitions',
];

const renderCommands = (commands: readonly CommandCounts[]): string => {
  const rows = commands.map(({ command, answer, workflow, total, transitions }) => [
    command,
    `${answer.ms.toFixed(0)} ms`,
    answer.stages,
    answer.requests,
    answer.readUnits,
    answer.writeUnits,
    workflow.stages,
    total.requests - answer.requests,
    transitions,
  ]);
  return [commandColumns, commandColumns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
};

/** The operations of one run have numbers as IDs. */
const toLabel = (what: string): string => what.replaceAll(/\?.*$/g, '').replaceAll(/#?0{6,}\w+/g, '');

const [first, last] = ['<!-- counts: written by npm run bench:model -- --write -->', '<!-- end of counts -->'];

/** Replaces the part of a page between the two comments. @throws Error When the page lacks them. */
const replaceCounts = async (path: string, section: string): Promise<string> => {
  const page = await readFile(join(docs, path), 'utf8');
  const [start, end] = [page.indexOf(first), page.indexOf(last)];
  if (start === -1 || end === -1) throw new Error(`docs/${path} lacks the comments around its counts.`);
  return `${page.slice(0, start)}${first}\n\n${section.trim()}\n\n${page.slice(end)}`;
};
