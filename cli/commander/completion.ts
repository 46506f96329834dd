import { Command } from 'commander';

import { modes } from '#cli/api/mode.ts';
import type { Targets } from '#cli/api/responses.ts';
import { type Context, contextOf } from '#cli/context.ts';
import { readClusters } from '#cli/flows/clusters.ts';
import { readClustersWithJobs, readJobs } from '#cli/flows/jobs.ts';
import { operandAt, takesNext } from '#cli/options/command-line.ts';
import { addCommonOptions, type CommonOptions, formats } from '#cli/options/common.ts';
import type { Io } from '#cli/output/streams.ts';

import type { Action, Named } from './command.ts';

interface Around {
  readonly actions: readonly Action[];
  readonly io: Io;
  /** Options as if they stood in front of the words. */
  readonly given?: CommonOptions;
}

/** Pressing Tab may take so long. */
const patienceMs = 2_000;

/**
 * What the last of the words may go on as; it may be empty, or be begun.
 *
 * @throws whatever the API does not answer with.
 */
export const candidates = async (words: readonly string[], around: Around): Promise<readonly string[]> => {
  const begun = words.at(-1) ?? '';
  const found = await meant(words, around);
  return [...new Set(found)].filter((one) => one.startsWith(begun));
};

const meant = async (words: readonly string[], around: Around): Promise<readonly string[]> => {
  const before = words.slice(0, -1);
  const begun = words.at(-1) ?? '';
  const { command, actions, operandIs, words: own } = await commandIn(before, around);
  const option = own.at(-1);
  if (option?.startsWith('-') === true && takesNext(option, command))
    return valuesOf(option, begun, () => contextFor(before.slice(0, -1), around));
  if (begun.startsWith('-D'))
    return (await valuesOf('-D', begun.slice('-D'.length), () => contextFor(before, around))).map((one) => `-D${one}`);
  if (begun.startsWith('-'))
    return command.options.flatMap(({ long, short, hidden }) => (hidden ? [] : [long ?? short ?? '']));
  if (actions !== undefined) return actions.map(({ name }) => name);
  return operandIs === undefined || own.some((word) => !word.startsWith('-'))
    ? []
    : namesOf(operandIs, contextFor(before, around));
};

interface Found {
  readonly command: Command;
  /** Where the next word is one of these. */
  readonly actions?: readonly Action[];
  readonly operandIs?: Named | undefined;
  /** Those behind the command. */
  readonly words: readonly string[];
}

/** The command that the words come to, as far as they do. */
const commandIn = async (words: readonly string[], { actions, io }: Around): Promise<Found> => {
  const parent = addCommonOptions(new Command());
  const at = operandAt(words, parent);
  const action = actions.find(({ name }) => name === words[at]);
  if (action === undefined) return { command: parent, ...(at === -1 ? { actions } : {}), words };
  const definition = await action.load();
  const rest = words.slice(at + 1);
  if (definition.commands !== undefined) return commandIn(rest, { actions: definition.commands, io });
  const command = new Command();
  await definition.addTo(command, [], io);
  return { command, operandIs: definition.operandIs, words: rest };
};

/** Of the options that are typed already, as far as they are understood. */
const contextFor = (words: readonly string[], { io, given = {} }: Around): Context => {
  const command = addCommonOptions(new Command())
    .allowUnknownOption()
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  command.parseOptions([...words]);
  const { D = [], ...typed } = command.opts<CommonOptions>();
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(patienceMs)]);
  return contextOf({ ...given, ...typed, D: [...(given.D ?? []), ...D] }, { ...io, signal });
};

const clusterIdOption = 'kubernetes.cluster-id=';

const valuesOf = async (option: string, begun: string, context: () => Context): Promise<readonly string[]> => {
  switch (option) {
    case '-D':
      if (!begun.startsWith(clusterIdOption)) return optionKeys();
      return (await namesOf('cluster', context())).map((id) => `${clusterIdOption}${id}`);
    case '--output':
      return formats;
    case '-t':
    case '--target':
    case '-e':
    case '--executor':
      return Object.keys(modes);
    case '--at':
      return (await context().api.get<Targets>('/v1/targets')).targets.map(({ name }) => name);
    case '--state':
      return (await import('#events/cluster.ts')).clusterStates;
    case '--mode':
      return Object.values(modes);
    default:
      return [];
  }
};

/** Of Flink's options those that Drey knows. */
const optionKeys = async (): Promise<readonly string[]> => {
  const { options } = await import('#shared/flink/option-table.ts');
  return Object.keys(options).flatMap((key) => (key.includes('<') ? [] : [`${key}=`]));
};

const namesOf = async (named: Named, context: Context): Promise<readonly string[]> => {
  const target = await context.target();
  if (named === 'cluster')
    return context.clusterId === undefined ? (await readClusters(target, context)).map((one) => one.clusterId) : [];
  const clusters =
    context.clusterId === undefined
      ? await readClustersWithJobs(target, context)
      : [await readJobs({ target, clusterId: context.clusterId }, context)];
  const { isTerminalJob } = await import('#events/job.ts');
  return clusters.flatMap(({ jobs }) => jobs.filter((job) => !isTerminalJob(job)).map(({ jobId }) => jobId));
};
