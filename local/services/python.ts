import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './processes.ts';

interface VenvOptions {
  readonly venv: string;
  /** File with the packages, each with its version. */
  readonly requirements: string;
  readonly log: string;
}

/** Creates a Python environment. A change of its requirements creates it again. */
export const createVenv = async ({ venv, requirements, log }: VenvOptions): Promise<void> => {
  const id = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const stamp = join(venv, `complete-${id}`);
  if (existsSync(stamp)) return;
  rmSync(venv, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', venv], { log });
  await run(join(venv, 'bin/pip'), ['install', '--disable-pip-version-check', '-r', requirements], { log });
  writeFileSync(stamp, '');
};
