import { execFileSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { toCommandLine } from '#shared/shell-words.ts';

describe('a command line', () => {
  it('leaves plain words as they are', () => {
    expect(toCommandLine(['drey', 'run', '-Da.b=c', './x.jar'])).toBe('drey run -Da.b=c ./x.jar');
  });

  it.each([
    [''],
    ["it's"],
    ['a b'],
    ['$HOME `x` "y" \\n !'],
    ['a\nb\t\r'],
    ['\u001b[31m'],
    ["'\n\\"],
    ['\u202e'],
    ['é😀 *'],
  ])('gives %j to the program', (word) => {
    const line = toCommandLine(['printf', '%s.', word]);

    expect(line).toMatch(/^[^\p{Cc}\u202e]*$/u);
    expect(execFileSync('bash', ['-c', line], { env: { LC_ALL: 'C.UTF-8' } }).toString()).toBe(`${word}.`);
  });
});
