import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

import { mapStack } from '#shared/aws/source-maps.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-source-maps-'));

/** A minified bundle of a function that throws, as those of serverless.yml are. */
const bundle = async (sourcemap: boolean): Promise<string> => {
  const outfile = join(folder, `${sourcemap ? 'with' : 'without'}-map.mjs`);
  const contents =
    '// a comment\n\nconst fail = () => {\n  throw new Error("a bug");\n};\nexport const handler = () => fail();';
  await build({
    stdin: { contents, resolveDir: folder, sourcefile: 'functions/failing.ts', loader: 'ts' },
    absWorkingDir: folder,
    outfile,
    format: 'esm',
    minify: true,
    sourcemap,
  });
  return outfile;
};

const stackOf = async (file: string): Promise<string> => {
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: () => void };
  try {
    handler();
  } catch (error) {
    if (error instanceof Error) return error.stack ?? '';
  }
  throw new Error('it has not thrown');
};

describe('a stack trace of a bundle', () => {
  it('names the places in the source files', async () => {
    expect(mapStack(await stackOf(await bundle(true)))).toContain('functions/failing.ts:4:9');
  });

  it('stays as it is without a source map', async () => {
    const stack = await stackOf(await bundle(false));

    expect(stack).toContain('without-map.mjs');
    expect(mapStack(stack)).toBe(stack);
  });

  it.each([
    'Error: a bug',
    'at file:///nowhere/functions/deploy.mjs:1:2',
    'at handler (file:///nowhere/%zz.mjs:99999999999999999999:1)',
    'at file://host/share/deploy.mjs:1:2',
  ])('stays as it is: %s', (stack) => {
    expect(mapStack(stack)).toBe(stack);
  });
});
