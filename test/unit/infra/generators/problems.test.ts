import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { problemsPage } from '../../../../infra/generators/problems.ts';

it('docs/problems.md is the page that `npm run generate` writes', () => {
  const page = readFileSync(new URL('../../../../docs/problems.md', import.meta.url), 'utf8');

  expect(page).toBe(problemsPage);
});
