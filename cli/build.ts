/**
 * `npm ci` runs this file. It bundles the CLI into `dist`, because Node takes longer to find and read some hundred files than to
 * run them. `bin.js` runs the bundle while none of its source files is newer. It also builds the page of `drey dashboard`.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildOptions } from 'esbuild';

const packageFolder = join(import.meta.dirname, '..');
const outdir = join(packageFolder, 'dist');

const options = {
  absWorkingDir: packageFolder,
  entryPoints: ['cli/drey.ts'],
  outdir,
  bundle: true,
  splitting: true, // A command loads its own parts only.
  packages: 'external', // A bundle loses names that CommonJS packages export when they are imported dynamically.
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

// They are development dependencies.
const esbuild = await import('esbuild').catch(() => undefined);
const vite = await import('vite').catch(() => undefined);
await rm(outdir, { recursive: true, force: true });
if (esbuild !== undefined) {
  const { metafile } = await esbuild.build(options);
  const sources = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'sources.json'), JSON.stringify(['package-lock.json', ...sources]));
}
await vite?.build({ configFile: join(packageFolder, 'vite.config.ts'), logLevel: 'warn' });
