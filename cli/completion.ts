import { Command } from 'commander';

import type { Targets } from './answers.ts';
import { readClusters, readClustersWithJobs, readJobs } from './clusters.ts';
import type { Action, Named } from './command.ts';
import { type Context, type Io, contextOf } from './context.ts';
import { type CommonOptions, addCommonOptions, formats, modes, operandAt, takesNext } from './options.ts';

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

/** The files that shells read, by their names. Each asks `drey` itself, which knows the commands. */
export const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion of drey: source <(drey completion bash)
_drey() {
  local line=\${COMP_LINE:0:COMP_POINT}
  local word=\${line##*[[:space:]]}
  local breaks=\${COMP_WORDBREAKS//[^=:]/} kept=
  if [[ $breaks ]]; then kept=\${word%"\${word##*[$breaks]}"}; fi # bash completes only what stands behind these
  mapfile -t COMPREPLY < <(drey completion --line "$line" 2>/dev/null)
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
}
complete -o default -F _drey drey
`,
  zsh: `#compdef drey
# zsh completion of drey: source <(drey completion zsh)
_drey() {
  local -a found
  found=(\${(f)"$(drey completion --line "$LBUFFER" 2>/dev/null)"})
  if (( \${#found} == 0 )); then
    _files
  else
    compadd -S '' -- \${(M)found:#*=}
    compadd -- \${found:#*=}
  fi
}
compdef _drey drey
`,
  fish: `# fish completion of drey: drey completion fish | source
function __drey_complete
    set -l found (drey completion --line (commandline --cut-at-cursor | string collect --allow-empty) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline --current-token)
    end
end
complete --command drey --no-files --arguments '(__drey_complete)'
`,
};
