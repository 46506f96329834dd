import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { build, type BuildOptions, type Plugin } from 'esbuild';
import { parse } from 'yaml';

import { functions } from '../../infra/functions.ts';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

/** Options of the plugin of osls, which are none of esbuild's. */
interface PluginOptions {
  readonly outputFileExtension: string;
  readonly packager: string;
  readonly concurrency: number;
  readonly plugins: string;
}

const readOptions = (): BuildOptions => {
  const text = readFileSync(join(root, 'serverless.yml'), 'utf8'); // The tags of CloudFormation are not resolved.
  const { provider, custom } = parse(text, { logLevel: 'error' }) as Record<
    'provider' | 'custom',
    { readonly esbuild?: BuildOptions & PluginOptions } | undefined
  >;
  const given = provider?.esbuild ?? custom?.esbuild;
  if (given === undefined) throw new Error('serverless.yml has no options of esbuild.');
  const {
    outputFileExtension: _extension,
    packager: _packager,
    concurrency: _concurrency,
    plugins,
    ...options
  } = given;
  return { ...options, plugins: require(join(root, plugins)) as Plugin[] };
};

/** A bundled function. */
export interface Bundle {
  readonly name: string;
  readonly file: string;
  /** Without its source map, in bytes. */
  readonly bytes: number;
}

/** Bundles functions into a folder, with the options of serverless.yml. */
export const bundleFunctions = async (names: readonly string[], folder: string): Promise<readonly Bundle[]> => {
  const handlers = Object.fromEntries(Object.entries(functions).map(([name, { handler }]) => [name, handler]));
  const entryOf = (name: string) => `${handlers[name]?.replace(/\.handler$/, '') ?? ''}.ts`;
  const options = readOptions();
  const bundles: Bundle[] = [];
  for (const name of names) {
    const file = join(folder, `${name}.mjs`);
    await build({ ...options, absWorkingDir: root, entryPoints: [entryOf(name)], outfile: file, logLevel: 'error' });
    bundles.push({ name, file, bytes: readFileSync(file).byteLength });
  }
  return bundles;
};
