import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

describe('the table of actions', () => {
  // No lint rule distinguishes `import x from` from `import()`, which the table uses to load an action.
  it('loads no action until it runs, because `drey --help` would wait for all of them', async () => {
    const source = await readFile(new URL('../../cli/commander/actions.ts', import.meta.url), 'utf8');

    expect(source).not.toMatch(/^import (?!type)/m);
  });
});
