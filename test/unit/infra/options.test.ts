import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { optionsPage } from '../../../infra/options.ts';

it('the page of options is that of the table: npm run generate', () => {
  const page = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8');

  expect(page).toBe(optionsPage());
});
