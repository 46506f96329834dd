import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';

let env: { XDG_CONFIG_HOME: string };
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drey-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  env = { XDG_CONFIG_HOME: folder };
});

const run = (...words: readonly string[]) => drey(['configure', ...words], { api: undefined, env });
const kept = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(env.XDG_CONFIG_HOME, 'drey/config.json'), 'utf8'));

describe('drey configure', () => {
  it('saves the settings of the flags, and keeps the others', async () => {
    await run('--api', 'https://drey.example.com', '--region', 'eu-north-1');

    const ended = await run('--at', 'etl');

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(await kept()).toEqual({ api: 'https://drey.example.com', region: 'eu-north-1', target: 'etl' });
  });

  it('removes an empty setting', async () => {
    await run('--api', 'https://drey.example.com', '--at', 'etl');

    await run('--at', '');

    expect(await kept()).toEqual({ api: 'https://drey.example.com' });
  });

  it('shows the settings with their sources, without credentials', async () => {
    await run('--api', 'https://drey.example.com', '--region', 'eu-north-1', '--at', 'etl');
    const shown = await drey(['configure', '--show'], { api: 'http://127.0.0.1:9', env });

    const file = join(env.XDG_CONFIG_HOME, 'drey/config.json');
    expect(shown.stdout).toMatch(/^api +http:\/\/127.0.0.1:9 +DREY_API$/m);
    expect(shown.stdout).toMatch(/^region +eu-central-1 +AWS_REGION$/m);
    expect(shown.stdout).toMatch(new RegExp(`^target +etl +${file}$`, 'm'));
    expect(shown.stdout).toMatch(/^credentials +\(not shown\) +AWS_ACCESS_KEY_ID$/m);
    expect(shown.stdout).not.toMatch(/AKIDEXAMPLE|secret/);
  });

  it('prints the same as JSON for programs', async () => {
    const { stdout } = await run('--api', 'https://drey.example.com', '--output', 'json');

    expect(JSON.parse(stdout)).toMatchObject({
      file: join(env.XDG_CONFIG_HOME, 'drey/config.json'),
      settings: { api: { value: 'https://drey.example.com' } },
    });
  });

  it.each([
    [['--api', 'nonsense'], 'The API endpoint must be an http or https URL, not "nonsense".'],
    [['--show', '--at', 'etl'], '--show cannot be combined with settings'],
  ])('refuses %j and keeps nothing', async (words, message) => {
    expect(await run(...words)).toMatchObject({ code: 1, stdout: expect.stringContaining(message) });
    await expect(kept()).rejects.toThrow('ENOENT');
  });

  it('reports a missing home folder', async () => {
    expect(await drey(['configure', '--at', 'etl'], { api: undefined })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('neither XDG_CONFIG_HOME nor HOME is set'),
    });
  });

  it('is used by the other commands', async () => {
    await run('--api', 'http://127.0.0.1:1', '--at', 'etl');

    const ended = await drey(['list'], { api: undefined, env });

    expect(ended.stderr).toContain('The API at http://127.0.0.1:1/ does not answer (');
    expect(ended.stderr).toContain(
      `The endpoint is set by ${join(env.XDG_CONFIG_HOME, 'drey/config.json')}.\n  The request was sent 3 times.\n`,
    );
  });
});
