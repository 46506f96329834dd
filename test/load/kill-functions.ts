import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { LocalSystem } from '#local/system.ts';

const run = promisify(execFile);

/** Kills every process of a function as soon as it is seen. Returns how many it killed. */
export const killFunctions = async (
  system: LocalSystem,
  { afterMs, forMs }: { readonly afterMs: number; readonly forMs: number },
): Promise<number> => {
  await sleep(afterMs);
  const pattern = new RegExp(`/ministack-provided-code-${new URL(system.awsUrl).port}/.*bootstrap`);
  let killed = 0;
  for (const until = Date.now() + forMs; Date.now() < until; await sleep(200)) {
    const { stdout } = await run('ps', ['-eo', 'pid,args']);
    for (const line of stdout.split('\n').filter((one) => pattern.test(one))) {
      try {
        process.kill(Number.parseInt(line, 10), 'SIGKILL');
        killed += 1;
      } catch {
        // The process has ended in the meantime.
      }
    }
  }
  return killed;
};
