import { spawn } from 'node:child_process';

import { system } from './system.ts';

/** For the API of the test's system. */
export const environment = {
  ...process.env,
  DREY_API: system.apiUrl,
  DREY_TARGET: system.target,
  AWS_REGION: system.region,
  AWS_ACCESS_KEY_ID: system.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: system.credentials.secretAccessKey,
};
export const cli = new URL('../../cli/bin.js', import.meta.url).pathname;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command of the CLI, with what is piped into it. */
export const drey = (args: readonly string[], input = ''): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { env: environment });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.end(input);
  });
