import { writeSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from 'commander';

import { actions } from '#cli/commander/actions.ts';
import type { Program } from '#cli/commander/program.ts';
import { interruptedExitCode } from '#cli/api/failure.ts';
import { runLine } from '#cli/commander/run-line.ts';
import type { ProcessIo } from '#cli/output/streams.ts';
import { readVersion } from '#cli/version.ts';

/** Runs one command line. Returns the exit code. */
export const main = (words: readonly string[], io: ProcessIo): Promise<number> => runLine(words, io, createProgram(io));

/** Runs the command line of the process. The first Ctrl-C aborts the command; a second one exits at once. */
export const runProcess = async (): Promise<void> => {
  const { stdin, stdout, stderr, env } = process;
  const aborter = new AbortController();
  const stop = () => {
    if (aborter.signal.aborted) process.exit(interruptedExitCode);
    aborter.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  for (const stream of [stdout, stderr]) stream.on('error', endOutput);
  const code = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    packageFolder: join(import.meta.dirname, '..'),
    signal: aborter.signal,
  });
  stdout.write('', (error) => {
    if (error) endOutput(error);
    process.exit(code); // an open stdin would keep the process alive
  });
};

/** Ends the process when nothing more can be written. A reader such as `head` may end before `drey`. */
const endOutput = (error: NodeJS.ErrnoException): never => {
  if (error.code === 'EPIPE') process.exit(0);
  try {
    writeSync(process.stderr.fd, `The output cannot be written: ${error.message}\n`);
  } catch {
    // It cannot be written either.
  }
  process.exit(1);
};

const createProgram = ({ packageFolder }: ProcessIo): Program => ({
  name: 'drey',
  actions,
  listedActions: [
    'kubernetes-session',
    'run',
    'run-application',
    'list',
    'info',
    'savepoint',
    'checkpoint',
    'stop',
    'cancel',
  ], // the actions of Flink's client
  prepare: (command: Command) =>
    command
      .description('Deploy Apache Flink on Amazon EKS with the commands of Flink')
      .usage('<action> [options] [arguments]')
      .version(`Version: ${readVersion(packageFolder)}`, '-v, --version', 'show the version')
      .addHelpText('after', '\n`drey <action> --help` shows the options and examples of an action.'),
});
