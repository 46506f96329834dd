import { spawn } from 'node:child_process';

import { toClientEnvironment } from './client-environment.ts';
import { system } from './system.ts';

/** The environment of a client of the test system. */
export const environment = toClientEnvironment(system);
export const packageFolder = new URL('../..', import.meta.url).pathname;
export const cli = `${packageFolder}cli/bin.js`;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the CLI with its standard input. */
export const drey = (
  args: readonly string[],
  input = '',
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> => runProgram(process.execPath, [cli, ...args], input, variables);

/** Runs a program as a caller of the API. */
export const runProgram = (
  program: string,
  args: readonly string[],
  input = '',
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...environment, ...variables } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.end(input);
  });
