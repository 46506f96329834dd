/**
 * `npm ci` runs this file. It bundles the CLI into `dist`, because Node takes longer to find and read some hundred files than to
 * run them. `bin.js` runs the bundle while none of its source files is newer.
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

const esbuild = await import('esbuild').catch(() => undefined); // It is a development dependency.
await rm(outdir, { recursive: true, force: true });
if (esbuild !== undefined) {
  const { metafile } = await esbuild.build(options);
  const sources = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'sources.json'), JSON.stringify(['package-lock.json', ...sources]));
}
