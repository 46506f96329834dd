import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { main } from '#cli/drey.ts';

export const packageFolder = join(import.meta.dirname, '../../..');

const credentials = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' };

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly api: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes through the pipe; null: it stays open and silent. */
  readonly input?: string | null;
  /** Aborts on Ctrl-C. */
  readonly signal?: AbortSignal;
}

const collector = () => {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
};

/** Runs the command line in this process. */
export const drey = async (
  words: readonly string[],
  { api, env = {}, input = '', signal = new AbortController().signal }: Options,
): Promise<Ended> => {
  const [stdout, stderr] = [collector(), collector()];
  const stdin = new PassThrough();
  if (input !== null) stdin.end(input);
  const code = await main(words, {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { ...credentials, ...(api === undefined ? {} : { DREY_API: api }), ...env },
    packageFolder,
    signal,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
};

/** Runs `node cli/bin.js`. */
export const spawnDrey = (words: readonly string[], options: Options, node = process.execPath) =>
  spawnProgram(node, [join(packageFolder, 'cli/bin.js'), ...words], options);

/** Runs a program with the environment of a caller of the API. */
export const spawnProgram = (program: string, words: readonly string[], { api, env = {}, input = '' }: Options) => {
  const child = spawn(program, words, {
    env: {
      PATH: process.env['PATH'] ?? '',
      TZ: 'UTC',
      ...credentials,
      ...(api === undefined ? {} : { DREY_API: api }),
      ...env,
    },
  });
  if (input !== null) child.stdin.end(input);
  const code = new Promise<number>((resolve) => child.on('exit', (status) => resolve(status ?? -1)));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(([status, stdout, stderr]): Ended => ({
    code: status,
    stdout,
    stderr,
  }));
  return { child, ended };
};
