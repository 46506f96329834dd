import { candidates } from '#cli/commander/completion.ts';
import { runLine } from '#cli/commander/run-line.ts';
import type { Context } from '#cli/context.ts';
import { clusterTitle, findCluster } from '#cli/flows/clusters.ts';
import { slowingPause } from '#cli/flows/pause.ts';
import type { Lines } from '#cli/input/piped-lines.ts';
import type { CommonOptions } from '#cli/options/common.ts';
import type { Cluster } from '#events/cluster.ts';

import { actions, helpLines, ownWords } from './actions.ts';
import { historyFileOf, readHistory, remember } from './history.ts';
import { openTerminal } from './terminal.ts';

/** What ended a shell: a command of its, the end of the input, Ctrl-C, or the end of the cluster. */
export type ShellEnd =
  | { readonly by: 'stop' | 'quit' | 'end' | 'interrupt' }
  | { readonly by: 'cluster'; readonly cluster: Cluster | undefined };

/** Takes commands from a pipe until one ends it. */
export const shellOnPipe = (cluster: Cluster, lines: Lines, context: Context): Promise<ShellEnd> =>
  obey(cluster, lines, { context });

/** Takes commands from whoever sits at the terminal until one ends it. */
export const shellOnTerminal = async (cluster: Cluster, context: Context): Promise<ShellEnd> => {
  const { stdin, stderr, env } = context.io;
  const file = historyFileOf(env);
  const interrupted = new AbortController();
  let running: AbortController | undefined;
  using lines = openTerminal({
    stdin,
    output: stderr,
    prompt: `${cluster.clusterId}> `,
    history: await readHistory(file),
    complete: (line) => complete(line, cluster, context),
    onInterrupt: (typed) => {
      if (running !== undefined) running.abort();
      else if (typed === '') interrupted.abort();
    },
  });
  return await obey(cluster, lines, {
    context,
    interrupted: interrupted.signal,
    begin: async (line) => {
      await remember(line, file);
      running = new AbortController();
      return running.signal;
    },
    end: () => {
      running = undefined;
    },
  });
};

interface Manner {
  readonly context: Context;
  /** Aborts on a Ctrl-C that is for the shell. */
  readonly interrupted?: AbortSignal;
  /** Before a line is carried out; the signal ends that alone. */
  readonly begin?: (line: string) => Promise<AbortSignal>;
  readonly end?: () => void;
}

/** @see Flink 2.2 `KubernetesSessionCli.repStep` */
const obey = async (cluster: Cluster, lines: Lines, manner: Manner): Promise<ShellEnd> => {
  const { context, interrupted = new AbortController().signal, begin, end } = manner;
  const leaving = new AbortController();
  const over = untilOver(cluster, context.under(AbortSignal.any([context.signal, leaving.signal])));
  const interrupt = whenAborted(AbortSignal.any([context.signal, interrupted]), leaving.signal);
  const next = async (): Promise<ShellEnd | { readonly by: 'line'; readonly line: string }> => {
    const line = await lines.next();
    return line === undefined ? { by: 'end' } : { by: 'line', line };
  };
  try {
    for (;;) {
      const step = await Promise.race([interrupt, over, next()]);
      if (step.by !== 'line') return step;
      const line = step.line.trim();
      const signal = (await begin?.(step.line)) ?? new AbortController().signal;
      if (line === 'stop' || line === 'quit') return { by: line };
      await carryOut(line, { cluster, context, signal });
      end?.();
    }
  } finally {
    leaving.abort();
  }
};

const whenAborted = (signal: AbortSignal, leaving: AbortSignal): Promise<ShellEnd> =>
  new Promise((resolve) => {
    const tell = () => resolve({ by: 'interrupt' });
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { signal: leaving });
  });

interface Around {
  readonly cluster: Cluster;
  readonly context: Context;
  readonly signal: AbortSignal;
}

const carryOut = async (line: string, { cluster, context, signal }: Around): Promise<void> => {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const [word] = words;
  if (word === undefined) return;
  if (actions.some(({ name }) => name === word)) {
    const io = { ...context.io, signal: AbortSignal.any([context.signal, signal]) };
    await runLine(withCount(words), io, { name: 'drey', actions, known: [], given: givenFor(cluster, context.given) });
    return;
  }
  if (word !== 'help' || words.length > 1) context.note(`Unknown command '${line}'. Showing help:`);
  helpLines.forEach(context.note);
};

/** `logs 50` is `logs -n 50`. */
const withCount = ([name = '', first, ...rest]: readonly string[]): readonly string[] => {
  if (first === undefined) return [name];
  return name === 'logs' && /^\d+$/.test(first) ? [name, '-n', first, ...rest] : [name, first, ...rest];
};

/** What each of its commands is about, and how the shell itself was asked to speak. */
const givenFor = ({ target, clusterId }: Cluster, given: CommonOptions): CommonOptions => ({
  ...given,
  at: target,
  D: [`kubernetes.cluster-id=${clusterId}`],
});

const complete = async (line: string, cluster: Cluster, { io, given }: Context): Promise<readonly string[]> => {
  const words = line.trimStart().split(/\s+/);
  const [first = ''] = words;
  const own = words.length === 1 ? ownWords.filter((word) => word.startsWith(first)) : [];
  return [...own, ...(await candidates(words, { actions, io, given: givenFor(cluster, given) }))];
};

const pace = { firstMs: 2_000, longestMs: 5_000 };

/** Looks now and then whether the cluster lives. Never answers while that cannot be told. */
const untilOver = async (cluster: Cluster, context: Context): Promise<ShellEnd> => {
  const { isTerminalCluster } = await import('#events/cluster.ts');
  const pause = slowingPause(pace, context.signal);
  let stopping = false;
  try {
    for (;;) {
      await pause();
      const seen = await findCluster(cluster, context).catch(() => cluster); // what cannot be told ends nothing
      if (seen === undefined || isTerminalCluster(seen) || seen.operationId !== cluster.operationId)
        return { by: 'cluster', cluster: seen };
      if (seen.state === 'STOPPING' && !stopping) context.note(`The ${clusterTitle(cluster)} is being stopped.`);
      stopping = seen.state === 'STOPPING';
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return new Promise(() => {}); // the shell was left
  }
};
