import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { environment } from '#test/support/environment.ts';

import type { PassFigures } from './pass.ts';

const run = promisify(execFile);
const stage = '000000000000/us-east-1/bench';
/** A pass that needs a larger heap ends with an error. */
export const maxHeapMebibytes = 256;

/** What the passes of one process took, and what the server answered in all of them. */
export interface Measured {
  readonly passes: readonly PassFigures[];
  readonly requests: { readonly kubernetes: number; readonly kubernetesMegabytes: number; readonly table: number };
}

/** Runs passes over a target with so many clusters in a new process, against a server in another one. */
export const measurePasses = async (clusters: number, passes: number): Promise<Measured> => {
  const server = fork(join(import.meta.dirname, 'server.ts'), [String(clusters), `${stage}/local`]);
  try {
    const [{ url, ca }] = (await once(server, 'message')) as [{ url: string; ca: string }]; // the first message
    const words = [join(import.meta.dirname, 'pass.ts'), url, ca, stage, String(passes)];
    const options = { maxBuffer: 2 ** 24, env: { ...process.env, ...environment } };
    const { stdout } = await run(process.execPath, [`--max-old-space-size=${maxHeapMebibytes}`, ...words], options);
    server.send('counts');
    const [requests] = (await once(server, 'message')) as [Measured['requests']]; // the second message
    return { passes: JSON.parse(stdout) as readonly PassFigures[], requests };
  } finally {
    server.disconnect();
  }
};
