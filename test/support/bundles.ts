import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { build, type BuildOptions, type Plugin } from 'esbuild';
import { parse } from 'yaml';

import { type FunctionName, functions } from '../../infra/functions.ts';

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
  readonly name: FunctionName;
  readonly file: string;
  /** Without its source map. */
  readonly bytes: number;
  /** The bytes of each source file in it. */
  readonly bytesOf: Readonly<Record<string, number>>;
}

/** Bundles functions into a folder, with the options of serverless.yml. */
export const bundleFunctions = async (names: readonly FunctionName[], folder: string): Promise<readonly Bundle[]> => {
  const { metafile } = await build({
    ...readOptions(),
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name, entryOf(name)])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    logLevel: 'error',
  });
  const outputs = new Map(Object.values(metafile.outputs).map((output) => [output.entryPoint, output]));
  return names.map((name) => {
    const output = outputs.get(entryOf(name));
    if (output === undefined) throw new Error(`${name} has no bundle`);
    const inputs = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]);
    return { name, file: join(folder, `${name}.mjs`), bytes: output.bytes, bytesOf: Object.fromEntries(inputs) };
  });
};

const entryOf = (name: FunctionName): string => functions[name].handler.replace(/\.handler$/, '.ts');
