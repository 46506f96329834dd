import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
