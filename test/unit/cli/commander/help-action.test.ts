import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';

const run = (...words: readonly string[]) => drey(words, { api: undefined });

describe('drey help', () => {
  it.each([[[]], [['list']], [['queue']], [['queue', 'list']], [['render', 'kubernetes-session']]])(
    'of %j is what --help prints',
    async (action) => {
      const help = await run('help', ...action);

      expect(help.code).toBe(0);
      expect(help.stdout).toContain('Usage: drey');
      expect(help).toEqual(await run(...action, '--help'));
    },
  );

  it('of an unknown action is refused', async () => {
    expect(await run('help', 'nosuch')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not a valid action'),
    });
  });
});
