import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packageFolder = join(import.meta.dirname, '../..');

const readJson = async (name: string) => JSON.parse(await readFile(join(packageFolder, name), 'utf8'));

const run = (program: string, words: readonly string[]) => execa(program, words, { reject: false });

describe('the command drey', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('runs through a link, as `npm install -g .` makes one', async () => {
    const { version, bin } = await readJson('package.json');
    const link = join(folder, 'drey');
    await symlink(join(packageFolder, bin.drey), link);

    expect(await run(link, ['--version'])).toMatchObject({ exitCode: 0, stdout: `Version: ${version}`, stderr: '' });
  });

  it.each([
    ['the bundle', { builtAt: 2_000 }],
    ['the sources when one is newer', { builtAt: 500 }],
    ['the sources when one has gone', { builtAt: 2_000, source: 'cli/gone.ts' }],
    ['the sources when nothing is built', {}],
  ])('runs %s', async (what, { builtAt, source = 'cli/drey.ts' }: { builtAt?: number; source?: string }) => {
    const checkout = await mkdtemp(join(folder, 'built-'));
    const write = async (name: string, text: string, seconds: number) => {
      const file = join(checkout, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      await utimes(file, seconds, seconds);
    };
    const toSource = (name: string) => `export const runProcess = () => console.log('${name}');`;
    await mkdir(join(checkout, 'node_modules'));
    await write('package.json', '{"type": "module"}', 1_000);
    await write('cli/bin.js', await readFile(join(packageFolder, 'cli/bin.js'), 'utf8'), 1_000);
    await write('cli/drey.ts', toSource('sources'), 1_000);
    await write('dist/drey.js', toSource('bundle'), 2_000);
    if (builtAt !== undefined) await write('dist/sources.json', JSON.stringify([source]), builtAt);

    const { stdout } = await run(process.execPath, [join(checkout, 'cli/bin.js')]);

    expect(what).toContain(stdout);
  });

  it('names what to do in a checkout without dependencies', async () => {
    await mkdir(join(folder, 'cli'));
    await copyFile(join(packageFolder, 'cli/bin.js'), join(folder, 'cli/bin.mjs'));

    expect(await run(join(folder, 'cli/bin.mjs'), ['list'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `Drey's dependencies are not installed. Run \`npm ci\` in ${folder}/`,
    });
  });
});
