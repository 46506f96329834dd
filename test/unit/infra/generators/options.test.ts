import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { optionsPage } from '../../../../infra/generators/options.ts';

it('docs/options.md is the page that `npm run generate` writes', () => {
  const page = readFileSync(new URL('../../../../docs/options.md', import.meta.url), 'utf8');

  expect(page).toBe(optionsPage);
});
