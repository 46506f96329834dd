import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { actions } from '#cli/commander/actions.ts';
import type { Program } from '#cli/commander/program.ts';
import { interrupted } from '#cli/commander/report-failure.ts';
import { runLine } from '#cli/commander/run-line.ts';
import type { Io } from '#cli/output/streams.ts';

/** Runs one command line. Returns the exit code. */
export const main = (words: readonly string[], io: Io): Promise<number> => runLine(words, io, programOf(io));

/** Runs the command line of the process. Ctrl-C ends what is waited for, and the process with 130; a second one ends it at once. */
export const runProcess = async (): Promise<void> => {
  const { stdin, stdout, stderr, env } = process;
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(interrupted);
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1)); // `drey list | head -1`
  }
  const code = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    packageFolder: join(import.meta.dirname, '..'),
    signal: stopping.signal,
  });
  stdout.write('', () => process.exit(code)); // an open stdin would keep it
};

const programOf = ({ packageFolder }: Io): Program => ({
  name: 'drey',
  actions,
  known: ['kubernetes-session', 'run', 'run-application', 'list', 'info', 'savepoint', 'checkpoint', 'stop', 'cancel'], // Flink's
  prepare: (command: Command) =>
    command
      .description('Apache Flink on Amazon EKS, with the commands of Flink')
      .usage('<action> [options] [arguments]')
      .version(`Version: ${versionOf(packageFolder)}`, '-v, --version', 'show the version')
      .addHelpText('after', '\n`drey <action> --help` shows its options and examples.'),
});

const versionOf = (packageFolder: string): string => {
  // Our own file, which npm reads too.
  const { version }: { version: string } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return version;
};
