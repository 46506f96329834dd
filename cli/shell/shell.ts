import { completeWords } from '#cli/commander/completion.ts';
import { runLine } from '#cli/commander/run-line.ts';
import type { Context } from '#cli/context.ts';
import { clusterTitle, findCluster } from '#cli/flows/clusters.ts';
import { createBackoff } from '#cli/flows/pause.ts';
import type { Lines } from '#cli/input/piped-lines.ts';
import type { CommonOptions } from '#cli/options/common.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';

import { appendHistory, historyFilePath, readHistory } from './history.ts';
import { actions, flinkCommands, helpLines } from './shell-actions.ts';
import { openTerminal } from './terminal.ts';

/** Why a shell ended: its command `stop` or `quit`, the end of the input, Ctrl-C, or the end of the cluster. */
export type ShellEnd =
  | { readonly by: 'stop' | 'quit' | 'end' | 'interrupt' }
  | { readonly by: 'cluster'; readonly cluster: Cluster | undefined };

/** Runs commands from a pipe until one ends the shell. */
export const runShellOnPipe = (cluster: Cluster, lines: Lines, context: Context): Promise<ShellEnd> =>
  runShell(cluster, lines, { context });

/** Runs commands from a terminal, with a prompt, completion and a history, until one ends the shell. */
export const runShellOnTerminal = async (cluster: Cluster, context: Context): Promise<ShellEnd> => {
  const { stdin, stderr, env } = context.io;
  const file = historyFilePath(env);
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
  return await runShell(cluster, lines, {
    context,
    interrupted: interrupted.signal,
    onLineStart: async (line) => {
      await appendHistory(line, file);
      running = new AbortController();
      return running.signal;
    },
    onLineEnd: () => {
      running = undefined;
    },
  });
};

interface ShellSettings {
  readonly context: Context;
  /** Aborts on a Ctrl-C at an empty prompt. */
  readonly interrupted?: AbortSignal;
  /** Called before a line runs. The signal aborts this line only. */
  readonly onLineStart?: (line: string) => Promise<AbortSignal>;
  /** Called after a line has run. */
  readonly onLineEnd?: () => void;
}

/** @see Flink 2.2 `KubernetesSessionCli.repStep` */
const runShell = async (cluster: Cluster, lines: Lines, settings: ShellSettings): Promise<ShellEnd> => {
  const { context, interrupted = new AbortController().signal, onLineStart, onLineEnd } = settings;
  const ended = new AbortController();
  const clusterEnd = watchCluster(cluster, context.withSignal(AbortSignal.any([context.signal, ended.signal])));
  const interrupt = whenAborted(AbortSignal.any([context.signal, interrupted]), ended.signal);
  const next = async (): Promise<ShellEnd | { readonly by: 'line'; readonly line: string }> => {
    const line = await lines.next();
    return line === undefined ? { by: 'end' } : { by: 'line', line };
  };
  try {
    for (;;) {
      const step = await Promise.race([interrupt, clusterEnd, next()]);
      if (step.by !== 'line') return step;
      const line = step.line.trim();
      const signal = (await onLineStart?.(step.line)) ?? new AbortController().signal;
      if (line === 'stop' || line === 'quit') return { by: line };
      await runShellLine(line, { cluster, context, signal });
      onLineEnd?.();
    }
  } finally {
    ended.abort();
  }
};

const whenAborted = (signal: AbortSignal, ended: AbortSignal): Promise<ShellEnd> =>
  new Promise((resolve) => {
    const end = () => resolve({ by: 'interrupt' });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { signal: ended });
  });

interface LineContext {
  readonly cluster: Cluster;
  readonly context: Context;
  readonly signal: AbortSignal;
}

const runShellLine = async (line: string, { cluster, context, signal }: LineContext): Promise<void> => {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const [word] = words;
  if (word === undefined) return;
  if (actions.some(({ name }) => name === word)) {
    const io = { ...context.io, signal: AbortSignal.any([context.signal, signal]) };
    await runLine(withCount(words), io, {
      name: 'drey',
      actions,
      listedActions: [],
      options: shellOptions(cluster, context.options),
    });
    return;
  }
  if (word !== 'help' || words.length > 1) context.printNotice(`Unknown command '${line}'. Showing help:`);
  helpLines.forEach(context.printNotice);
};

/** Rewrites `logs 50` to `logs -n 50`. */
const withCount = ([name = '', first, ...rest]: readonly string[]): readonly string[] => {
  if (first === undefined) return [name];
  return name === 'logs' && /^\d+$/.test(first) ? [name, '-n', first, ...rest] : [name, first, ...rest];
};

/** The common options of each command: those of the shell, and its cluster. */
const shellOptions = ({ target, clusterId }: Cluster, options: CommonOptions): CommonOptions => ({
  ...options,
  at: target,
  D: [`kubernetes.cluster-id=${clusterId}`],
});

const complete = async (line: string, cluster: Cluster, { io, options }: Context): Promise<readonly string[]> => {
  const words = line.trimStart().split(/\s+/);
  const [first = ''] = words;
  const own = words.length === 1 ? flinkCommands.filter((word) => word.startsWith(first)) : [];
  return [...own, ...(await completeWords(words, { actions, io, options: shellOptions(cluster, options) }))];
};

const backoff = { firstMs: 2_000, maxMs: 5_000 };

/** Polls the cluster until it is terminal. Resolves never when the shell ended before. */
const watchCluster = async (cluster: Cluster, context: Context): Promise<ShellEnd> => {
  const pause = createBackoff(backoff, context.signal);
  let wasStopping = false;
  try {
    for (;;) {
      await pause();
      const latest = await findCluster(cluster, context).catch(() => cluster); // an unreachable API does not end the shell
      if (latest === undefined || isTerminalCluster(latest) || latest.operationId !== cluster.operationId)
        return { by: 'cluster', cluster: latest };
      if (latest.state === 'STOPPING' && !wasStopping) context.printNotice(`The ${clusterTitle(cluster)} is STOPPING.`);
      wasStopping = latest.state === 'STOPPING';
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return new Promise(() => {}); // the shell ended
  }
};
