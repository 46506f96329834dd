import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bundleFunctions, type Bundle } from '#test/support/bundles.ts';

import { functionNames } from '../../infra/functions.ts';

import { type Figures, measureProcess } from './measure.ts';

export interface BundleStarts {
  readonly bundles: readonly Bundle[];
  /** A process that imports the bundle of `deploy`, and one that imports a handler without anything. */
  readonly deploy: readonly Figures[];
  readonly empty: readonly Figures[];
}

/** Bundles functions, and starts processes that import `deploy` and an empty handler, alternately. */
export const measureBundleStarts = async (rounds: number, env: NodeJS.ProcessEnv): Promise<BundleStarts> => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bench-'));
  const bundles = await bundleFunctions(functionNames, folder);
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export const handler = async () => ({});\n');
  const importing = (file: string) => [process.execPath, '--input-type=module', '-e', `await import('${file}')`];
  const figures: { deploy: Figures[]; empty: Figures[] } = { deploy: [], empty: [] };
  for (let round = 0; round <= rounds; round += 1)
    for (const [name, file] of [
      ['deploy', join(folder, 'deploy.mjs')],
      ['empty', empty],
    ] as const) {
      const measured = await measureProcess(importing(file), env);
      if (round > 0) figures[name].push(measured);
    }
  return { bundles, ...figures };
};
